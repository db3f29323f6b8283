"""What a period holds, which one follows it, and which have something to hand on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from accounts.permissions import Permission, require
from budgets.fiscal import FiscalCalendar, PeriodKind
from budgets.lifecycle import RUNNING, Handover, Held, handover
from budgets.models import BudgetPeriod
from budgets.movements import Document
from budgets.rules import ZERO, Covering, PeriodStatus
from budgets.selectors.covering import (
    BUDGET_COLUMNS,
    BUDGET_JOINS,
    BUDGET_WIDTH,
    COUNTER_COLUMNS,
    PERIOD_COLUMNS,
    by_period,
    from_period_row,
    unopened,
)
from budgets.selectors.ledger import period_for
from budgets.selectors.settings import fiscal_calendar
from procurement.core import tenancy, writes
from procurement.core.actors import Actor

_BY_ID = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id = ANY(%(periods)s::uuid[])
ORDER BY p.id
"""

_HELD = """
SELECT document_kind, document_id, max(document_label), min(occurred_on),
       sum(delta_reserved) AS reserved, sum(delta_committed) AS committed
FROM budgets_ledgerentry
WHERE organization_id = %(organization)s AND period_id = %(period)s
GROUP BY document_kind, document_id
HAVING sum(delta_reserved) <> 0 OR sum(delta_committed) <> 0
ORDER BY min(occurred_on), max(document_label), document_id
"""

# Orders that moved on from a period, and are still committed on another one of the same budget.
_MOVED_ON = """
SELECT e.document_kind, e.document_id, max(e.document_label), min(e.occurred_on), e.period_id,
       sum(e.delta_committed) AS committed
FROM budgets_ledgerentry e
JOIN budgets_budgetperiod p ON p.organization_id = e.organization_id AND p.id = e.period_id
WHERE e.organization_id = %(organization)s AND p.budget_id = %(budget)s AND p.id <> %(period)s
  AND p.status IN ('OPEN', 'FROZEN')
  AND e.document_id IN (
      SELECT document_id FROM budgets_ledgerentry
      WHERE organization_id = %(organization)s AND period_id = %(period)s AND kind = 'ROLL'
        AND delta_committed < 0)
GROUP BY e.document_kind, e.document_id, e.period_id
HAVING sum(e.delta_committed) > 0
ORDER BY e.period_id, e.document_id
"""

# A budget with its periods from a day on; one row without a period where there is none.
_FROM = f"""
SELECT {BUDGET_COLUMNS}, {COUNTER_COLUMNS}, b.carries_over, b.is_active, b.ends_on
FROM budgets_budget b {BUDGET_JOINS}
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.ends_on >= %(since)s
WHERE b.organization_id = %(organization)s AND b.id = %(budget)s
ORDER BY p.starts_on
"""

# A heir is looked for so far ahead; whoever closed more than that ahead has ended the budget.
_FURTHEST = 24


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing a period does: where its orders go, and what stands in the way, if anything."""

    covering: Covering
    heir: Covering | None
    handover: Handover

    @property
    def is_possible(self) -> bool:
        """Tell whether everything that stands there finds room."""
        return self.handover.short <= 0


@dataclass(frozen=True, slots=True)
class Following:
    """The first period of a budget from a day on that runs, or would once it is opened.

    ``heir`` is None where the budget ends before.
    """

    heir: Covering | None
    carries_over: bool


@dataclass(frozen=True, slots=True)
class MovedOn:
    """An order that left a period as it closed, and where it stands since."""

    held: Held
    period_id: UUID


def periods_by_id(period_ids: Collection[UUID]) -> dict[UUID, Covering]:
    """Return some periods as they stand. One SQL query."""
    rows = writes.execute(
        _BY_ID, {"organization": tenancy.current(), "periods": list(period_ids)}
    ).fetchall()
    return by_period(from_period_row(row) for row in rows)


def held_on(period_id: UUID) -> tuple[Held, ...]:
    """Return what orders and earmarks have set aside on a period, the oldest first. One SQL query.

    A period's own lines are read, as many as it has.
    """
    rows = writes.execute(
        _HELD, {"organization": tenancy.current(), "period": period_id}
    ).fetchall()
    return tuple(
        Held(Document(kind, document_id, label, day), reserved, committed)
        for kind, document_id, label, day, reserved, committed in rows
    )


def moved_on_from(covering: Covering) -> tuple[MovedOn, ...]:
    """Return the placed orders that left a period and are still open elsewhere. One SQL query."""
    rows = writes.execute(
        _MOVED_ON,
        {
            "organization": tenancy.current(),
            "budget": covering.budget_id,
            "period": covering.period_id,
        },
    ).fetchall()
    return tuple(
        MovedOn(Held(Document(kind, document_id, label, day), ZERO, committed), period_id)
        for kind, document_id, label, day, period_id, committed in rows
    )


def following(budget_id: UUID, since: date) -> Following:
    """Return what follows in a budget from a day on. Two SQL queries."""
    rows = writes.execute(
        _FROM, {"organization": tenancy.current(), "budget": budget_id, "since": since}
    ).fetchall()
    carries_over, is_active, ends_on = rows[0][-3:]
    last = ends_on or date.max if is_active else date.min
    return Following(_heir(rows, since, last, fiscal_calendar()), carries_over)


def closing_of(covering: Covering, *, today: date) -> Closing:
    """Return what closing a period would do. Three SQL queries, no lock and no permission asked."""
    assert covering.period_id is not None
    return close_up(
        covering,
        following(covering.budget_id, max(today, covering.period.renews_on)),
        held_on(covering.period_id),
    )


def close_up(covering: Covering, what_follows: Following, held: Sequence[Held]) -> Closing:
    """Return what closing a period does with what it holds. No SQL."""
    return Closing(
        covering,
        what_follows.heir,
        handover(covering, what_follows.heir, held, carries_over=what_follows.carries_over),
    )


def closing_for(actor: Actor, period_id: UUID, *, today: date) -> Closing:
    """Return what closing a period would do, to whoever may close it. Four SQL queries.

    Raises `NotFound` and `NotAllowed`.
    """
    covering = period_for(actor, period_id)
    require(actor, Permission.MANAGE_BUDGETS, covering.group_path)
    return closing_of(covering, today=today)


def budgets_with_room_to_carry(today: date) -> list[UUID]:
    """Return the budgets that carry over and have ended periods with unused room. One SQL query."""
    return list(
        BudgetPeriod.objects.filter(
            _goes_on(),
            budget__carries_over=True,
            status=PeriodStatus.OPEN.value,
            ends_on__lt=today,
            cap__gt=F("reserved") + F("committed") + F("spent"),
        )
        .order_by("budget_id")
        .values_list("budget_id", flat=True)
        .distinct()
    )


def periods_to_close(today: date, *, after_days: int) -> list[UUID]:
    """Return the ended periods that close by themselves by now, the oldest first. One SQL query.

    What was reopened waits for a person.
    """
    return list(
        BudgetPeriod.objects.filter(
            status__in=[status.value for status in RUNNING],
            ends_on__lt=today - timedelta(days=after_days),
        )
        .order_by("ends_on", "id")
        .values_list("id", flat=True)
    )


def ended_periods(budget_id: UUID, today: date) -> list[UUID]:
    """Return the ended, open periods of a budget, the oldest first. One SQL query."""
    return list(
        BudgetPeriod.objects.filter(
            budget_id=budget_id, status=PeriodStatus.OPEN.value, ends_on__lt=today
        )
        .order_by("starts_on")
        .values_list("id", flat=True)
    )


def _goes_on() -> Q:
    """Keep the periods whose budget has days after them."""
    return Q(budget__is_active=True) & (
        Q(budget__ends_on__isnull=True) | Q(budget__ends_on__gt=F("ends_on"))
    )


def _heir(
    rows: Sequence[Sequence[Any]], since: date, last: date, calendar: FiscalCalendar
) -> Covering | None:
    known = [from_period_row(row) for row in rows if row[BUDGET_WIDTH] is not None]
    kind = PeriodKind(rows[0][1])
    day = since
    for _ in range(_FURTHEST):
        if day > last:
            return None
        there = next((one for one in known if day in one.period), None)
        if there is None:
            return unopened(rows[0], calendar.period_of(kind, day))
        if there.status in RUNNING:
            return there
        day = there.period.renews_on
    return None
