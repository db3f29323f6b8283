"""Mails that did not arrive, for those who manage the people whom they were for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission
from accounts.selectors.groups import within
from accounts.selectors.people import members_by_id
from procurement.core.actors import Actor
from procurement.core.errors import NotFound
from procurement.outbox import selectors as outbox
from procurement.outbox.bounces import Reason, reason_of
from procurement.outbox.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that was given up on: for whom, about what, why, and what to do."""

    message: OutboxMessage
    person: Membership | None
    reason: Reason

    @property
    def about(self) -> str:
        """Return what it tells, in words."""
        told: dict[str, str] = self.message.context.get("notice", {})
        return told.get("title") or self.message.template.replace("_", " ").capitalize()

    @property
    def new_address(self) -> str:
        """Return the person's address where it is another one by now."""
        now = self.person.user.email if self.person else self.message.recipient
        is_mail = self.message.channel == "EMAIL"
        return now if is_mail and now.lower() != self.message.recipient.lower() else ""


def undelivered(actor: Actor) -> QuerySet[OutboxMessage]:
    """Return the messages that were given up on, to people whom the actor manages, newest first.

    What went to nobody here, such as an order to a supplier, is for those who manage everybody.
    """
    people = Membership.objects.filter(within(actor, Permission.MANAGE_PEOPLE, "group__"))
    whole = OrgGroup.objects.filter(within(actor, Permission.MANAGE_PEOPLE), parent__isnull=True)
    return outbox.parked().filter(
        Q(person_id__in=people.values("id")) | Q(Exists(whole), person_id__isnull=True)
    )


def undelivered_count(actor: Actor) -> int:
    """Return how many there are. One SQL query, none for those who manage nobody."""
    if actor.groups_with(Permission.MANAGE_PEOPLE) == frozenset():
        return 0
    return undelivered(actor).order_by().count()


def undelivered_message(actor: Actor, message_id: UUID) -> Undelivered:
    """Return one of them. Two SQL queries; raises `NotFound`."""
    found = undelivered(actor).filter(id=message_id).first()
    if found is None:
        raise NotFound("This message does not wait here any more.")
    (row,) = as_undelivered([found])
    return row


def as_undelivered(messages: Sequence[OutboxMessage]) -> list[Undelivered]:
    """Return messages with the people whom they were for. One SQL query."""
    people = members_by_id([one.person_id for one in messages if one.person_id])
    return [
        Undelivered(
            message,
            people.get(message.person_id) if message.person_id else None,
            reason_of(message.failure, message.last_error),
        )
        for message in messages
    ]


def returned_from(membership: Membership) -> Undelivered | None:
    """Return the latest mail that a member's address refused, while it waits. One SQL query."""
    found = outbox.last_returned(membership.id)
    if found is None:
        return None
    return Undelivered(found, membership, reason_of(found.failure, found.last_error))
