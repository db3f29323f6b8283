"""Copying order lines into spend facts, as they are when the trail says that they came about.

Each statement inserts straight from the orders' tables and skips what has been copied before, so
that following the trail twice counts nothing twice.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

_COLUMNS = """
INSERT INTO analytics_spendfact (
    id, organization_id, source, order_id, order_number, group_id, group_path, supplier_id,
    category_id, category_path, requester_id, guidance, title, "on", month, amount
)
"""

_PLACED = f"""
{_COLUMNS}
SELECT l.id, l.organization_id, 'LIVE', o.id, o.number, o.group_id, g.path, o.supplier_id,
    l.category_id, coalesce(c.path, '{{}}'), o.requester_id, l.guidance, l.title,
    (o.placed_at AT TIME ZONE %(time_zone)s)::date,
    date_trunc('month', o.placed_at AT TIME ZONE %(time_zone)s)::date, l.amount
FROM orders_purchaseorder o
JOIN orders_purchaseorderline l ON l.purchase_order_id = o.id
JOIN accounts_orggroup g ON g.id = o.group_id
LEFT JOIN catalogs_category c ON c.id = l.category_id
WHERE o.organization_id = %(organization_id)s AND o.id = ANY(%(order_ids)s)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 – put together from constants


def copy_placed(*, organization_id: UUID, order_ids: Sequence[UUID], time_zone: str) -> int:
    """Copy the lines of purchase orders; return how many are new. One SQL statement.

    ``time_zone`` is the organization's: it says on which day an order was placed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACED,
            {
                "organization_id": organization_id,
                "order_ids": list(order_ids),
                "time_zone": time_zone,
            },
        )
        return int(cursor.rowcount)
