"""What waits for somebody, for the people around them, and what they have decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.permissions import Permission
from accounts.selectors import reports_below, within
from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.selectors.absences import delegated_seats
from procurement.core.actors import Actor

_OPEN = Q(asked_at__isnull=False, closed_at__isnull=True)
_MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """How a list of the inbox is narrowed; empty values narrow nothing."""

    query: str = ""
    group_id: UUID | None = None

    def on(self, prefix: str = "") -> Q:
        """Return the condition, on requests or on what leads to them by ``prefix``."""
        found = Q()
        if self.group_id:
            found &= Q(**{f"{prefix}group__path__contains": [self.group_id]})
        for word in self.query.split():
            found &= (
                Q(**{f"{prefix}subject_label__icontains": word})
                | Q(**{f"{prefix}summary__title__icontains": word})
                | Q(**{f"{prefix}requester__user__name__icontains": word})
            )
        return found


NO_FILTERS = InboxFilters()


def inbox(
    actor: Actor, *, now: datetime, filters: InboxFilters = NO_FILTERS
) -> QuerySet[StageSeat]:
    """Return the seats in which an actor is asked now: those overdue first, then the oldest.

    One for each request: deciding in it answers all others of theirs.
    """
    others = StageSeat.objects.filter(
        _OPEN,
        request_id=OuterRef("request_id"),
        membership_id=OuterRef("membership_id"),
        id__lt=OuterRef("id"),
    )
    return (
        StageSeat.objects.filter(_OPEN, ~Exists(others), own(actor), filters.on("request__"))
        .select_related("request__group", "request__requester__user", "stage")
        .annotate(is_overdue=Case(When(stage__due_at__lt=now, then=Value(1)), default=Value(0)))
        .order_by("-is_overdue", "asked_at", "id")
    )


def inbox_for_others(
    actor: Actor, *, now: datetime, filters: InboxFilters = NO_FILTERS
) -> QuerySet[StageSeat]:
    """Return the seats of others in which an actor decides now, overdue first, then the oldest.

    One for each request and holder. Five SQL queries beside the list's own, one where they stand in
    for nobody.
    """
    return (
        delegated_seats(actor, now)
        .filter(filters.on("request__"))
        .annotate(is_overdue=Case(When(stage__due_at__lt=now, then=Value(1)), default=Value(0)))
        .order_by("-is_overdue", "asked_at", "id")
    )


def seats_chosen(actor: Actor, seat_ids: Iterable[UUID], *, now: datetime) -> list[StageSeat]:
    """Return those of the given seats in which an actor decides, for themselves or for others.

    The oldest first; also own ones in which nothing is left to decide, since somebody may have been
    quicker. Up to six SQL queries.
    """
    wanted = list(seat_ids)
    for_others = delegated_seats(actor, now).filter(id__in=wanted).values("id")
    return list(
        StageSeat.objects.filter(own(actor) | Q(id__in=for_others), id__in=wanted)
        .select_related("request__group", "request__requester__user", "stage", "membership__user")
        .order_by("asked_at", "id")
    )


def waiting_for_team(
    actor: Actor, *, now: datetime, filters: InboxFilters = NO_FILTERS
) -> QuerySet[ApprovalRequest]:
    """Return the requests that wait for the people around an actor, overdue first, then the oldest.

    Those that ask somebody who reports to them, on whatever level, and those of groups whose orders
    they may see. What waits for themselves is not among them, nor what they asked for. One SQL
    query before that of the list.
    """
    asked = StageSeat.objects.filter(_OPEN, request_id=OuterRef("pk"))
    due = (
        Stage.objects.filter(request_id=OuterRef("pk"), status=Stage.Status.OPEN)
        .order_by(F("due_at").asc(nulls_last=True))
        .values("due_at")[:1]
    )
    return (
        ApprovalRequest.objects.filter(
            within(actor, Permission.VIEW_ORDERS, "group__") | above(actor, asked),
            ~Exists(asked.filter(own(actor))),
            filters.on(),
            status=ApprovalRequest.Status.PENDING,
        )
        .exclude(requester_id=actor.id)
        .select_related("group", "requester__user")
        .annotate(due_at=Subquery(due))
        .annotate(is_overdue=Case(When(due_at__lt=now, then=Value(1)), default=Value(0)))
        .order_by("-is_overdue", "opened_at", "id")
    )


def above(actor: Actor, asked: QuerySet[StageSeat]) -> Q:
    """Return the condition for requests that ask somebody who reports to an actor. One SQL query.

    ``asked`` are the seats of a request that count.
    """
    reports = reports_below(actor.id) if actor.id else []
    return Q(Exists(asked.filter(membership_id__in=reports)))


def decided_by(actor: Actor, filters: InboxFilters = NO_FILTERS) -> QuerySet[Decision]:
    """Return an actor's decisions, the latest first."""
    return (
        Decision.objects.filter(own(actor), filters.on("request__"))
        .select_related("request__group", "request__requester__user", "seat", "on_behalf_of__user")
        .order_by("-decided_at", "-id")
    )


def pending_count(actor: Actor) -> int:
    """Return how many requests wait for an actor themselves. One SQL query."""
    waiting = StageSeat.objects.filter(_OPEN, own(actor))
    return waiting.values("request_id").distinct().count()


def groups_waiting(actor: Actor) -> list[tuple[UUID, str]]:
    """Return the groups whose requests wait for an actor, by name. One SQL query."""
    found = StageSeat.objects.filter(_OPEN, own(actor)).values_list(
        "request__group_id", "request__group__name"
    )
    return list(found.distinct().order_by("request__group__name")[:_MOST_GROUPS])


def asked_on(request_ids: Iterable[UUID]) -> dict[UUID, list[StageSeat]]:
    """Return who is asked on each request now, with user and stage at hand. One SQL query."""
    seats = (
        StageSeat.objects.filter(_OPEN, request_id__in=list(request_ids))
        .select_related("membership__user", "stage")
        .order_by("request_id", "stage__number", "slots", "id")
    )
    return {key: list(found) for key, found in groupby(seats, key=lambda seat: seat.request_id)}


def own(actor: Actor) -> Q:
    """Return the condition for what is an actor's own; the system has nothing of its own."""
    return Q(membership_id=actor.id) if actor.id else Q(pk__in=[])
