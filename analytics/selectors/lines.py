"""The orders and lines behind a figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, overload
from uuid import UUID

from django.db import connection

from analytics.filters import Source
from analytics.selectors.views import SpendView

_CHUNK = 1000

_COUNT = "SELECT count(DISTINCT f.order_id) FROM {facts} WHERE {where}"

_ORDERS = """
SELECT o.order_id, o.number, o.source, o.day, o.amount, o.lines, g.name, s.name, o.suppliers,
    o.requester
FROM (
    SELECT f.order_id, min(f.order_number) AS number, min(f.source) AS source,
        min(f."on") AS day, sum(f.amount) AS amount, count(*) AS lines,
        (array_agg(f.group_id ORDER BY f.amount DESC))[1] AS group_id,
        min(f.requester_name) AS requester,
        (array_agg(f.supplier_id ORDER BY f.amount DESC))[1] AS supplier_id,
        count(DISTINCT f.supplier_id) AS suppliers
    FROM {facts}
    WHERE {where}
    GROUP BY f.order_id
    ORDER BY day DESC, number DESC, f.order_id
    OFFSET %(offset)s LIMIT %(limit)s
) o
LEFT JOIN accounts_orggroup g ON g.id = o.group_id
LEFT JOIN catalogs_supplier s ON s.id = o.supplier_id
ORDER BY o.day DESC, o.number DESC, o.order_id
"""

_LINES = """
SELECT f."on", f.order_number, f.source, g.name, g.code, s.name,
    f.category_path[cardinality(f.category_path)], c.name, f.title, f.requester_name,
    f.guidance, f.amount
FROM {facts}
LEFT JOIN accounts_orggroup g ON g.id = f.group_id
LEFT JOIN catalogs_supplier s ON s.id = f.supplier_id
LEFT JOIN catalogs_category c ON c.id = f.category_id
WHERE {where}
ORDER BY f."on", f.order_number, f.id
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order behind a figure, with what of it lies in the view."""

    id: UUID
    number: str
    source: Source
    on: date
    amount: Decimal
    lines: int
    group: str
    supplier: str
    suppliers: int
    requester: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a download has it."""

    on: date
    order_number: str
    source: Source
    group: str
    group_code: str
    supplier: str
    category_code: str
    category: str
    title: str
    requester: str
    guidance: str
    amount: Decimal


class Orders(Sequence[Order]):
    """The orders behind a view, newest first; cut into pages without reading the rest.

    One SQL query for the length (kept), one for each slice.
    """

    def __init__(self, view: SpendView) -> None:
        self._facts = view.facts
        self._where, self._parameters = view.where()
        self._length: int | None = None

    def __len__(self) -> int:
        """Return how many orders there are."""
        if self._length is None:
            with connection.cursor() as cursor:
                statement = _COUNT.format(facts=self._facts, where=self._where)
                cursor.execute(statement, self._parameters)
                self._length = int(cursor.fetchone()[0])
        return self._length

    @overload
    def __getitem__(self, index: int) -> Order: ...

    @overload
    def __getitem__(self, index: slice) -> list[Order]: ...

    def __getitem__(self, index: int | slice) -> Order | list[Order]:
        """Return one order, or those of a slice from front to back."""
        if isinstance(index, int):
            return self._read(index, 1)[0]
        start, stop, _ = index.indices(len(self))
        return self._read(start, max(stop - start, 0))

    def _read(self, offset: int, limit: int) -> list[Order]:
        with connection.cursor() as cursor:
            cursor.execute(
                _ORDERS.format(facts=self._facts, where=self._where),
                {**self._parameters, "offset": offset, "limit": limit},
            )
            return [_order(row) for row in cursor.fetchall()]


class Lines:
    """The lines behind a view, oldest first, read as they are iterated over: memory stays flat.

    One SQL query with a server-side cursor, so it needs a transaction while it is read.
    """

    def __init__(self, view: SpendView) -> None:
        self._facts = view.facts
        self._where, self._parameters = view.where()

    def __iter__(self) -> Iterator[Line]:
        """Yield each line."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(_LINES.format(facts=self._facts, where=self._where), self._parameters)
            while rows := cursor.fetchmany(_CHUNK):
                for row in rows:
                    yield _line(row)


def _order(row: tuple[Any, ...]) -> Order:
    return Order(
        id=row[0],
        number=row[1],
        source=Source(row[2]),
        on=row[3],
        amount=row[4],
        lines=row[5],
        group=row[6] or "",
        supplier=row[7] or "",
        suppliers=row[8],
        requester=row[9],
    )


def _line(row: tuple[Any, ...]) -> Line:
    return Line(
        on=row[0],
        order_number=row[1],
        source=Source(row[2]),
        group=row[3] or "",
        group_code=row[4] or "",
        supplier=row[5] or "",
        category_code=row[6] or "",
        category=row[7] or "",
        title=row[8],
        requester=row[9],
        guidance=row[10],
        amount=row[11],
    )
