"""Every budget with its periods over a stretch of days: what replaying history is judged on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from budgets.rules import ZERO, Covering, Period, PeriodKind, period_of, periods_between
from budgets.spans import Span
from procurement.core import tenancy, writes

_BUDGETS = """
SELECT b.id, b.kind, b.cap, b.warn_percent, b.starts_on, b.ends_on, g.id, g.name, g.path, o.currency
FROM budgets_budget b
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
JOIN accounts_organization o ON o.id = b.organization_id
WHERE b.organization_id = %(organization)s AND b.is_active
ORDER BY b.id
"""

_PERIODS = """
SELECT p.budget_id, p.starts_on, p.id, p.cap, p.reserved, p.committed, p.spent, p.overrun
FROM budgets_budgetperiod p
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
WHERE p.organization_id = %(organization)s AND b.is_active
  AND p.starts_on <= %(last)s AND p.ends_on >= %(first)s
"""


def spans_between(first: date, last: date) -> tuple[Span, ...]:
    """Return every active budget in every period that holds a day between two days.

    Two SQL queries. A period that nothing has opened yet comes with ``period_id`` None, the
    budget's present cap and counters of zero.
    """
    organization = tenancy.current()
    bounds = {"organization": organization, "first": first, "last": last}
    opened = {
        (budget_id, starts_on): row
        for budget_id, starts_on, *row in writes.execute(_PERIODS, bounds).fetchall()
    }
    spans: list[Span] = []
    for row in writes.execute(_BUDGETS, {"organization": organization}).fetchall():
        budget_id, kind, cap, warn, starts_on, ends_on, group_id, name, path, currency = row
        since, until = max(first, starts_on), min(last, ends_on or last)
        if since > until:
            continue
        blank = Covering(
            budget_id=budget_id,
            period_id=None,
            group_id=group_id,
            group_name=name,
            group_path=tuple(path),
            period=period_of(PeriodKind(kind), since),
            cap=cap,
            reserved=ZERO,
            committed=ZERO,
            spent=ZERO,
            overrun=ZERO,
            warn_percent=warn,
            currency=currency,
        )
        for period in periods_between(PeriodKind(kind), since, until):
            covering = _standing(blank, period, opened.get((budget_id, period.starts_on)))
            days = max(period.starts_on, starts_on), min(period.ends_on, ends_on or period.ends_on)
            spans.append(Span(covering, *days))
    return tuple(spans)


def _standing(blank: Covering, period: Period, row: Sequence[Any] | None) -> Covering:
    if row is None:
        return replace(blank, period=period)
    period_id, cap, reserved, committed, spent, overrun = row
    return replace(
        blank,
        period=period,
        period_id=period_id,
        cap=cap,
        reserved=reserved,
        committed=committed,
        spent=spent,
        overrun=overrun,
    )
