"""Which budgets cover an order, read in one prepared statement: this runs in every submit."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from accounts.models import Role
from budgets.rules import ZERO, Covering, PeriodKind, period_of
from procurement.core import tenancy, writes

# A group's budget precedes its ancestors'; on one group the month precedes quarter and year.
_COVERING = """
SELECT b.id, b.kind, b.cap, b.warn_percent, g.id, g.name, g.path, o.currency,
       p.id, p.cap, p.reserved, p.committed, p.spent, p.overrun
FROM budgets_budget b
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
JOIN accounts_organization o ON o.id = b.organization_id
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s
WHERE b.organization_id = %(organization)s AND b.group_id = ANY(%(path)s) AND b.is_active
  AND b.starts_on <= %(on)s AND (b.ends_on IS NULL OR b.ends_on >= %(on)s)
ORDER BY cardinality(g.path) DESC, b.kind
"""

PERIOD_COLUMNS = """
p.id, p.starts_on, p.cap, p.reserved, p.committed, p.spent, p.overrun,
b.id, b.kind, b.warn_percent, g.id, g.name, g.path, o.currency
FROM budgets_budgetperiod p
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
JOIN accounts_organization o ON o.id = b.organization_id
"""

_OF_DAY = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id = ANY(%(periods)s::uuid[])
  AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s
ORDER BY p.id
"""

KEEPER_ROLES = (Role.FINANCE.value, Role.ADMINISTRATOR.value)
_KEEPERS_NAMED = 3


def covering(group_path: Sequence[UUID], on: date) -> tuple[Covering, ...]:
    """Return every active budget of a group and its ancestors in the period that holds a day.

    The nearest group comes first. ``on`` is a day of the organization's time zone. One SQL query;
    a period that nothing has opened yet comes with ``period_id`` None and counters of zero.
    """
    cursor = writes.execute(
        _COVERING, {"organization": tenancy.current(), "path": list(group_path), "on": on}
    )
    return tuple(_covering(row, on) for row in cursor.fetchall())


def _covering(row: Sequence[Any], on: date) -> Covering:
    budget_id, kind, cap, warn_percent, group_id, group_name, group_path, currency = row[:8]
    period_id, period_cap, *counters = row[8:]
    reserved, committed, spent, overrun = counters if period_id else (ZERO, ZERO, ZERO, ZERO)
    return Covering(
        budget_id=budget_id,
        period_id=period_id,
        group_id=group_id,
        group_name=group_name,
        group_path=tuple(group_path),
        period=period_of(PeriodKind(kind), on),
        cap=period_cap if period_id else cap,
        reserved=reserved,
        committed=committed,
        spent=spent,
        overrun=overrun,
        warn_percent=warn_percent,
        currency=currency,
    )


def standing_on(period_ids: Collection[UUID], on: date) -> tuple[Covering, ...]:
    """Return those of some periods that hold a day, as they stand now. One SQL query."""
    cursor = writes.execute(
        _OF_DAY, {"organization": tenancy.current(), "periods": list(period_ids), "on": on}
    )
    return tuple(from_period_row(row) for row in cursor.fetchall())


def from_period_row(row: Sequence[Any]) -> Covering:
    """Return what a row of `PERIOD_COLUMNS` says."""
    period_id, starts_on, cap, reserved, committed, spent, overrun = row[:7]
    budget_id, kind, warn_percent, group_id, group_name, group_path, currency = row[7:]
    return Covering(
        budget_id=budget_id,
        period_id=period_id,
        group_id=group_id,
        group_name=group_name,
        group_path=tuple(group_path),
        period=period_of(PeriodKind(kind), starts_on),
        cap=cap,
        reserved=reserved,
        committed=committed,
        spent=spent,
        overrun=overrun,
        warn_percent=warn_percent,
        currency=currency,
    )


def keepers(covering: Sequence[Covering], *, at: datetime) -> dict[UUID, tuple[str, ...]]:
    """Return, by group, the names of those who can raise its budget: at most three of each.

    They are the finance people of the nearest group that has any, else its administrators. The
    budgets must lie on one path, as those that cover one order do. One SQL query, none for none.
    """
    if not covering:
        return {}
    longest = max((one.group_path for one in covering), key=len)
    holders = accounts.role_holders(longest, KEEPER_ROLES, at=at)
    seats = [seat for seat in holders if seat.person.is_active]
    found: dict[UUID, tuple[str, ...]] = {}
    for one in covering:
        within = [seat for seat in seats if seat.group_id in one.group_path]
        of_role = next(
            (held for role in KEEPER_ROLES if (held := [s for s in within if s.code == role])), []
        )
        nearest = [seat.person.name for seat in of_role if seat.group_id == of_role[0].group_id]
        found[one.group_id] = tuple(dict.fromkeys(nearest))[:_KEEPERS_NAMED]
    return found
