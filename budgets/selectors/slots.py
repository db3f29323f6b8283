"""Budgets in the periods that a plan is about, whether or not these have been opened."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from accounts.models import OrgGroup
from accounts.permissions import Permission
from budgets.fiscal import FiscalCalendar, Period, PeriodKind
from budgets.planning import Slot
from budgets.selectors.covering import (
    BUDGET_COLUMNS,
    BUDGET_JOINS,
    COUNTER_COLUMNS,
    from_period_row,
    unopened,
)
from budgets.selectors.settings import fiscal_calendar
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import DomainError

_BUDGET_WIDTH, _COUNTER_WIDTH = 20, 10

# A period that holds days of a wanted one counts, so that no day is given two of them where the
# fiscal calendar has changed.
_SLOTS = f"""
SELECT {BUDGET_COLUMNS}, {COUNTER_COLUMNS}, b.category_id, b.position_id, b.starts_on, b.ends_on,
       b.children_percent, w.starts_on, w.ends_on, w.code
FROM unnest(%(kinds)s::text[], %(starts)s::date[], %(ends)s::date[], %(codes)s::text[])
     AS w(kind, starts_on, ends_on, code)
JOIN budgets_budget b ON b.organization_id = %(organization)s AND b.kind = w.kind AND b.is_active
{BUDGET_JOINS}
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.starts_on <= w.ends_on AND p.ends_on >= w.starts_on
WHERE b.starts_on <= w.ends_on AND (b.ends_on IS NULL OR b.ends_on >= w.starts_on)
ORDER BY w.starts_on, b.id, p.starts_on
"""


def period_named(code: str, *, field: str = "period") -> Period:
    """Return the period that a code names in the organization's calendar. One SQL query.

    Raises `DomainError` with the name of its input where it names none.
    """
    return period_in(fiscal_calendar(), code, field=field)


def period_in(calendar: FiscalCalendar, code: str, *, field: str = "period") -> Period:
    """Return the period that a code names in a calendar; raises `DomainError`. No SQL."""
    found = calendar.from_code(code.strip())
    if found is None:
        raise DomainError("Name a period as 2026-11, 2026-Q4, 2026-H2 or 2026.", field=field)
    return found


def slots_in(periods: Collection[Period]) -> tuple[Slot, ...]:
    """Return every active budget of the periods' kinds in each of the periods. One SQL query.

    One that begins after a period, or has ended before it, is left out there.
    """
    rows = writes.execute(
        _SLOTS,
        {
            "organization": tenancy.current(),
            "kinds": [period.kind.value for period in periods],
            "starts": [period.starts_on for period in periods],
            "ends": [period.ends_on for period in periods],
            "codes": [period.code for period in periods],
        },
        prepare=False,
    ).fetchall()
    found: dict[tuple[UUID, Any], Slot] = {}
    for row in rows:
        slot = _slot(row)
        known = found.get(slot.key)
        if known is None or known.opened == known.covering.period:
            found[slot.key] = slot
    return tuple(found.values())


def manageable(actor: Actor, slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """Return the budgets that an actor may plan. No SQL."""
    return tuple(
        slot for slot in slots if actor.can(Permission.MANAGE_BUDGETS, slot.covering.group_path)
    )


def in_tree_order(slots: Sequence[Slot]) -> list[Slot]:
    """Sort budgets as a tree reads, by the names of the groups. One SQL query."""
    ids = {group_id for slot in slots for group_id in slot.covering.group_path}
    names = dict(OrgGroup.objects.filter(id__in=ids).values_list("id", "name"))

    def place(slot: Slot) -> tuple[list[tuple[str, UUID]], str]:
        path = slot.covering.group_path
        return [(names[one].casefold(), one) for one in path], slot.covering.title.casefold()

    return sorted(slots, key=place)


def _slot(row: Sequence[Any]) -> Slot:
    budget, counters = row[:_BUDGET_WIDTH], row[_BUDGET_WIDTH : _BUDGET_WIDTH + _COUNTER_WIDTH]
    category_id, position_id, first, last, children = row[-8:-3]
    starts_on, ends_on, code = row[-3:]
    kind = PeriodKind(row[1])
    period = Period(starts_on, ends_on, kind, code)
    covering = unopened(budget, period)
    opened = None
    if counters[0] is not None:
        covering = replace(from_period_row([*budget, *counters]), period=period)
        opened = Period(counters[1], counters[2], kind, counters[3])
    scope = (category_id, covering.scope.supplier_id, covering.scope.membership_id, position_id)
    return Slot(
        covering=covering,
        family=(kind.value, starts_on.isoformat(), *(str(one or "") for one in scope)),
        first=first,
        last=last,
        children_percent=children,
        opened=opened,
    )
