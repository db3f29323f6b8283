"""What is known of the orders before one: which count with it, and whether a supplier is new.

Asked only where a policy in force wants to know. All statements go in one batch, behind the locks
that keep two orders, submitted at the same moment, from both overlooking the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from approvals.routing import Aggregation, CountedBy, CountedTo, Earlier, Needs
from procurement.core import tenancy, writes
from procurement.core.clock import start_of
from procurement.orders.assessment import NOTHING
from procurement.orders.draft import Draft

# Whoever counts, counts alone. One of each kind at most, persons before groups: no two orders ever
# wait for each other.
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('counting:' || %s, 0))"

# Orders that are placed or wait for approval, since the earliest day on which one counts. A kind
# that nobody asks for has no such day, and finds none.
_EARLIER = """
WITH asked AS (
    SELECT * FROM unnest(%(by)s::text[], %(to)s::text[], %(days)s::int[], %(since)s::timestamptz[])
        AS a (by, "to", days, since)
), counted AS (
    SELECT 'REQUESTER' AS by, id, submitted_at FROM orders_requisition
    WHERE organization_id = %(organization)s AND requester_id = %(requester)s
      AND status IN ('PENDING', 'PLACED') AND id <> %(id)s AND currency = %(currency)s
      AND submitted_at >= (SELECT min(since) FROM asked WHERE by = 'REQUESTER')
    UNION ALL
    SELECT 'GROUP', id, submitted_at FROM orders_requisition
    WHERE organization_id = %(organization)s AND group_id = %(group)s
      AND status IN ('PENDING', 'PLACED') AND id <> %(id)s AND currency = %(currency)s
      AND submitted_at >= (SELECT min(since) FROM asked WHERE by = 'GROUP')
)
SELECT a.by, a."to", a.days, sum(l.amount), count(DISTINCT r.id),
       array_agg(DISTINCT CASE a."to" WHEN 'SUPPLIER' THEN s.name ELSE (
           SELECT min(n.name) FROM catalogs_category n
           WHERE n.organization_id = %(organization)s AND n.code = ANY(%(categories)s)
             AND n.code = ANY(c.path)) END)
FROM asked a
JOIN counted r ON r.by = a.by AND r.submitted_at >= a.since
JOIN orders_requisitionline l ON l.organization_id = %(organization)s AND l.requisition_id = r.id
JOIN catalogs_supplier s ON s.organization_id = l.organization_id AND s.id = l.supplier_id
LEFT JOIN catalogs_category c ON c.organization_id = l.organization_id AND c.id = l.category_id
WHERE CASE a."to" WHEN 'SUPPLIER' THEN l.supplier_id = ANY(%(suppliers)s)
      ELSE c.path && %(categories)s::varchar[] END
GROUP BY a.by, a."to", a.days
ORDER BY a.by, a."to", a.days
"""

_NEW = """
SELECT EXISTS (
    SELECT FROM unnest(%(suppliers)s::uuid[]) AS s (id)
    WHERE NOT EXISTS (
        SELECT FROM orders_requisitionline l
        JOIN orders_requisition r ON r.organization_id = l.organization_id
         AND r.id = l.requisition_id
        WHERE l.organization_id = %(organization)s AND l.supplier_id = s.id
          AND r.status IN ('PENDING', 'PLACED') AND r.id <> %(id)s)
      AND NOT EXISTS (
        SELECT FROM orders_importedline i
        WHERE i.organization_id = %(organization)s AND i.supplier_id = s.id)
)
"""


@dataclass(frozen=True, slots=True)
class Before:
    """The orders before one: those that count with it, and whether one of its suppliers is new."""

    earlier: tuple[Earlier, ...] = ()
    is_first_order: bool = False


def orders_before(
    draft: Draft, needs: Needs, *, on: date, time_zone: str, for_update: bool
) -> Before:
    """Return what policies need to know of the orders before a draft. One round trip, or none.

    An aggregation of ``days`` counts what was submitted on the day ``on`` of the organization and
    on as many days before it, in the currency of the draft: the lines to one of its suppliers, or
    in one of its categories or below them. Withdrawn and rejected orders do not count. No order has
    an address yet, so none counts by it. ``for_update`` has submits that count for the same person
    or group follow each other until the end of the transaction.
    """
    aggregations = [one for one in needs.aggregations if one.by is not CountedBy.ADDRESS]
    if not draft.lines or not (aggregations or needs.is_first_order):
        return Before()
    parameters = _parameters(draft, aggregations, on, time_zone)
    counting = asking = None
    with writes.batch():
        for who in _alone(draft, aggregations) if for_update else ():
            writes.execute(_ALONE, [who])
        if aggregations:
            counting = writes.execute(_EARLIER, parameters)
        if needs.is_first_order:
            asking = writes.execute(_NEW, parameters)
    found = asking.fetchone() if asking else None
    return Before(
        earlier=tuple(_earlier(row) for row in counting.fetchall()) if counting else (),
        is_first_order=bool(found and found[0]),
    )


def _parameters(
    draft: Draft, aggregations: Sequence[Aggregation], on: date, time_zone: str
) -> dict[str, Any]:
    return {
        "organization": tenancy.current(),
        "id": draft.id,
        "requester": draft.requester_id,
        "group": draft.group_id,
        "currency": draft.currency,
        "suppliers": sorted({line.supplier_id for line in draft.lines} - {NOTHING}),
        "categories": sorted(
            {line.category_path[-1] for line in draft.lines if line.category_path}
        ),
        "by": [one.by.value for one in aggregations],
        "to": [one.to.value for one in aggregations],
        "days": [one.days for one in aggregations],
        "since": [start_of(on - timedelta(days=one.days), time_zone) for one in aggregations],
    }


def _alone(draft: Draft, aggregations: Sequence[Aggregation]) -> list[str]:
    heard = {one.by for one in aggregations}
    whose = ((CountedBy.REQUESTER, draft.requester_id), (CountedBy.GROUP, draft.group_id))
    return [str(found) for by, found in whose if by in heard]


def _earlier(row: Sequence[Any]) -> Earlier:
    by, to, days, amount, orders, names = row
    *others, last = [name for name in names if name] or [_UNNAMED[CountedTo(to)]]
    label = f"{', '.join(others)} and {last}" if others else last
    return Earlier(by, to, days, amount, orders, label)


_UNNAMED = {CountedTo.SUPPLIER: "the same supplier", CountedTo.CATEGORY: "the same category"}
