"""Do orders hold on their budgets what they should? Orders against the ledger, set against set.

Everything is worked out in SQL, and memory is taken only for what is wrong. Nothing here repairs.
What an order should hold follows from where it stands: while it waits for approval its lines'
shares are reserved, once it is placed they are committed and then spent, and otherwise nothing is
set aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from budgets.fiscal import Period, PeriodKind
from procurement.core import tenancy, writes
from procurement.core.money import format_money

# What each order holds on each period, and what its lines come to there, by the budget's scope. A
# period that an order has left (moved with its group or its period, or changed so that it stands on
# others) is as it should be while nothing stands there. What was invoiced, credited or delivered
# short may differ from what was ordered, so such a standing is held to its signs alone.
_HELD = """
WITH held AS MATERIALIZED (
    SELECT e.document_id, e.period_id, max(e.document_label) AS label,
           sum(e.delta_reserved) AS reserved, sum(e.delta_committed) AS committed,
           sum(e.delta_spent) AS spent,
           bool_or(e.kind IN ('SHIFT', 'ROLL', 'CHANGE')) AS has_moved,
           bool_or(e.kind = 'RELEASE') AS is_released,
           bool_or(e.kind IN ('SPEND', 'CREDIT', 'RELEASE')) AS is_settled
    FROM budgets_ledgerentry e
    WHERE e.organization_id = %(organization)s AND e.document_kind = 'requisition'
    GROUP BY e.document_id, e.period_id
), shares AS (
    SELECT h.*, sum(h.reserved + h.committed + h.spent) OVER (PARTITION BY h.document_id) AS in_all,
           r.id AS order_id, r.status, b.id AS budget_id,
           coalesce((
               SELECT sum(l.amount) FROM orders_requisitionline l
               LEFT JOIN catalogs_category lc
                 ON lc.organization_id = l.organization_id AND lc.id = l.category_id
               WHERE l.organization_id = %(organization)s AND l.requisition_id = h.document_id
                 AND (b.supplier_id IS NULL OR b.supplier_id = l.supplier_id)
                 AND (c.code IS NULL OR c.code = ANY(lc.path))
           ), 0) AS share
    FROM held h
    JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = h.period_id
    JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
    LEFT JOIN catalogs_category c ON c.organization_id = b.organization_id AND c.id = b.category_id
    LEFT JOIN orders_requisition r
      ON r.organization_id = %(organization)s AND r.id = h.document_id
)
SELECT s.document_id, coalesce(r.number, s.label), coalesce(s.status, ''), s.period_id, g.name,
       b.kind, p.starts_on, p.ends_on, p.code, o.currency,
       s.reserved, s.committed, s.spent, s.share
FROM shares s
LEFT JOIN orders_requisition r ON r.organization_id = %(organization)s AND r.id = s.order_id
JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = s.period_id
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
JOIN accounts_organization o ON o.id = b.organization_id
WHERE CASE
    WHEN (s.has_moved OR s.is_released AND s.in_all <> 0)
        AND s.reserved = 0 AND s.committed = 0 AND s.spent = 0 THEN false
    WHEN s.status = 'PENDING' THEN s.reserved <> s.share OR s.committed <> 0
    WHEN s.status = 'PLACED' THEN
        s.reserved <> 0 OR s.committed < 0
        OR (NOT s.is_settled AND s.committed + s.spent <> s.share)
    ELSE s.reserved <> 0 OR s.committed <> 0
END
ORDER BY s.document_id, s.period_id
"""

# Orders on their way that a running budget covers, and that hold nothing on it. Budgets that are
# limited are left out: whose orders they count may have changed since.
_MISSING = """
SELECT r.id, r.number, r.status, p.id, g.name, b.kind, p.starts_on, p.ends_on, p.code, r.currency,
       r.total
FROM orders_requisition r
JOIN accounts_organization o ON o.id = r.organization_id
JOIN accounts_orggroup own ON own.organization_id = r.organization_id AND own.id = r.group_id
JOIN budgets_budget b ON b.organization_id = r.organization_id AND b.group_id = ANY(own.path)
 AND b.is_active AND b.created_at < r.submitted_at
 AND b.category_id IS NULL AND b.supplier_id IS NULL
 AND b.membership_id IS NULL AND b.position_id IS NULL
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
CROSS JOIN LATERAL (
    SELECT coalesce(r.charged_on, (r.submitted_at AT TIME ZONE o.time_zone)::date) AS day
) c
JOIN budgets_budgetperiod p ON p.organization_id = b.organization_id AND p.budget_id = b.id
 AND p.starts_on <= c.day AND p.ends_on >= c.day
WHERE r.organization_id = %(organization)s AND r.status IN ('PENDING', 'PLACED') AND r.total > 0
  AND b.starts_on <= c.day AND (b.ends_on IS NULL OR b.ends_on >= c.day)
  AND p.ends_on >= %(today)s
  AND NOT EXISTS (
      SELECT FROM budgets_ledgerentry e
      JOIN budgets_budgetperiod q ON q.organization_id = e.organization_id AND q.id = e.period_id
      WHERE e.organization_id = r.organization_id AND e.document_id = r.id AND q.budget_id = b.id)
ORDER BY r.id, p.id
"""

# Increases that wait for a decision although the order that they were asked for waits no more.
_INCREASES = """
SELECT i.document_id, coalesce(r.number, i.document_label), coalesce(r.status, ''), p.id, g.name,
       b.kind, p.starts_on, p.ends_on, p.code, o.currency, i.amount
FROM budgets_budgetincrease i
JOIN budgets_budgetperiod p ON p.organization_id = i.organization_id AND p.id = i.period_id
JOIN budgets_budget b ON b.organization_id = p.organization_id AND b.id = p.budget_id
JOIN accounts_orggroup g ON g.organization_id = b.organization_id AND g.id = b.group_id
JOIN accounts_organization o ON o.id = i.organization_id
LEFT JOIN orders_requisition r ON r.organization_id = i.organization_id AND r.id = i.document_id
WHERE i.organization_id = %(organization)s AND i.status = 'PENDING'
  AND i.document_kind = 'requisition' AND r.status IS DISTINCT FROM 'WAITING'
ORDER BY i.id
"""

_COUNT = "SELECT count(*) FROM orders_requisition WHERE organization_id = %(organization)s"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An order that holds on a period something else than it should; ``what`` says it all."""

    order_id: UUID
    period_id: UUID
    group_name: str
    label: str
    what: str

    @property
    def sentence(self) -> str:
        """Return the exact row, what it should be and what it is."""
        return f"period {self.period_id} ({self.group_name}, {self.label}): {self.what}"


def orders_counted() -> int:
    """Return how many orders there are to be held against the ledger. One SQL query."""
    count: int = writes.execute(_COUNT, {"organization": tenancy.current()}).fetchall()[0][0]
    return count


def mismatches(*, today: date) -> Iterator[Mismatch]:
    """Yield what orders hold in the ledger and should not, or do not and should.

    ``today`` is the organization's: what is missing shows on periods that are not over. Three SQL
    queries.
    """
    for row in _rows(_HELD, today):
        number, status, (reserved, committed, spent, share) = row[1], row[2], row[10:]
        held = (
            f"{_money(reserved, row)} reserved, {_money(committed, row)} committed and "
            f"{_money(spent, row)} spent"
        )
        yield _mismatch(row, f"{_should(number, status, share, row)}; it holds {held}")
    for row in _rows(_MISSING, today):
        yield _mismatch(
            row, f"{row[1]} should hold {_money(row[10], row)} ({_words(row[2])}); it holds nothing"
        )
    for row in _rows(_INCREASES, today):
        yield _mismatch(
            row,
            f"an increase of {_money(row[10], row)} waits for a decision, and {row[1]} does not "
            f"wait for it ({_words(row[2])})",
        )


def _should(number: str, status: str, share: Decimal, row: tuple[Any, ...]) -> str:
    if not status:
        return f"{number} is no order any more and should hold nothing"
    if status == "PENDING":
        return f"{number} should have {_money(share, row)} reserved ({_words(status)})"
    if status == "PLACED":
        return f"{number} should have {_money(share, row)} committed or spent ({_words(status)})"
    return f"{number} should have nothing set aside ({_words(status)})"


def _words(status: str) -> str:
    return status.lower() if status else "no such order"


def _money(amount: Decimal, row: tuple[Any, ...]) -> str:
    return format_money(amount, row[9])


def _rows(statement: str, today: date) -> list[tuple[Any, ...]]:
    # Not prepared: one plan for all would be made while a table was still empty.
    return writes.execute(
        statement, {"organization": tenancy.current(), "today": today}, prepare=False
    ).fetchall()


def _mismatch(row: tuple[Any, ...], what: str) -> Mismatch:
    order_id, _, _, period_id, group_name, kind, starts_on, ends_on, code = row[:9]
    label = Period(starts_on, ends_on, PeriodKind(kind), code).label
    return Mismatch(order_id, period_id, group_name, label, what)
