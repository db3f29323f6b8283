"""How single budgets stand on a day, whoever they are for, and those that are somebody's own."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from accounts.actors import MemberActor
from budgets.rules import Covering
from budgets.selectors.covering import (
    BUDGET_COLUMNS,
    BUDGET_JOINS,
    COUNTER_COLUMNS,
    from_rows,
)
from procurement.core import tenancy, writes

_ON_A_DAY = f"""
SELECT {BUDGET_COLUMNS}, {COUNTER_COLUMNS}
FROM budgets_budget b {BUDGET_JOINS}
LEFT JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
     AND p.starts_on <= %(on)s AND p.ends_on >= %(on)s
WHERE b.organization_id = %(organization)s
"""

_THESE = f"{_ON_A_DAY} AND b.id = ANY(%(budgets)s::uuid[]) ORDER BY b.id"

_OWN = f"""
{_ON_A_DAY} AND b.is_active AND b.starts_on <= %(on)s
  AND (b.membership_id = %(member)s OR EXISTS (
      SELECT FROM accounts_positionholder h
      WHERE h.organization_id = b.organization_id AND h.group_id = b.group_id
        AND h.position_id = b.position_id AND h.membership_id = %(member)s
        AND NOT h.is_deputy AND h.until IS NULL))
ORDER BY g.name, array_position(ARRAY['MONTH', 'QUARTER', 'HALF', 'YEAR'], b.kind::text), b.id
"""


def standing_of(budget_ids: Collection[UUID], on: date) -> dict[UUID, Covering]:
    """Return how budgets stand in the period that holds a day of the organization, by id.

    Ended ones come, too. One SQL query; one more where a period has not been opened.
    """
    rows = writes.execute(
        _THESE,
        {"organization": tenancy.current(), "budgets": list(budget_ids), "on": on},
    ).fetchall()
    return {one.budget_id: one for one in from_rows(rows, on)}


def own_budgets(actor: MemberActor, on: date) -> tuple[Covering, ...]:
    """Return the running budgets that are an actor's own, or of a seat that they fill, by group.

    It takes no permission to know what one may spend. One SQL query; one more where a period has
    not been opened.
    """
    rows = writes.execute(
        _OWN,
        {"organization": tenancy.current(), "member": actor.membership_id, "on": on},
    ).fetchall()
    return tuple(from_rows(rows, on))
