"""Reads of the outbox."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Min, QuerySet

from procurement.outbox.kinds import Failure
from procurement.outbox.models import OutboxMessage


def waiting_since(*, now: datetime) -> datetime | None:
    """Return since when the oldest due message of the active organization waits; one SQL query.

    None when nothing is due: a message that is to be tried again later is not waiting.
    """
    waiting = OutboxMessage.objects.filter(
        status__in=[OutboxMessage.Status.PENDING, OutboxMessage.Status.SENDING], due_at__lte=now
    )
    oldest: datetime | None = waiting.aggregate(oldest=Min("due_at"))["oldest"]
    return oldest


def keys_there(keys: Collection[str]) -> set[str]:
    """Return those of some idempotency keys under which there is a message. One SQL query."""
    return set(OutboxMessage.objects.filter(key__in=keys).values_list("key", flat=True))


def parked() -> QuerySet[OutboxMessage]:
    """Return the messages that were given up on, the latest first."""
    return OutboxMessage.objects.filter(status=OutboxMessage.Status.PARKED).order_by(
        "-created_at", "-id"
    )


def last_returned(person_id: UUID) -> OutboxMessage | None:
    """Return the latest mail that a member's address refused, while it waits. One SQL query."""
    return parked().filter(person_id=person_id, failure=Failure.BOUNCED.value).first()


def subscriptions_gone(message_ids: Collection[UUID]) -> set[UUID]:
    """Return the devices that messages were for whose push service says that they are gone.

    What was withdrawn in the house says nothing of that. One SQL query.
    """
    found = (
        OutboxMessage.objects.filter(
            id__in=list(message_ids), channel="PUSH", status=OutboxMessage.Status.GONE
        )
        .exclude(last_error="")
        .values_list("context__subscription", flat=True)
    )
    return {UUID(subscription_id) for subscription_id in found}


def message_of(message_id: UUID) -> OutboxMessage | None:
    """Return a message, whatever has become of it. One SQL query."""
    return OutboxMessage.objects.filter(id=message_id).first()
