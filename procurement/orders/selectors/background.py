"""What was ordered before, for whoever decides an order: suppliers, prices, orders like it.

Sums and prices are the whole organization's, without names. Single orders are shown where the
reader's decision reaches anyway: the requester's own, and those of the group that the order is for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from approvals.background import Background, PaidBefore, PricePast, SimilarOrder, SupplierPast
from procurement.core import tenancy, writes
from procurement.orders.display.words import title_of
from procurement.orders.models import Requisition

_MONTHS, _DAYS = 12, 90
# How many orders of somebody, and of a group, are looked through for similar ones.
_LOOKED_THROUGH = 300
_SIMILAR, _PRICES, _PAID = 4, 40, 3

_THIS = """
WITH this AS (
    SELECT r.id, r.organization_id, r.group_id, r.requester_id, r.currency, o.time_zone
    FROM orders_requisition r JOIN accounts_organization o ON o.id = r.organization_id
    WHERE r.organization_id = %(organization)s AND r.id = %(id)s
), asked AS (
    SELECT l.position, l.item_id, l.supplier_id, l.category_id, l.title, l.unit_price
    FROM orders_requisitionline l
    WHERE l.organization_id = %(organization)s AND l.requisition_id = %(id)s
)"""

_SUPPLIERS = f"""{_THIS}, past AS (
    SELECT p.supplier_id, p.requisition_id AS order_id, p.total AS amount,
           p.group_id = this.group_id AS is_own,
           (p.placed_at AT TIME ZONE this.time_zone)::date AS day
    FROM this JOIN orders_purchaseorder p ON p.organization_id = this.organization_id
    WHERE p.supplier_id IN (SELECT supplier_id FROM asked) AND p.placed_at >= %(year)s
      AND p.currency = this.currency AND p.requisition_id <> this.id
    UNION ALL
    SELECT i.supplier_id, i.order_id, i.amount, i.group_id = this.group_id, i.posted_on
    FROM this JOIN orders_importedline i ON i.organization_id = this.organization_id
    JOIN orders_importedorder h ON h.organization_id = i.organization_id AND h.id = i.order_id
    WHERE i.supplier_id IN (SELECT supplier_id FROM asked)
      AND i.posted_on >= %(year)s AND h.currency = this.currency
)
SELECT s.name, count(DISTINCT past.order_id), coalesce(sum(past.amount), 0),
       count(DISTINCT past.order_id) FILTER (WHERE past.is_own),
       coalesce(sum(past.amount) FILTER (WHERE past.is_own), 0), max(past.day)
FROM catalogs_supplier s LEFT JOIN past ON past.supplier_id = s.id
WHERE s.organization_id = %(organization)s AND s.id IN (SELECT supplier_id FROM asked)
GROUP BY s.id, s.name
ORDER BY s.name, s.id
"""

# Items are found through their supplier's orders, which an index leads to.
_PAID_BEFORE = f"""{_THIS}, past AS (
    SELECT asked.position, asked.title, asked.unit_price AS now,
           (p.placed_at AT TIME ZONE this.time_zone)::date AS day, l.quantity, l.unit_price,
           row_number() OVER (PARTITION BY asked.position ORDER BY p.placed_at DESC, p.id) AS place
    FROM this JOIN orders_purchaseorder p ON p.organization_id = this.organization_id
    JOIN orders_purchaseorderline l
      ON l.organization_id = p.organization_id AND l.purchase_order_id = p.id
    JOIN asked ON asked.item_id = l.item_id AND asked.supplier_id = p.supplier_id
    WHERE p.supplier_id IN (SELECT supplier_id FROM asked) AND p.placed_at >= %(year)s
      AND p.currency = this.currency AND p.requisition_id <> this.id
)
SELECT position, title, now, day, quantity, unit_price FROM past
WHERE place <= {_PAID} ORDER BY position, place LIMIT {_PRICES * _PAID}
"""

_FOUND = """
SELECT f.* FROM this CROSS JOIN LATERAL (
    SELECT r.* FROM orders_requisition r
    WHERE r.organization_id = this.organization_id AND r.{column} = this.{column}
      AND r.touched_at >= %(quarter)s AND r.submitted_at >= %(quarter)s
      AND r.status <> 'DRAFT' AND r.id <> this.id AND r.currency = this.currency
    ORDER BY r.touched_at DESC LIMIT {most}
) f"""

_ALIKE = f"""{_THIS}, found AS (
    {_FOUND.format(column="requester_id", most=_LOOKED_THROUGH)}
    UNION {_FOUND.format(column="group_id", most=_LOOKED_THROUGH)}
), alike AS (
    SELECT f.id, f.number, f.status, f.total, f.submitted_at, f.requester_id, f.group_id,
           min(l.title) FILTER (WHERE l.position = (
               SELECT min(m.position) FROM orders_requisitionline m
               WHERE m.organization_id = f.organization_id AND m.requisition_id = f.id)) AS title,
           count(*) AS lines,
           bool_or(l.item_id IN (SELECT item_id FROM asked)) AS same_item,
           coalesce(bool_or(l.category_id IN (SELECT category_id FROM asked)), false)
               AS same_category,
           f.requester_id = this.requester_id AS same_requester
    FROM this CROSS JOIN found f
    JOIN orders_requisitionline l
      ON l.organization_id = f.organization_id AND l.requisition_id = f.id
    GROUP BY f.id, f.number, f.status, f.total, f.submitted_at, f.requester_id, f.group_id,
             f.organization_id, this.requester_id
    HAVING f.requester_id = this.requester_id
        OR bool_or(l.item_id IN (SELECT item_id FROM asked))
        OR bool_or(l.category_id IN (SELECT category_id FROM asked))
    ORDER BY same_item DESC, same_category DESC, same_requester DESC, f.submitted_at DESC, f.id
    LIMIT {_SIMILAR}
)
SELECT a.id, a.number, a.status, a.total, (a.submitted_at AT TIME ZONE this.time_zone)::date,
       a.title, a.lines, a.same_item, a.same_category, a.same_requester,
       coalesce(nullif(u.name, ''), u.email), g.name,
       (SELECT d.comment FROM approvals_approvalrequest q
        JOIN approvals_decision d ON d.organization_id = q.organization_id AND d.request_id = q.id
        WHERE q.organization_id = this.organization_id AND q.subject_id = a.id
          AND d.choice = 'REJECT'
        ORDER BY d.decided_at DESC LIMIT 1)
FROM this CROSS JOIN alike a
JOIN accounts_membership m ON m.organization_id = this.organization_id AND m.id = a.requester_id
JOIN accounts_user u ON u.id = m.user_id
JOIN accounts_orggroup g ON g.organization_id = this.organization_id AND g.id = a.group_id
ORDER BY a.same_item DESC, a.same_category DESC, a.same_requester DESC, a.submitted_at DESC, a.id
"""

_KINDS = {"PENDING": "now", "PLACED": "good", "REJECTED": "stop", "EXPIRED": "stop"}


def background_of(requisition_id: UUID, *, now: datetime) -> Background:
    """Return what was ordered before an order. Three SQL queries in one round trip.

    Whoever asks has found that the reader may decide the order, or see it.
    """
    parameters = {
        "organization": tenancy.current(),
        "id": requisition_id,
        "year": now - timedelta(days=365),
        "quarter": now - timedelta(days=_DAYS),
    }
    with writes.batch():
        suppliers, paid, alike = (
            writes.execute(statement, parameters)
            for statement in (_SUPPLIERS, _PAID_BEFORE, _ALIKE)
        )
    return Background(
        months=_MONTHS,
        days=_DAYS,
        suppliers=tuple(SupplierPast(*row) for row in suppliers.fetchall()),
        prices=_prices(paid.fetchall()),
        similar=tuple(_similar(row) for row in alike.fetchall()),
    )


def _prices(rows: Sequence[Sequence[Any]]) -> tuple[PricePast, ...]:
    return tuple(
        PricePast(name, now, tuple(PaidBefore(*row[3:]) for row in found))
        for (_, name, now), found in groupby(rows, key=lambda row: tuple(row[:3]))
    )


def _similar(row: Sequence[Any]) -> SimilarOrder:
    _, number, status, total, on, title, lines, item, category, requester, name, group, said = row
    alike = (
        ("the same item" if item else "the same category" if category else ""),
        ("the same requester" if requester else ""),
    )
    words = " and ".join(part for part in alike if part)
    return SimilarOrder(
        label=number,
        title=title_of([title], lines),
        requester_name=name,
        group_name=group,
        amount=total,
        on=on,
        alike=words[:1].upper() + words[1:],
        outcome=Requisition.Status(status).label,
        kind=_KINDS.get(status, ""),
        said=said or "" if status == Requisition.Status.REJECTED else "",
    )
