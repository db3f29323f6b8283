"""What may ask for approval, and who is told how it ended.

Approvals never loads a subject. Each kind registers a handler in its `AppConfig.ready`; the handler
is called in the transaction of the decision, so that a subject and its approval cannot part ways.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.core.checks import CheckMessage, Error

from approvals.background import Background
from approvals.routing.usual import SubjectKind
from procurement.core.actors import Actor

__all__ = ["SubjectHandler", "SubjectKind", "UnknownSubject", "handler_for", "register"]


class SubjectHandler(Protocol):
    """What a kind of subject does when its request has been decided, and where its page is."""

    @property
    def kind(self) -> str:
        """The `SubjectKind` that this handler answers for."""

    def on_approved(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        """Carry on: every stage has passed. ``actor`` is who decided last."""

    def on_rejected(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, comment: str, now: datetime
    ) -> None:
        """Stop: ``actor`` has rejected, for the reason in ``comment``."""

    def on_expired(
        self, *, actor: Actor, subject_id: UUID, request_id: UUID, now: datetime
    ) -> None:
        """Stop: nobody decided in time. ``actor`` is the system."""

    def without_lines(
        self,
        *,
        actor: Actor,
        subject_id: UUID,
        request_id: UUID,
        keys: Sequence[str],
        reason: str,
        spoken_for: frozenset[UUID],
        now: datetime,
    ) -> UUID:
        """Take rejected lines out and ask for the rest; return the id of the request that does.

        ``keys`` are those of the summary's lines. Who is ``spoken_for`` agrees to the rest in the
        same transaction. Raises `DomainError` where the rest cannot go on.
        """

    def stand_in_of(self, *, subject_id: UUID) -> UUID | None:
        """Return the member who looks after a subject whose requester has left, if anybody."""

    def background_of(self, *, subject_id: UUID, now: datetime) -> Background:
        """Return what stands behind a subject, for whoever decides it. One round trip."""

    def path_of(self, *, organization_slug: str, subject_id: UUID) -> str:
        """Return the address of the subject's page, from the root of the site. No SQL."""


class UnknownSubject(LookupError):
    """No handler is registered for a kind of subject."""


_handlers: dict[str, SubjectHandler] = {}


def register(handler: SubjectHandler) -> None:
    """Answer for a kind of subject from now on."""
    _handlers[handler.kind] = handler


def handler_for(kind: str) -> SubjectHandler:
    """Return the handler of a kind; raises `UnknownSubject`."""
    try:
        return _handlers[kind]
    except KeyError as error:
        raise UnknownSubject(f"No handler is registered for subjects of kind {kind!r}.") from error


def every_kind_has_a_handler(**_: Any) -> list[CheckMessage]:
    """Refuse to start when the approval of some subject would reach nobody."""
    return [
        Error(
            f"Subjects of kind {kind.value!r} have no handler.",
            hint="Call approvals.subjects.register in the AppConfig.ready of the owner’s app.",
            id="approvals.E001",
        )
        for kind in SubjectKind
        if kind.value not in _handlers
    ]
