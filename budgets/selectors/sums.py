"""What the entries of single periods add up to, beside what their counters say."""

from typing import Any
from uuid import UUID

from budgets.counters import Break, Counters, Summed
from procurement.core import tenancy, writes

_DIFFERING = """
SELECT p.id
FROM budgets_budgetperiod p
LEFT JOIN (
    SELECT period_id, sum(delta_cap) AS cap, sum(delta_reserved) AS reserved,
           sum(delta_committed) AS committed, sum(delta_spent) AS spent,
           sum(delta_overrun) AS overrun, count(*) AS entries
    FROM budgets_ledgerentry WHERE organization_id = %(organization)s GROUP BY period_id
) l ON l.period_id = p.id
WHERE p.organization_id = %(organization)s AND (
    (p.cap, p.reserved, p.committed, p.spent, p.overrun, p.entries) IS DISTINCT FROM
    (l.cap, l.reserved, l.committed, l.spent, l.overrun, l.entries))
ORDER BY p.id
"""

_SUMS = """
SELECT coalesce(sum(delta_cap), 0), coalesce(sum(delta_reserved), 0),
       coalesce(sum(delta_committed), 0), coalesce(sum(delta_spent), 0),
       coalesce(sum(delta_overrun), 0), count(*), coalesce(max(number), 0)
FROM budgets_ledgerentry WHERE organization_id = %(organization)s AND period_id = %(period)s
"""

_BREAK = """
SELECT number, number_before + 1, used_after, used_before + moved
FROM (
    SELECT number, used_after, delta_reserved + delta_committed + delta_spent AS moved,
           lag(number, 1, 0) OVER w AS number_before,
           lag(used_after, 1, 0::numeric) OVER w AS used_before
    FROM budgets_ledgerentry WHERE organization_id = %(organization)s AND period_id = %(period)s
    WINDOW w AS (ORDER BY number)
) e
WHERE number <> number_before + 1 OR used_after <> used_before + moved
ORDER BY number LIMIT 1
"""


def differing_periods() -> tuple[UUID, ...]:
    """Return the periods whose counters are not what their entries add up to. One SQL query."""
    rows = writes.execute(_DIFFERING, {"organization": tenancy.current()}, prepare=False)
    return tuple(period_id for (period_id,) in rows.fetchall())


def summed(period_id: UUID) -> Summed:
    """Return what a period's entries add up to. Two SQL queries in one round trip.

    Consistent with the counters only while the caller holds the period locked.
    """
    parameters: dict[str, Any] = {"organization": tenancy.current(), "period": period_id}
    with writes.batch():
        sums = writes.execute(_SUMS, parameters)
        breaks = writes.execute(_BREAK, parameters)
    *counters, last_number = sums.fetchall()[0]
    found = breaks.fetchone()
    return Summed(Counters(*counters), last_number, Break(*found) if found else None)
