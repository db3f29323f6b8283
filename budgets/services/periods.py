"""Opening periods: ahead of time, and on demand where none has been."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from budgets.fiscal import FiscalCalendar, Period, PeriodKind
from budgets.lifecycle import OPENED_AHEAD
from budgets.models import Budget
from budgets.rules import Covering
from budgets.selectors.settings import fiscal_calendar
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict
from procurement.core.ids import new_id
from procurement.core.locking import rely_on_calendar

# FOR SHARE waits for a change of the cap that is under way, and then sees it.
_OPEN = """
WITH wanted AS (
    SELECT w.*, b.cap FROM unnest(
        %(budgets)s::uuid[], %(periods)s::uuid[], %(lines)s::uuid[], %(starts)s::date[],
        %(ends)s::date[], %(codes)s::text[]
    ) AS w(budget_id, period_id, line_id, starts_on, ends_on, code)
    JOIN budgets_budget b ON b.organization_id = %(organization)s AND b.id = w.budget_id
    ORDER BY w.budget_id, w.starts_on
    FOR SHARE OF b
), opened AS (
    INSERT INTO budgets_budgetperiod (id, organization_id, budget_id, starts_on, ends_on, code,
        cap, reserved, committed, spent, overrun, entries)
    SELECT period_id, %(organization)s, budget_id, starts_on, ends_on, code, cap, 0, 0, 0, 0, 1
    FROM wanted
    ON CONFLICT (organization_id, budget_id, starts_on) DO NOTHING
    RETURNING id
)
INSERT INTO budgets_ledgerentry (id, organization_id, period_id, number, kind, delta_cap,
    delta_reserved, delta_committed, delta_spent, delta_overrun, used_after, document_kind,
    document_id, document_label, key, occurred_on, actor_id, actor_label, at)
SELECT w.line_id, %(organization)s, w.period_id, 1, 'OPEN', w.cap, 0, 0, 0, 0, 0, 'BUDGET',
    w.budget_id, 'Period opened', '', w.starts_on, %(actor_id)s::uuid, %(actor)s, %(now)s
FROM wanted w JOIN opened o ON o.id = w.period_id
"""

_PERIODS = """
SELECT budget_id, starts_on, id FROM budgets_budgetperiod
WHERE organization_id = %(organization)s AND budget_id = ANY(%(budgets)s)
  AND starts_on = ANY(%(starts)s)
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """A period that a budget should have."""

    budget_id: UUID
    period: Period


@transaction.atomic
def open_periods(*, actor: Actor, openings: Sequence[Opening], now: datetime) -> int:
    """Open the periods that are missing, each with its first ledger line; return how many were.

    Three SQL statements. Opening one twice, also at the same time, leaves one. It is bookkeeping
    that follows from a budget, so the ledger alone records it. Raises `Conflict` where the fiscal
    calendar has changed since the periods were read off it.
    """
    if not openings:
        return 0
    rely_on_calendar(actor.organization_id)
    calendar = fiscal_calendar()
    if any(calendar.period_of(one.kind, one.starts_on) != one for one in _periods(openings)):
        raise Conflict("The fiscal calendar has just changed. Try again.")
    cursor = writes.execute(
        _OPEN,
        {
            "organization": actor.organization_id,
            "budgets": [one.budget_id for one in openings],
            "periods": [new_id() for _ in openings],
            "lines": [new_id() for _ in openings],
            "starts": [one.period.starts_on for one in openings],
            "ends": [one.period.ends_on for one in openings],
            "codes": [one.period.code for one in openings],
            "actor_id": actor.id,
            "actor": actor.label[:200],
            "now": now,
        },
    )
    return cursor.rowcount


def _periods(openings: Iterable[Opening]) -> set[Period]:
    return {opening.period for opening in openings}


def open_coming_periods(*, actor: Actor, now: datetime) -> int:
    """Open, for every active budget, the period that holds today, and the next two weeks ahead.

    Six SQL statements; says how many were opened. Today is the organization's own.
    """
    organization = accounts.organization_by_id(tenancy.current())
    today = local_date(now, organization.time_zone)
    budgets = Budget.objects.filter(is_active=True).order_by("id")
    calendar = fiscal_calendar()
    openings = [opening for budget in budgets for opening in coming(budget, today, calendar)]
    return open_periods(actor=actor, openings=openings, now=now)


def coming(budget: Budget, today: date, calendar: FiscalCalendar) -> list[Opening]:
    """Return the periods of a budget that orders of today and soon will need.

    The one to come is not opened long ahead: until then, the fiscal calendar can change.
    """
    current = calendar.period_of(PeriodKind(budget.kind), max(today, budget.starts_on))
    return [
        Opening(budget.id, period)
        for period in (current, calendar.after(current))
        if (period == current or period.starts_on <= today + OPENED_AHEAD)
        and (budget.ends_on is None or period.starts_on <= budget.ends_on)
    ]


def open_past_periods(*, actor: Actor, first: date, last: date, now: datetime) -> int:
    """Open every period of every active budget between two days, for importing history.

    Five SQL statements. Only days that a budget covers count.
    """
    openings: list[Opening] = []
    calendar = fiscal_calendar()
    for budget in Budget.objects.filter(is_active=True).order_by("id"):
        until = last if budget.ends_on is None else min(last, budget.ends_on)
        since = max(first, budget.starts_on)
        if since <= until:
            openings += [
                Opening(budget.id, period)
                for period in calendar.between(PeriodKind(budget.kind), since, until)
            ]
    return open_periods(actor=actor, openings=openings, now=now)


def ensure_periods(
    *, actor: Actor, covering: Iterable[Covering], now: datetime
) -> tuple[Covering, ...]:
    """Return the same budgets, each with its period.

    No SQL where all have one, as they normally do; else four statements.
    """
    found = tuple(covering)
    missing = [Opening(one.budget_id, one.period) for one in found if one.period_id is None]
    if not missing:
        return found
    open_periods(actor=actor, openings=missing, now=now)
    cursor = writes.execute(
        _PERIODS,
        {
            "organization": actor.organization_id,
            "budgets": [one.budget_id for one in missing],
            "starts": [one.period.starts_on for one in missing],
        },
    )
    ids = {(budget_id, starts_on): period_id for budget_id, starts_on, period_id in cursor}
    return tuple(
        one
        if one.period_id is not None
        else replace(one, period_id=ids[one.budget_id, one.period.starts_on])
        for one in found
    )
