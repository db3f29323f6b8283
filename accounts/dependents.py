"""What hangs on a person, on every floor above: described before a change, and applied with it.

Each app above registers its part in its `AppConfig.ready`. The preview is the first list, the
change is the second, both of the same parts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from accounts.models import Membership
from procurement.core.actors import Actor


class Dependent(Protocol):
    """One floor's part in what happens when a person's access ends."""

    def describe_suspension(self, membership: Membership) -> Sequence[str]:
        """Return sentences on what would change; nothing is written."""

    def apply_suspension(self, *, actor: Actor, membership: Membership, now: datetime) -> None:
        """Carry out what was described, in the transaction of the suspension."""


_dependents: list[Dependent] = []


def register(dependent: Dependent) -> None:
    """Take part from now on."""
    _dependents.append(dependent)


def describe_suspension(membership: Membership) -> list[str]:
    """Return what ending a person's access would change on all floors, in sentences."""
    return [
        sentence
        for dependent in _dependents
        for sentence in dependent.describe_suspension(membership)
    ]


def apply_suspension(*, actor: Actor, membership: Membership, now: datetime) -> None:
    """Have every floor carry out its part."""
    for dependent in _dependents:
        dependent.apply_suspension(actor=actor, membership=membership, now=now)
