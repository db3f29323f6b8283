"""Running numbers of documents, by organization and year."""

from datetime import datetime
from uuid import UUID

from procurement.core import writes
from procurement.core.ids import new_id

_NEXT = """
INSERT INTO orders_numberseries (id, organization_id, kind, year, last)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organization_id, kind, year)
DO UPDATE SET last = orders_numberseries.last + EXCLUDED.last
RETURNING last
"""


def take_numbers(*, organization_id: UUID, kind: str, count: int, now: datetime) -> list[str]:
    """Return the next numbers of a kind, such as ``PO-2026-0012``; one SQL statement.

    The series stays locked until the transaction ends, so take numbers late.
    """
    cursor = writes.execute(_NEXT, [new_id(), organization_id, kind, now.year, count])
    row = cursor.fetchone()
    assert row is not None
    return [f"{kind}-{now.year}-{number:04d}" for number in range(row[0] - count + 1, row[0] + 1)]
