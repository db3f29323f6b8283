"""Every budget with its periods over a stretch of days: what replaying history is judged on."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from budgets.fiscal import PeriodKind
from budgets.selectors.covering import BUDGET_COLUMNS, BUDGET_JOINS, from_period_row, unopened
from budgets.selectors.settings import fiscal_calendar
from budgets.spans import Span
from procurement.core import tenancy, writes

_BUDGETS = f"""
SELECT {BUDGET_COLUMNS}, b.starts_on, b.ends_on
FROM budgets_budget b {BUDGET_JOINS}
WHERE b.organization_id = %(organization)s AND b.is_active
  AND b.membership_id IS NULL AND b.position_id IS NULL
ORDER BY b.id
"""

_PERIODS = """
SELECT p.budget_id, p.id, p.starts_on, p.ends_on, p.code, p.status, p.cap, p.reserved, p.committed,
       p.spent, p.overrun
FROM budgets_budgetperiod p
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
WHERE p.organization_id = %(organization)s AND b.is_active
  AND p.starts_on <= %(last)s AND p.ends_on >= %(first)s
"""


def spans_between(first: date, last: date) -> tuple[Span, ...]:
    """Return every active budget in every period that holds a day between two days.

    Budgets of one person or seat are left out: of the past only groups are known. Three SQL
    queries. A period that nothing has opened yet comes with ``period_id`` None, the budget's
    present cap and counters of zero.
    """
    organization = tenancy.current()
    bounds = {"organization": organization, "first": first, "last": last}
    opened: dict[UUID, list[Sequence[Any]]] = {}
    for budget_id, *row in writes.execute(_PERIODS, bounds).fetchall():
        opened.setdefault(budget_id, []).append(row)
    calendar = fiscal_calendar()
    spans: list[Span] = []
    for *row, starts_on, ends_on in writes.execute(
        _BUDGETS, {"organization": organization}
    ).fetchall():
        since, until = max(first, starts_on), min(last, ends_on or last)
        day = since
        while day <= until:
            known = next((p for p in opened.get(row[0], ()) if p[1] <= day <= p[2]), None)
            one = (
                from_period_row([*row, *known])
                if known
                else unopened(row, calendar.period_of(PeriodKind(row[1]), day))
            )
            period = one.period
            days = max(period.starts_on, starts_on), min(period.ends_on, ends_on or period.ends_on)
            spans.append(Span(one, *days))
            day = period.renews_on
    return tuple(spans)
