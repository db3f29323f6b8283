"""Rows put aside on disk until every row of an order has been seen, however far apart they stand.

Memory holds only the vocabulary (the distinct groups, suppliers and kinds); the rows lie in a
temporary SQLite file, which also sorts the orders by date.
"""

import sqlite3
import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from procurement.orders.history.reading import Row

_BATCH = 2_000
_CACHE_KIB = 16_384
_Word = TypeVar("_Word", bound=Hashable)
_day = lru_cache(maxsize=8192)(date.fromordinal)

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -{cache};
CREATE TABLE line (
    key TEXT NOT NULL, posted INTEGER NOT NULL, line INTEGER NOT NULL, transacted INTEGER,
    amount TEXT NOT NULL, place INTEGER NOT NULL, supplier INTEGER NOT NULL, kind INTEGER NOT NULL,
    description TEXT NOT NULL, buyer INTEGER NOT NULL
);
"""
_GROUP = """
CREATE TABLE ordered AS
    SELECT key, max(posted) AS posted, min(line) AS first FROM line GROUP BY key;
CREATE UNIQUE INDEX ordered_key ON ordered (key);
"""
_READ = """
SELECT o.first, o.key, o.posted, l.line, l.posted, l.transacted, l.amount, l.place, l.supplier,
       l.kind, l.description, l.buyer
FROM line l JOIN ordered o ON o.key = l.key
ORDER BY o.posted, o.first, l.line
"""


class Place(NamedTuple):
    """Where a line was bought for, as the file names it."""

    department: str
    cost_centre: str


class Kind(NamedTuple):
    """What a line was for, as the file classifies it."""

    account: str
    account_name: str
    mcc: str
    mcc_name: str
    unspsc: str
    category: str


class Line(NamedTuple):
    """One line of an order; place, supplier, kind and buyer are numbers in the vocabulary."""

    line: int
    posted_on: date
    transacted_on: date | None
    amount: Decimal
    place: int
    supplier: int
    kind: int
    description: str
    buyer: int


class OrderDraft(NamedTuple):
    """All lines of one order; ``sequence`` counts orders by date from 1, the same in every run."""

    sequence: int
    number: str
    posted_on: date
    lines: tuple[Line, ...]

    @property
    def amount(self) -> Decimal:
        """Return the order's total, in the file's currency."""
        return sum((line.amount for line in self.lines), Decimal(0))


class Words(Generic[_Word]):
    """Numbers distinct values in the order of their first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[_Word, int] = {}

    def number(self, word: _Word) -> int:
        """Return a value's number, giving it the next one when it is new."""
        return self._numbers.setdefault(word, len(self._numbers))

    def __iter__(self) -> Iterator[_Word]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


class Spool:
    """Takes rows in any order and gives them back as orders by date."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: list[tuple[object, ...]] = []
        self.places: Words[Place] = Words()
        self.place_names: dict[int, str] = {}
        """The first name that the file gives to a place, by its number."""
        self.suppliers: Words[str] = Words()
        self.kinds: Words[Kind] = Words()
        self.buyers: Words[str] = Words()
        self.rows = 0
        self.orders = 0
        self.amount = Decimal(0)
        self.first_on = date.max
        self.last_on = date.min

    def add(self, row: Row) -> None:
        """Put one row aside."""
        place = self.places.number(Place(row.department, row.cost_centre))
        if row.cost_centre_name and place not in self.place_names:
            self.place_names[place] = row.cost_centre_name
        kind = self.kinds.number(
            Kind(row.account, row.account_name, row.mcc, row.mcc_name, row.unspsc, row.category)
        )
        self._waiting.append(
            (
                row.order or f"\0{row.line}",
                row.posted_on.toordinal(),
                row.line,
                row.transacted_on.toordinal() if row.transacted_on else None,
                str(row.amount),
                place,
                self.suppliers.number(" ".join(row.supplier.split())),
                kind,
                row.description,
                self.buyers.number(row.buyer),
            )
        )
        self.rows += 1
        self.amount += row.amount
        self.first_on = min(self.first_on, row.posted_on)
        self.last_on = max(self.last_on, row.posted_on)
        if len(self._waiting) >= _BATCH:
            self._write()

    def close_orders(self) -> int:
        """Group the rows, once all are in; return the number of orders."""
        self._write()
        self._database.executescript(_GROUP)
        (self.orders,) = self._database.execute("SELECT count(*) FROM ordered").fetchone()
        return self.orders

    def drafts(self) -> Iterator[OrderDraft]:
        """Give the orders by date of their last line, then by their place in the file."""
        stream = groupby(self._database.execute(_READ), key=itemgetter(0, 1, 2))
        for sequence, ((_, key, posted), rows) in enumerate(stream, start=1):
            lines = tuple(
                Line(
                    row[3],
                    _day(row[4]),
                    None if row[5] is None else _day(row[5]),
                    Decimal(row[6]),
                    *row[7:],
                )
                for row in rows
            )
            number = "" if key.startswith("\0") else key
            yield OrderDraft(sequence, number, _day(posted), lines)

    def _write(self) -> None:
        self._database.executemany("INSERT INTO line VALUES (?,?,?,?,?,?,?,?,?,?)", self._waiting)
        self._waiting.clear()


@contextmanager
def spooling() -> Iterator[Spool]:
    """Open a spool on a temporary file, which goes away with it."""
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        path = Path(folder) / "spool.sqlite"
        database = sqlite3.connect(path, isolation_level=None)
        try:
            database.executescript(_SCHEMA.format(cache=_CACHE_KIB))
            database.execute("BEGIN")
            yield Spool(database)
        finally:
            database.close()
