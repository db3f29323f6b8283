"""Proving the trail: every event against its own digest, and every seal against the chain."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from procurement.audit import selectors
from procurement.audit.chain import GENESIS, Leaf, difference, seal_digest
from procurement.audit.models import AuditEvent, AuditSeal
from procurement.audit.sealing import audit_key, end_of, last_seal
from procurement.audit.selectors import Position
from procurement.audit.services import digest_of


class Kind(StrEnum):
    """What can be wrong with a trail."""

    EVENT_ALTERED = "event altered"
    EVENT_MISSING = "event missing"
    EVENT_INSERTED = "event inserted"
    EVENTS_REORDERED = "events reordered"
    SEAL_MISSING = "seal missing"
    SEAL_BROKEN = "seal broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold, in words, with the exact event or seal."""

    kind: Kind
    sentence: str
    event_id: UUID | None = None
    seal: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain; noted elsewhere, it proves later that nothing was cut off."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to verify."""

    events: int
    seals: int
    head: Head | None


def extent(organization_id: UUID) -> Extent:
    """Return how long an organization's trail is, and the head of its chain. Three SQL queries."""
    newest = last_seal(organization_id)
    return Extent(
        events=AuditEvent.objects.filter(organization_id=organization_id).count(),
        seals=AuditSeal.objects.filter(organization_id=organization_id).count(),
        head=Head(newest.number, bytes(newest.digest).hex()) if newest else None,
    )


def findings(
    organization_id: UUID,
    *,
    anchor: Head | None = None,
    checked: Callable[[int], object] = lambda _: None,
) -> Iterator[Finding]:
    """Verify an organization's trail from the start; yield what does not hold.

    ``anchor`` is a head noted earlier: a chain that was cut back or rewritten since then does not
    hold it any more. ``checked`` is told how many more events have been verified. Reads batch by
    batch, one SQL query for each seal; memory stays flat.
    """
    previous: AuditSeal | None = None
    seals = AuditSeal.objects.filter(organization_id=organization_id).order_by("number")
    for seal in seals.iterator(chunk_size=50):
        yield from _link(previous, seal)
        yield from _batch(end_of(previous), seal)
        previous = seal
        checked(seal.event_count)
    for event in selectors.after(end_of(previous), organization_id).iterator(chunk_size=1000):
        yield from _altered(event)
        checked(1)
    if anchor is not None:
        yield from _anchored(organization_id, anchor)


def _link(previous: AuditSeal | None, seal: AuditSeal) -> Iterator[Finding]:
    """Check that a seal follows the one before it."""
    expected = previous.number + 1 if previous else 1
    if seal.number != expected:
        yield Finding(Kind.SEAL_MISSING, f"Seal {expected} is missing.", seal=expected)
    elif bytes(seal.previous_digest) != (bytes(previous.digest) if previous else GENESIS):
        before = f"seal {previous.number}" if previous else "the beginning"
        yield Finding(
            Kind.SEAL_BROKEN,
            f"Seal {seal.number} does not continue {before}: the chain is broken between them.",
            seal=seal.number,
        )


def _batch(start: Position, seal: AuditSeal) -> Iterator[Finding]:
    """Check the events under a seal, and the seal over them."""
    events = list(selectors.between(start, end_of(seal), seal.organization_id))
    explained = False
    for event in events:
        for finding in _altered(event):
            explained = True
            yield finding
    by_id = {event.id: event for event in events}
    compared = difference(seal.event_ids, [event.id for event in events])
    for event_id in compared.missing:
        yield _missing(seal, event_id)
    for event_id in compared.inserted:
        yield Finding(
            Kind.EVENT_INSERTED,
            f"{_named(by_id[event_id])} stands among the events of seal {seal.number}, "
            "but was not there when they were sealed.",
            event_id=event_id,
            seal=seal.number,
        )
    if compared.is_reordered:
        yield Finding(
            Kind.EVENTS_REORDERED,
            f"The events of seal {seal.number} stand in another order than when they were sealed.",
            seal=seal.number,
        )
    if explained or not compared.is_none:
        return
    recomputed = seal_digest(
        key=audit_key(),
        previous=bytes(seal.previous_digest),
        number=seal.number,
        leaves=[Leaf(event.id, bytes(event.digest)) for event in events],
    )
    if recomputed != bytes(seal.digest) or seal.event_count != len(events):
        yield Finding(
            Kind.SEAL_BROKEN,
            f"Seal {seal.number} does not match its {len(events)} events: it was altered, or they "
            "were rewritten by somebody who holds the audit key.",
            seal=seal.number,
        )


def _anchored(organization_id: UUID, anchor: Head) -> Iterator[Finding]:
    seal = AuditSeal.objects.filter(organization_id=organization_id, number=anchor.number).first()
    if seal is None:
        yield Finding(
            Kind.SEAL_MISSING,
            f"Seal {anchor.number} is missing, although its digest was noted: the trail was cut.",
            seal=anchor.number,
        )
    elif bytes(seal.digest).hex() != anchor.digest.lower():
        yield Finding(
            Kind.SEAL_BROKEN,
            f"Seal {anchor.number} is not the one that was noted: the trail was rewritten.",
            seal=anchor.number,
        )


def _altered(event: AuditEvent) -> Iterator[Finding]:
    if digest_of(event) != bytes(event.digest):
        yield Finding(
            Kind.EVENT_ALTERED,
            f"{_named(event)} was altered: its content does not match its digest.",
            event_id=event.id,
        )


def _missing(seal: AuditSeal, event_id: UUID) -> Finding:
    place = seal.event_ids.index(event_id) + 1
    return Finding(
        Kind.EVENT_MISSING,
        f"Event {event_id}, number {place} of the {len(seal.event_ids)} under seal {seal.number}, "
        "is missing.",
        event_id=event_id,
        seal=seal.number,
    )


def _named(event: AuditEvent) -> str:
    return (
        f"Event {event.id} ({event.action} {event.subject_label} by {event.actor_label}, "
        f"{event.at:%Y-%m-%d %H:%M:%S} UTC)"
    )
