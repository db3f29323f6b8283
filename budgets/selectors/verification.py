"""Does the ledger hold? Counters against lines, line against line, and what documents hold.

What is used beyond a cap has to be the overrun that was admitted, to the cent: on imported history
and on soft budgets.

Everything is recomputed from the lines in SQL; nothing here repairs. Three queries for each
organization, and memory only for what is wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from budgets.fiscal import Period, PeriodKind
from procurement.core import tenancy, writes

_COUNTERS = """
SELECT p.id, g.name, b.kind, p.starts_on, p.ends_on, p.code,
       p.cap, p.reserved, p.committed, p.spent, p.overrun, p.entries,
       coalesce(l.cap, 0), coalesce(l.reserved, 0), coalesce(l.committed, 0),
       coalesce(l.spent, 0), coalesce(l.overrun, 0), coalesce(l.entries, 0)
FROM budgets_budgetperiod p
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
LEFT JOIN (
    SELECT period_id, sum(delta_cap) AS cap, sum(delta_reserved) AS reserved,
           sum(delta_committed) AS committed, sum(delta_spent) AS spent,
           sum(delta_overrun) AS overrun, count(*) AS entries
    FROM budgets_ledgerentry WHERE organization_id = %(organization)s GROUP BY period_id
) l ON l.period_id = p.id
WHERE p.organization_id = %(organization)s AND (
    (p.cap, p.reserved, p.committed, p.spent, p.overrun, p.entries) IS DISTINCT FROM
    (l.cap, l.reserved, l.committed, l.spent, l.overrun, l.entries)
    OR p.overrun <> greatest(p.reserved + p.committed + p.spent - p.cap, 0))
ORDER BY p.id
"""

_LINES = """
SELECT p.id, g.name, b.kind, p.starts_on, p.ends_on, p.code, e.id, e.number, e.document_label,
       e.number_before + 1, e.used_before + e.moved, e.used_after
FROM (
    SELECT id, period_id, number, document_label, used_after,
           delta_reserved + delta_committed + delta_spent AS moved,
           lag(number, 1, 0) OVER w AS number_before,
           lag(used_after, 1, 0::numeric) OVER w AS used_before
    FROM budgets_ledgerentry WHERE organization_id = %(organization)s
    WINDOW w AS (PARTITION BY period_id ORDER BY number)
) e
JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = e.period_id
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
WHERE e.number <> e.number_before + 1 OR e.used_after <> e.used_before + e.moved
ORDER BY p.id, e.number
"""

_DOCUMENTS = """
SELECT p.id, g.name, b.kind, p.starts_on, p.ends_on, p.code, e.document_label, e.reserved,
       e.committed
FROM (
    SELECT period_id, document_id, max(document_label) AS document_label,
           sum(delta_reserved) AS reserved, sum(delta_committed) AS committed
    FROM budgets_ledgerentry WHERE organization_id = %(organization)s
    GROUP BY period_id, document_id
    HAVING sum(delta_reserved) < 0 OR sum(delta_committed) < 0
) e
JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = e.period_id
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
ORDER BY p.id
"""

_EXTENT = """
SELECT (SELECT count(*) FROM budgets_budgetperiod WHERE organization_id = %(organization)s),
       (SELECT count(*) FROM budgets_ledgerentry WHERE organization_id = %(organization)s)
"""

_COUNTED = ("cap", "reserved", "committed", "spent", "overrun", "entries")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One figure that is not what the lines of the ledger add up to."""

    period_id: UUID
    group_name: str
    label: str
    what: str
    expected: Decimal | int
    found: Decimal | int

    @property
    def sentence(self) -> str:
        """Return the exact row, the figure, what it should be and what it is."""
        return (
            f"period {self.period_id} ({self.group_name}, {self.label}): {self.what} "
            f"expected {self.expected}, found {self.found}"
        )


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to verify."""

    periods: int
    lines: int


def ledger_extent() -> Extent:
    """Return how many periods and lines the active organization has. One SQL query."""
    return Extent(*_rows(_EXTENT)[0])


def discrepancies() -> Iterator[Discrepancy]:
    """Yield what does not hold in the active organization's ledger. Three SQL queries."""
    for row in _rows(_COUNTERS):
        yield from _counters_off(row)
    for row in _rows(_LINES):
        line_id, number, document, number_expected, used_expected, used_found = row[6:]
        where = f"ledger line {line_id} (no. {number}, {document})"
        if number != number_expected:
            yield _discrepancy(row, f"{where}: number", number_expected, number)
        if used_found != used_expected:
            yield _discrepancy(row, f"{where}: balance", used_expected, used_found)
    for row in _rows(_DOCUMENTS):
        document, reserved, committed = row[6:]
        for name, amount in (("reserved", reserved), ("committed", committed)):
            if amount < 0:
                yield _discrepancy(row, f"{document} holds {name}", 0, amount)


def _counters_off(row: Sequence[Any]) -> Iterator[Discrepancy]:
    stored, summed = row[6:12], row[12:18]
    for name, found, expected in zip(_COUNTED, stored, summed, strict=True):
        if found != expected:
            yield _discrepancy(row, f"counter {name}", expected, found)
    cap, reserved, committed, spent, overrun, _ = stored
    beyond = max(reserved + committed + spent - cap, Decimal(0))
    if overrun != beyond:
        yield _discrepancy(row, "what is used beyond the cap", beyond, overrun)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    return writes.execute(statement, {"organization": tenancy.current()}).fetchall()


def _discrepancy(
    row: Sequence[Any], what: str, expected: Decimal | int, found: Decimal | int
) -> Discrepancy:
    period_id, group_name, kind, starts_on, ends_on, code = row[:6]
    label = Period(starts_on, ends_on, PeriodKind(kind), code).label
    return Discrepancy(period_id, group_name, label, what, expected, found)
