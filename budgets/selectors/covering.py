"""Which budgets cover an order, read in one prepared statement: this runs in every submit."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts import selectors as accounts
from accounts.models import Role
from budgets.charges import Scope, scope_words
from budgets.fiscal import CALENDAR_YEAR, Period, PeriodKind
from budgets.rules import ZERO, Covering, PeriodStatus
from budgets.selectors.settings import fiscal_calendar
from procurement.core import tenancy, writes

BUDGET_COLUMNS = """
b.id, b.kind, b.cap, b.name, b.warn_percent, b.block_percent, b.marks, b.enforcement,
c.code, c.name, b.supplier_id, s.name, b.membership_id, coalesce(nullif(u.name, ''), u.email),
x.code, x.name, g.id, g.name, g.path, o.currency
"""
COUNTER_COLUMNS = """
p.id, p.starts_on, p.ends_on, p.code, p.status, p.cap, p.reserved, p.committed, p.spent, p.overrun
"""
BUDGET_JOINS = """
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
JOIN accounts_organization o ON o.id = b.organization_id
LEFT JOIN catalogs_category c ON c.organization_id = b.organization_id AND c.id = b.category_id
LEFT JOIN catalogs_supplier s ON s.organization_id = b.organization_id AND s.id = b.supplier_id
LEFT JOIN accounts_membership m ON m.organization_id = b.organization_id AND m.id = b.membership_id
LEFT JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN accounts_position x ON x.organization_id = b.organization_id AND x.id = b.position_id
"""

# A group's budget precedes its ancestors'; on one group the shorter period precedes the longer,
# and what counts everything precedes what is limited.
_COVERING = f"""
SELECT {BUDGET_COLUMNS}, {COUNTER_COLUMNS}
FROM budgets_budget b {BUDGET_JOINS}
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s
WHERE b.organization_id = %(organization)s AND b.group_id = ANY(%(path)s) AND b.is_active
  AND b.starts_on <= %(on)s AND (b.ends_on IS NULL OR b.ends_on >= %(on)s)
  AND (b.membership_id IS NULL OR b.membership_id = %(requester)s)
  AND (b.position_id IS NULL OR EXISTS (
      SELECT FROM accounts_positionholder h
      WHERE h.organization_id = b.organization_id AND h.group_id = b.group_id
        AND h.position_id = b.position_id AND h.membership_id = %(requester)s
        AND NOT h.is_deputy AND h.until IS NULL))
ORDER BY cardinality(g.path) DESC,
         array_position(ARRAY['MONTH', 'QUARTER', 'HALF', 'YEAR'], b.kind::text),
         (b.category_id IS NOT NULL)::int + (b.supplier_id IS NOT NULL)::int
         + (b.membership_id IS NOT NULL OR b.position_id IS NOT NULL)::int, b.id
"""

PERIOD_COLUMNS = f"""
{BUDGET_COLUMNS}, {COUNTER_COLUMNS}
FROM budgets_budgetperiod p
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
{BUDGET_JOINS}
"""

_OF_DAY = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id = ANY(%(periods)s::uuid[])
  AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s
ORDER BY p.id
"""

_HELD = """
SELECT period_id, sum(delta_reserved), sum(delta_committed), sum(delta_spent)
FROM budgets_ledgerentry
WHERE organization_id = %(organization)s AND document_id = %(document)s
GROUP BY period_id
"""

KEEPER_ROLES = (Role.FINANCE.value, Role.ADMINISTRATOR.value)
_KEEPERS_NAMED = 3
BUDGET_WIDTH = 20


def covering(
    group_path: Sequence[UUID], on: date, *, requester_id: UUID | None = None
) -> tuple[Covering, ...]:
    """Return every active budget of a group and its ancestors in the period that holds a day.

    The nearest group comes first. ``on`` is a day of the organization's time zone. Budgets of one
    person or seat come along for their own ``requester_id``, a membership, alone. One SQL query; a
    period that nothing has opened yet comes with ``period_id`` None and counters of zero, and costs
    one query more for all.
    """
    cursor = writes.execute(
        _COVERING,
        {
            "organization": tenancy.current(),
            "path": list(group_path),
            "on": on,
            "requester": requester_id,
        },
    )
    return tuple(from_rows(cursor.fetchall(), on))


def standing_on(period_ids: Collection[UUID], on: date) -> tuple[Covering, ...]:
    """Return those of some periods that hold a day, as they stand now. One SQL query."""
    cursor = writes.execute(
        _OF_DAY, {"organization": tenancy.current(), "periods": list(period_ids), "on": on}
    )
    return tuple(from_period_row(row) for row in cursor.fetchall())


def without_document(covering: Sequence[Covering], document_id: UUID) -> tuple[Covering, ...]:
    """Return budgets as they would stand if a document held nothing on them. One SQL query.

    An order that is changed is judged on them: what it holds is its own to use.
    """
    rows = writes.execute(
        _HELD, {"organization": tenancy.current(), "document": document_id}
    ).fetchall()
    held = {period_id: amounts for period_id, *amounts in rows}
    return tuple(
        replace(
            one,
            reserved=one.reserved - held[one.period_id][0],
            committed=one.committed - held[one.period_id][1],
            spent=one.spent - held[one.period_id][2],
        )
        if one.period_id in held
        else one
        for one in covering
    )


def from_rows(rows: Sequence[Sequence[Any]], on: date) -> Iterator[Covering]:
    """Yield what rows of budget and counter columns say, on a day that no period may hold yet.

    No SQL, or one query where a period has not been opened.
    """
    is_missing = any(row[BUDGET_WIDTH] is None for row in rows)
    calendar = fiscal_calendar() if is_missing else CALENDAR_YEAR
    for row in rows:
        if row[BUDGET_WIDTH] is not None:
            yield from_period_row(row)
        else:
            yield unopened(row, calendar.period_of(PeriodKind(row[1]), on))


def from_period_row(row: Sequence[Any]) -> Covering:
    """Return what a row of `PERIOD_COLUMNS` says."""
    period_id, starts_on, ends_on, code, status, cap, *counters = row[BUDGET_WIDTH:]
    reserved, committed, spent, overrun = counters[:4]
    return replace(
        unopened(row, Period(starts_on, ends_on, PeriodKind(row[1]), code)),
        period_id=period_id,
        status=PeriodStatus(status),
        cap=cap,
        reserved=reserved,
        committed=committed,
        spent=spent,
        overrun=overrun,
    )


def by_period(found: Iterable[Covering]) -> dict[UUID, Covering]:
    """Return budgets by their periods; those that nothing has opened are left out."""
    return {one.period_id: one for one in found if one.period_id is not None}


def unopened(row: Sequence[Any], period: Period) -> Covering:
    """Return what a row of `BUDGET_COLUMNS` says of a period that nothing has opened yet."""
    budget_id, _, cap, name, warn, block, marks, enforcement = row[:8]
    category, category_name, supplier_id, supplier_name, membership_id, holder = row[8:14]
    position, position_name, group_id, group_name, group_path, currency = row[14:BUDGET_WIDTH]
    return Covering(
        budget_id=budget_id,
        period_id=None,
        group_id=group_id,
        group_name=group_name,
        group_path=tuple(group_path),
        period=period,
        cap=cap,
        reserved=ZERO,
        committed=ZERO,
        spent=ZERO,
        overrun=ZERO,
        warn_percent=warn,
        currency=currency,
        name=name,
        scope=Scope(
            category=category or "",
            supplier_id=supplier_id,
            membership_id=membership_id,
            position=position or "",
            words=scope_words(
                category=category_name or "",
                supplier=supplier_name or "",
                person=holder or "",
                seat=position_name or "",
            ),
        ),
        block_percent=block,
        marks=tuple(marks),
        is_soft=enforcement == "SOFT",
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
