"""Copying order lines into spend facts, as they are when the trail says that they came about.

Each statement inserts straight from the orders' tables and skips what has been copied before, so
that following the trail twice counts nothing twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

_COLUMNS = """
INSERT INTO analytics_spendfact (
    id, organization_id, source, order_id, order_number, group_id, group_path, supplier_id,
    category_id, category_path, requester_id, requester_name, guidance, title, "on", month, amount
)
"""

_PLACED = f"""
{_COLUMNS}
SELECT l.id, l.organization_id, 'LIVE', o.id, o.number, o.group_id, g.path, o.supplier_id,
    l.category_id, coalesce(c.path, '{{}}'), o.requester_id, u.name, l.guidance, l.title,
    (o.placed_at AT TIME ZONE %(time_zone)s)::date,
    date_trunc('month', o.placed_at AT TIME ZONE %(time_zone)s)::date, l.amount
FROM orders_purchaseorder o
JOIN orders_purchaseorderline l ON l.purchase_order_id = o.id
JOIN accounts_orggroup g ON g.id = o.group_id
JOIN accounts_membership m ON m.id = o.requester_id
JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN catalogs_category c ON c.id = l.category_id
WHERE o.organization_id = %(organization_id)s AND o.id = ANY(%(order_ids)s)
ON CONFLICT (id) DO NOTHING
"""

_IMPORTED = f"""
{_COLUMNS}
SELECT l.id, l.organization_id, 'IMPORTED', o.id,
    coalesce(nullif(o.number, ''), 'Imported ' || o.sequence), l.group_id, g.path, l.supplier_id,
    l.category_id, coalesce(c.path, '{{}}'), o.buyer_id, coalesce(u.name, o.buyer_name),
    l.guidance, l.description, l.posted_on, date_trunc('month', l.posted_on)::date, l.amount
FROM unnest(%(import_ids)s::uuid[], %(firsts)s::int[], %(lasts)s::int[])
    AS batch (import_id, first, last)
JOIN orders_importedorder o ON o.organization_id = %(organization_id)s
    AND o.history_import_id = batch.import_id
    AND o.sequence BETWEEN batch.first AND batch.last
JOIN orders_importedline l ON l.organization_id = %(organization_id)s AND l.order_id = o.id
JOIN accounts_orggroup g ON g.id = l.group_id
LEFT JOIN accounts_membership m ON m.id = o.buyer_id
LEFT JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN catalogs_category c ON c.id = l.category_id
ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders of a history import, from one sequence number to another, both included."""

    import_id: UUID
    first: int
    last: int


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


def copy_imported(*, organization_id: UUID, batches: Sequence[Batch]) -> int:
    """Copy the lines of batches of history imports; return how many are new. Three SQL statements.

    A line counts on its own group and on its posting date. Runs within a transaction.
    """
    with connection.cursor() as cursor, _hash_joins(cursor):
        cursor.execute(
            _IMPORTED,
            {
                "organization_id": organization_id,
                "import_ids": [batch.import_id for batch in batches],
                "firsts": [batch.first for batch in batches],
                "lasts": [batch.last for batch in batches],
            },
        )
        return int(cursor.rowcount)


@contextmanager
def _hash_joins(cursor: CursorWrapper) -> Iterator[None]:
    """Have a large join hashed whatever the planner guesses.

    In the minute after an import its statistics know nothing of the new rows. The planner then
    expects one of them, and reads all of the tenant's lines again for each order: hours, not
    seconds.
    """
    cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
    yield
    cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
