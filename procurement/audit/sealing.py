"""Closing settled events under the chain of hashes: in the background, never in a hot path."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from procurement.audit import selectors
from procurement.audit.chain import GENESIS, Leaf, seal_digest
from procurement.audit.models import AuditSeal
from procurement.audit.selectors import START, Position

BATCH_SIZE = 1000


def audit_key() -> bytes:
    """Return the key of the trail's digests."""
    return str(settings.AUDIT_KEY).encode()


def last_seal(organization_id: UUID) -> AuditSeal | None:
    """Return the newest seal of an organization, or None before the first. One SQL query."""
    return AuditSeal.objects.filter(organization_id=organization_id).order_by("-number").first()


def end_of(seal: AuditSeal | None) -> Position:
    """Return the position of the last event under a seal."""
    return Position(seal.last_transaction_id, seal.last_event_id) if seal else START


@transaction.atomic
def seal_events(*, organization_id: UUID, now: datetime, batch_size: int = BATCH_SIZE) -> int:
    """Seal all settled events of an organization in batches; return how many were sealed.

    Events of transactions that overlap one still running wait for the next run, so that no event
    can ever appear among sealed ones. Of two runs at once, one does nothing. Two SQL queries, and
    two for each batch.
    """
    if not _alone(organization_id):
        return 0
    previous = last_seal(organization_id)
    sealed = 0
    while True:
        batch = list(
            selectors.settled_after(end_of(previous), organization_id).values_list(
                "transaction_id", "id", "digest"
            )[:batch_size]
        )
        if not batch:
            return sealed
        previous = _seal(organization_id, previous, batch, now)
        sealed += len(batch)


def _seal(
    organization_id: UUID,
    previous: AuditSeal | None,
    batch: Sequence[tuple[int, UUID, bytes | memoryview]],
    now: datetime,
) -> AuditSeal:
    number = previous.number + 1 if previous else 1
    before = bytes(previous.digest) if previous else GENESIS
    leaves = [Leaf(event_id, bytes(digest)) for _, event_id, digest in batch]
    return AuditSeal.objects.create(
        organization_id=organization_id,
        number=number,
        event_ids=[leaf.event_id for leaf in leaves],
        last_transaction_id=batch[-1][0],
        last_event_id=batch[-1][1],
        event_count=len(leaves),
        previous_digest=before,
        digest=seal_digest(key=audit_key(), previous=before, number=number, leaves=leaves),
        sealed_at=now,
    )


def _alone(organization_id: UUID) -> bool:
    """Tell whether this transaction is the only one that seals the organization's events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"audit.seal:{organization_id}"],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
