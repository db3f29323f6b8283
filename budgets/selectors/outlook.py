"""What a budget has taken day by day, and what is known of the days to come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from budgets.comparing import Difference
from budgets.fiscal import Period, PeriodKind
from budgets.models import BudgetIncrease, BudgetPeriod, Earmark
from budgets.movements import EntryKind
from budgets.pace import History
from budgets.rules import ZERO, Covering
from procurement.core import tenancy, writes

_YEARS_BACK = timedelta(days=3 * 366)
_SHOWN = 20
# What orders take and give back. Room set aside, adjustments and what moved from elsewhere change
# what is used, and tell nothing of how a usual week goes.
_OF_ORDERS = (
    EntryKind.RESERVE,
    EntryKind.COMMIT,
    EntryKind.RELEASE,
    EntryKind.SPEND,
    EntryKind.CREDIT,
    EntryKind.HISTORY,
    EntryKind.CHANGE,
)
_SET_ASIDE = "EARMARK"

# An order that is charged to a later period took its room on the day it was submitted.
_DAYS = """
SELECT least(e.occurred_on, (e.at AT TIME ZONE o.time_zone)::date) AS day,
       sum(e.delta_reserved + e.delta_committed + e.delta_spent)
           FILTER (WHERE e.period_id = %(period)s),
       sum(e.delta_reserved + e.delta_committed + e.delta_spent)
           FILTER (WHERE e.kind = ANY(%(kinds)s) AND e.document_kind <> %(set_aside)s)
FROM budgets_budgetperiod p
JOIN budgets_ledgerentry e ON e.organization_id = p.organization_id AND e.period_id = p.id
JOIN accounts_organization o ON o.id = p.organization_id
WHERE p.organization_id = %(organization)s AND p.budget_id = %(budget)s AND p.ends_on >= %(since)s
GROUP BY 1 ORDER BY 1
"""

_TWO_PERIODS = """
SELECT e.period_id, least(e.occurred_on, (e.at AT TIME ZONE o.time_zone)::date) AS day,
       sum(e.delta_reserved + e.delta_committed + e.delta_spent)
FROM budgets_ledgerentry e
JOIN accounts_organization o ON o.id = e.organization_id
WHERE e.organization_id = %(organization)s AND e.period_id = ANY(%(periods)s::uuid[])
GROUP BY 1, 2
"""

_WITHIN = """
SELECT coalesce(nullif(b.name, ''), ''), g.name, c.name, s.name, g.id = %(group)s,
       p.starts_on = %(starts_on)s, p.reserved + p.committed + p.spent, b.id
FROM budgets_budget b
JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
LEFT JOIN catalogs_category c ON c.organization_id = b.organization_id AND c.id = b.category_id
LEFT JOIN catalogs_supplier s ON s.organization_id = b.organization_id AND s.id = b.supplier_id
WHERE b.organization_id = %(organization)s AND b.kind = %(kind)s AND b.id <> %(budget)s
  AND b.membership_id IS NULL AND b.position_id IS NULL
  AND p.starts_on IN (%(starts_on)s, %(before)s)
  AND (g.id = %(group)s OR g.parent_id = %(group)s)
"""


@dataclass(frozen=True, slots=True)
class Days:
    """What was used, by day: by orders of this and past periods, and in this period by anything.

    ``history`` is None where no order has used anything yet.
    """

    history: History | None
    so_far: Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class Planned:
    """Room that was set aside for a purpose, until a day."""

    purpose: str
    amount: Decimal
    expires_on: date


@dataclass(frozen=True, slots=True)
class Asked:
    """More room that somebody asked for and nobody has decided on yet."""

    amount: Decimal
    asked_by: str
    document_label: str


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What is under way on a period: reserved by orders, set aside, asked for.

    At most twenty of each are named; the sums are of all.
    """

    reserved: Decimal
    set_aside: Decimal
    planned: tuple[Planned, ...]
    asked_for: Decimal
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """What a budget that counts a part of the same orders has used in two periods."""

    label: str
    used: Difference


def days_of(covering: Covering, today: date) -> Days:
    """Return what a budget has taken on each day of its last three years. One SQL query."""
    rows = writes.execute(
        _DAYS,
        {
            "organization": tenancy.current(),
            "budget": covering.budget_id,
            "period": covering.period_id,
            "kinds": [kind.value for kind in _OF_ORDERS],
            "set_aside": _SET_ASIDE,
            "since": today - _YEARS_BACK,
        },
    ).fetchall()
    daily = {day: of_orders for day, _, of_orders in rows if of_orders and day <= today}
    return Days(
        history=History(min(daily), daily) if daily else None,
        so_far={day: used for day, used, _ in rows if used},
    )


def pipeline_of(covering: Covering) -> Pipeline:
    """Return what is under way on a period. Four SQL queries."""
    earmarks = Earmark.objects.filter(period_id=covering.period_id, released_at__isnull=True)
    increases = BudgetIncrease.objects.filter(
        period_id=covering.period_id, status=BudgetIncrease.Status.PENDING
    )
    set_aside = earmarks.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return Pipeline(
        reserved=max(covering.reserved - set_aside, ZERO),
        set_aside=set_aside,
        planned=tuple(
            Planned(*row)
            for row in earmarks.order_by("expires_on", "id").values_list(
                "purpose", "amount", "expires_on"
            )[:_SHOWN]
        ),
        asked_for=increases.aggregate(sum=Sum("amount"))["sum"] or ZERO,
        asked=tuple(
            Asked(one.amount, one.asked_by.user.name, one.document_label)
            for one in increases.select_related("asked_by__user").order_by("asked_at")[:_SHOWN]
        ),
    )


def other_period(covering: Covering, code: str = "") -> UUID | None:
    """Return the period of a budget that a code names, or the one before; None where there is none.

    One SQL query.
    """
    own = covering.period.starts_on
    periods = BudgetPeriod.objects.filter(budget_id=covering.budget_id).exclude(starts_on=own)
    if code:
        return periods.filter(code=code).values_list("id", flat=True).first()
    return (
        periods.filter(starts_on__lt=own)
        .order_by("-starts_on")
        .values_list("id", flat=True)
        .first()
    )


def periods_of(covering: Covering) -> tuple[Period, ...]:
    """Return the periods of a budget, the latest first, at most forty. One SQL query."""
    rows = (
        BudgetPeriod.objects.filter(budget_id=covering.budget_id)
        .order_by("-starts_on")
        .values_list("starts_on", "ends_on", "code")[:40]
    )
    return tuple(
        Period(starts_on, ends_on, PeriodKind(covering.period.kind), code)
        for starts_on, ends_on, code in rows
    )


def days_of_both(
    now: Covering, before: Covering
) -> tuple[Mapping[date, Decimal], Mapping[date, Decimal]]:
    """Return what two periods took on each of their days. One SQL query."""
    found: dict[UUID | None, dict[date, Decimal]] = {now.period_id: {}, before.period_id: {}}
    for period_id, day, used in writes.execute(
        _TWO_PERIODS,
        {"organization": tenancy.current(), "periods": [now.period_id, before.period_id]},
    ).fetchall():
        found[period_id][day] = used
    return found[now.period_id], found[before.period_id]


def budgets_within(now: Covering, before: Covering) -> tuple[Within, ...]:
    """Return the budgets of the same kind that count a part of the same orders, in both periods.

    They are those of the groups next below, and of the group itself for a category or supplier.
    The largest comes first. One SQL query.
    """
    rows = writes.execute(
        _WITHIN,
        {
            "organization": tenancy.current(),
            "kind": now.period.kind.value,
            "budget": now.budget_id,
            "group": now.group_id,
            "starts_on": now.period.starts_on,
            "before": before.period.starts_on,
        },
    ).fetchall()
    labels: dict[UUID, str] = {}
    used: dict[UUID, dict[bool, Decimal]] = {}
    for name, group, category, supplier, is_own, is_now, amount, budget_id in rows:
        limited = " from ".join(part for part in (category, supplier) if part)
        said = name or limited
        labels[budget_id] = said if is_own and said else ", ".join(filter(None, (group, said)))
        used.setdefault(budget_id, {})[is_now] = amount
    found = [
        Within(labels[budget_id], Difference(of.get(True), of.get(False)))
        for budget_id, of in used.items()
    ]
    return tuple(sorted(found, key=lambda one: (-(one.used.now or ZERO), one.label)))
