"""Orders that wait until their budgets have the room."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from budgets.models import BudgetIncrease
from procurement.core.clock import local_date
from procurement.orders.assessment import Assessment
from procurement.orders.blocked import Blocked
from procurement.orders.judging import judge
from procurement.orders.models import Requisition
from procurement.orders.selectors.drafts import LoadedDraft, load_draft, surroundings_of
from procurement.orders.selectors.refusals import ASKED, Refusal, refusal_of, standing_refusals

_PENDING = BudgetIncrease.Status.PENDING


@dataclass(frozen=True, slots=True)
class Place:
    """An order's place in the queue: who asked, and since when it waits.

    ``has_increase`` tells that an increase has been asked for it, and was not refused;
    ``refused`` are those that were refused since it waits, and ``is_asked`` that somebody is asked
    for another one.
    """

    requisition_id: UUID
    waiting_since: datetime
    requester_user_id: UUID
    has_increase: bool
    is_asked: bool
    refused: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """What keeps an order waiting: its budgets, what has been asked for, and who is before it.

    ``ahead`` counts the orders that wait longer for a budget of the same groups. ``blocked`` is
    empty where there is room by now, and it is about to go on. ``refusals`` are the increases that
    it will not get, while others are still asked for.
    """

    blocked: tuple[Blocked, ...]
    assessment: Assessment
    increases: tuple[BudgetIncrease, ...]
    ahead: int
    refusals: tuple[Refusal, ...]

    @property
    def is_asked(self) -> bool:
        """Tell whether somebody is asked for an increase, and has not decided."""
        return any(one.status == BudgetIncrease.Status.PENDING for one in self.increases)

    @property
    def place(self) -> int:
        """Return its place among those that wait for the same budgets; the first is 1."""
        return self.ahead + 1


def queue_after(last: tuple[datetime, UUID] | None, *, limit: int) -> list[Place]:
    """Return the orders that wait, the longest first, from behind one on. Two SQL queries."""
    found = Requisition.objects.filter(status=Requisition.Status.WAITING)
    if last is not None:
        since, requisition_id = last
        found = found.filter(
            Q(waiting_since__gt=since) | Q(waiting_since=since, id__gt=requisition_id)
        )
    orders = list(found.select_related("requester").order_by("waiting_since", "id")[:limit])
    asked = _asked_with([order.id for order in orders])
    return [
        Place(
            requisition_id=order.id,
            waiting_since=order.waiting_since,
            requester_user_id=order.requester.user_id,
            has_increase=any(one.status in ASKED for one in asked[order.id]),
            is_asked=any(one.status == _PENDING for one in asked[order.id]),
            refused=tuple(
                one.id for one in standing_refusals(asked[order.id], order.waiting_since)
            ),
        )
        for order in orders
        if order.waiting_since is not None
    ]


def increases_for(requisition_ids: Collection[UUID]) -> list[BudgetIncrease]:
    """Return the increases that were asked for with orders, the latest first. One SQL query."""
    return list(
        BudgetIncrease.objects.filter(document_id__in=requisition_ids)
        .select_related("period__budget__group", "asked_by__user")
        .order_by("-asked_at", "-id")
    )


def has_increase(requisition_id: UUID) -> bool:
    """Tell whether an increase was asked for an order, and not refused. One SQL query."""
    asked = _asked_with([requisition_id])[requisition_id]
    return any(one.status in ASKED for one in asked)


def _asked_with(requisition_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[BudgetIncrease]]:
    """Return what was asked for with each order; one SQL query, none for no order."""
    found: dict[UUID, list[BudgetIncrease]] = {one: [] for one in requisition_ids}
    if found:
        for increase in BudgetIncrease.objects.filter(document_id__in=requisition_ids):
            assert increase.document_id is not None
            found[increase.document_id].append(increase)
    return found


def wait_of(order: Requisition, *, now: datetime) -> Wait:
    """Return what keeps an order waiting that the reader may see.

    Eight SQL queries, and three for each increase that was refused since it waits.
    """
    loaded = load_draft(order.id)
    assessment = _judged(loaded, now)
    increases = increases_for([order.id])
    return Wait(
        blocked=assessment.blocked,
        assessment=assessment,
        increases=tuple(increases),
        ahead=_ahead(order, assessment.blocked),
        refusals=_refusals(order, increases),
    )


def _refusals(order: Requisition, increases: Sequence[BudgetIncrease]) -> tuple[Refusal, ...]:
    if order.waiting_since is None:
        return ()
    return tuple(refusal_of(one) for one in standing_refusals(increases, order.waiting_since))


def _judged(loaded: LoadedDraft, now: datetime) -> Assessment:
    around = surroundings_of(
        None,
        loaded.draft,
        on=local_date(now, loaded.time_zone),
        time_zone=loaded.time_zone,
        now=now,
        charged_on=days_to_try(loaded, has_increase=has_increase(loaded.draft.id), now=now)[0],
    )
    return judge(loaded.draft, around)


def days_to_try(loaded: LoadedDraft, *, has_increase: bool, now: datetime) -> tuple[date, ...]:
    """Return the days on which a waiting order can count, the one to be tried first in front.

    An increase holds for the period in which it was asked for, so the order may still count there
    after its end; else it waits for the period that runs.
    """
    today = loaded.draft.charged_on(local_date(now, loaded.time_zone))
    asked = loaded.charged_on
    return (asked, today) if has_increase and asked is not None and asked < today else (today,)


def _ahead(order: Requisition, blocked: Sequence[Blocked]) -> int:
    if not blocked or order.waiting_since is None:
        return 0
    return Requisition.objects.filter(
        status=Requisition.Status.WAITING,
        waiting_since__lt=order.waiting_since,
        group__path__overlap=[one.group_id for one in blocked],
    ).count()
