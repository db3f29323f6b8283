"""Who acts. Every service takes an actor; background work runs as a named one, never as nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    """Somebody or something that acts within one organization."""

    @property
    def organization_id(self) -> UUID:
        """The tenant acted in."""

    @property
    def kind(self) -> str:
        """``MEMBER`` or ``SYSTEM``."""

    @property
    def id(self) -> UUID | None:
        """The membership's id; None for the system."""

    @property
    def label(self) -> str:
        """The name that the audit trail keeps."""

    def can(self, permission: str, group_path: Sequence[UUID]) -> bool:
        """Tell whether a permission is granted on a group or any of its ancestors."""

    def groups_with(self, permission: str) -> frozenset[UUID] | None:
        """Return the groups on which a permission is granted directly; None stands for all."""

    def groups_under(self, permission: str) -> frozenset[UUID] | None:
        """Return all groups on which a permission holds, inherited or not; None stands for all."""


@dataclass(frozen=True, slots=True)
class SystemActor:
    """A named piece of background work of one organization. It may do what its service allows."""

    organization_id: UUID
    name: str

    @property
    def kind(self) -> str:
        """Say that no person acted."""
        return "SYSTEM"

    @property
    def id(self) -> UUID | None:
        """Say that no membership stands behind it."""
        return None

    @property
    def label(self) -> str:
        """Return the name that the audit trail keeps."""
        return self.name

    def can(self, permission: str, group_path: Sequence[UUID]) -> bool:
        """Grant: the services that background work may call are its limits."""
        return True

    def groups_with(self, permission: str) -> frozenset[UUID] | None:
        """Return None: every group."""
        return None

    def groups_under(self, permission: str) -> frozenset[UUID] | None:
        """Return None: every group."""
        return None
