"""Reads of the outbox."""

from datetime import datetime

from django.db.models import Min

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
