"""Reading the trail: what happened to a subject, what an auditor asks for, and what is settled."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import BigIntegerField, Func, Q, QuerySet

from procurement.audit.models import AuditEvent
from procurement.core import directory
from procurement.core.actors import Actor
from procurement.core.clock import start_of
from procurement.core.errors import NotAllowed

VIEW_AUDIT = "view_audit"


class SettledHorizon(Func):
    """The oldest transaction still running: of what came before it, nothing more can appear."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field = BigIntegerField()


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the trail; events are ordered by transaction, then by id."""

    transaction_id: int
    event_id: UUID


START = Position(0, UUID(int=0))


def settled_after(position: Position, organization_id: UUID) -> QuerySet[AuditEvent]:
    """Return the settled events after a position, in the trail's order; callers cut it.

    An event is settled when no running transaction can put another one before it: whoever follows
    the trail by position misses none. One SQL query.
    """
    return after(position, organization_id).filter(transaction_id__lt=SettledHorizon())


def after(position: Position, organization_id: UUID) -> QuerySet[AuditEvent]:
    """Return all events after a position, settled or not, in the trail's order."""
    # The first condition gives the index its range; the second drops what lies before in it.
    return AuditEvent.objects.filter(
        Q(transaction_id__gt=position.transaction_id) | Q(id__gt=position.event_id),
        organization_id=organization_id,
        transaction_id__gte=position.transaction_id,
    ).order_by("transaction_id", "id")


def between(start: Position, end: Position, organization_id: UUID) -> QuerySet[AuditEvent]:
    """Return the events after one position up to and including another, in the trail's order."""
    return after(start, organization_id).filter(
        Q(transaction_id__lt=end.transaction_id) | Q(id__lte=end.event_id),
        transaction_id__lte=end.transaction_id,
    )


def timeline(subject_ids: Collection[UUID]) -> list[AuditEvent]:
    """Return what was recorded about subjects, oldest first. One SQL query.

    The caller has fetched the subjects for its actor, and so decided that they may be seen.
    """
    return list(
        AuditEvent.objects.filter(subject_id__in=list(subject_ids)).order_by(
            "at", "transaction_id", "id"
        )
    )


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What an auditor narrows the trail by; dates are days of ``time_zone``, both included.

    ``action`` is a code or its noun alone; ``subject`` a part of its name or its id; ``group`` a
    part of a group's name or its id, and stands for everything below it too.
    """

    time_zone: str = "UTC"
    who: str = ""
    action: str = ""
    subject: str = ""
    group: str = ""
    since: date | None = None
    until: date | None = None


def visible(actor: Actor, organization_id: UUID) -> QuerySet[AuditEvent]:
    """Return the events that an actor may read, newest first.

    Whoever may read the audit trail of the whole organization sees all; else only what happened in
    groups at or below those granted. One SQL query, and one more for the actor's reach. Raises
    `NotAllowed` where the actor may read no trail at all.
    """
    events = AuditEvent.objects.filter(organization_id=organization_id).order_by("-at", "-id")
    reach = actor.groups_under(VIEW_AUDIT)
    if reach is not None and not reach:
        raise NotAllowed(
            f"{actor.label} may not read the audit trail: it takes the permission “Read the audit "
            "trail” on a group. An administrator can grant it."
        )
    return events if reach is None else events.filter(group_id__in=reach)


def trail(actor: Actor, organization_id: UUID, asked: TrailFilter) -> QuerySet[AuditEvent]:
    """Return the events that an actor may read and has asked for, newest first.

    One SQL query, one for the actor's reach, and two more for a group. Raises `NotAllowed` where
    the actor may read no trail at all.
    """
    events = visible(actor, organization_id)
    if asked.who:
        events = events.filter(actor_label__icontains=asked.who)
    if asked.action:
        events = events.filter(
            Q(action=asked.action) | Q(action__startswith=f"{asked.action.rstrip('.')}.")
        )
    if asked.subject:
        events = events.filter(_about(asked.subject))
    if asked.group:
        events = events.filter(group_id__in=directory.groups_called(asked.group))
    if asked.since:
        events = events.filter(at__gte=start_of(asked.since, asked.time_zone))
    if asked.until:
        events = events.filter(at__lt=start_of(asked.until + timedelta(days=1), asked.time_zone))
    return events


def streamed(events: QuerySet[AuditEvent]) -> Iterator[AuditEvent]:
    """Read events through a server-side cursor, however many there are."""
    return events.iterator(chunk_size=1000)


def _about(text: str) -> Q:
    try:
        return Q(subject_id=UUID(text))
    except ValueError:
        return Q(subject_label__icontains=text)
