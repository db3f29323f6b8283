"""Rows of a history file, typed; whatever cannot be read comes out as a reject with its reason."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

from procurement.orders.history import amounts, dates
from procurement.orders.history.amounts import NotAnAmount
from procurement.orders.history.columns import Column, currency_in
from procurement.orders.history.dates import NotADate
from procurement.orders.history.records import Record, is_blank, records
from procurement.orders.history.source import lines_of
from procurement.orders.history.survey import CREDIT_WORDS, Layout

LONGEST_NAME = 200
_CENT = Decimal("0.01")
_NOTHING = {"NULL": "", "null": "", "N/A": "", "n/a": "", "#N/A": "", "-": "", "--": ""}
_SURE_TOTAL = re.compile(
    r"\W*(?:sub\W?total|subtotaal|sous\W?total|zwischensumme|gesamtsumme|endsumme|eindtotaal|grand\W?total"
    r"|total g[eé]n[eé]ral|totale (?:generale|parziale)|suma total|totals? (?:for|of|pour)\b"
    r"|(?:statement|report|page|department|division|order|batch|monthly|account|card(?:holder)?"
    r"|employee|vendor|supplier|running) totals?\b|(?:carried|brought|balance) forward"
    r"|(?:opening|closing) balance)",
    re.IGNORECASE,
)
_ANY_TOTAL = re.compile(
    r"\b(?:total(?:s|e|en)?|totaal|sum|summe|somme|suma|saldo|balance)\b", re.IGNORECASE
)
_UNDECODED = re.compile("[\udc80-\udcff]")


class Row(NamedTuple):
    """One purchase line as the file has it. Names are as spelled there; blanks are ''."""

    line: int
    order: str
    posted_on: date
    transacted_on: date | None
    amount: Decimal
    department: str
    cost_centre: str
    cost_centre_name: str
    supplier: str
    account: str
    account_name: str
    mcc: str
    mcc_name: str
    unspsc: str
    category: str
    description: str
    buyer: str


class Reject(NamedTuple):
    """One row that could not be read: where, why, and what stood there."""

    line: int
    reason: str
    raw: str


class Unreadable(ValueError):
    """Why one record cannot become a row."""


class Reading:
    """Reads a surveyed file as a stream. Rows plus rejects are all rows of the file.

    Wholly blank lines are no rows; they are counted by themselves.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path = path
        self._layout = layout
        self.blank_lines = 0

    def __iter__(self) -> Iterator[Row | Reject]:
        layout = self._layout
        read = row_reader(layout)
        self.blank_lines = 0
        with lines_of(self._path, layout.encoding) as lines:
            for record in records(lines, layout.separator, width=len(layout.header)):
                if record.line <= layout.header_line:
                    continue
                if is_blank(record):
                    self.blank_lines += 1
                    continue
                try:
                    yield read(record)
                except (Unreadable, NotAnAmount, NotADate) as error:
                    yield Reject(record.line, str(error), record.raw.rstrip("\r\n"))


def row_reader(layout: Layout) -> Callable[[Record], Row]:
    """Return a function that makes a row of a record, or raises why it cannot.

    It raises `Unreadable`, `NotAnAmount` or `NotADate`.
    """
    width = len(layout.header)
    header = list(layout.header)
    day_of = _day_reader(layout)
    amount_of = _amount_reader(layout)
    texts = [layout.columns.get(column, width) for column in _TEXTS]
    described_at = layout.columns.get(Column.DESCRIPTION)
    labels = _label_columns(layout)
    order_at = layout.columns.get(Column.ORDER, width)
    names = sorted({index for index in (order_at, *texts) if index < width} - {described_at})
    supplier_at = layout.columns.get(Column.SUPPLIER)

    def read(record: Record) -> Row:
        fields = record.fields
        if record.broken:
            raise Unreadable(record.broken)
        _check_characters(record.raw, layout.encoding)
        if len(fields) != width:
            fields = _fitted(fields, width)
        if fields == header:
            raise Unreadable("the header again")
        _check_total(fields, labels, supplier_at)
        try:
            posted_on, transacted_on = day_of(fields)
            amount = amount_of(fields)
        except (NotADate, NotAnAmount):
            _check_blank_or_total(fields)
            raise
        for index in names:
            if len(fields[index]) > LONGEST_NAME:
                raise Unreadable(f"{header[index]} is longer than {LONGEST_NAME} characters")
        cells = [*(cell.strip() for cell in fields), ""]
        words = [_NOTHING.get(cells[index], cells[index]) for index in texts]
        order = _NOTHING.get(cells[order_at], cells[order_at])
        return Row(record.line, order, posted_on, transacted_on, amount, *words)

    return read


_TEXTS = (
    Column.DEPARTMENT,
    Column.COST_CENTRE,
    Column.COST_CENTRE_NAME,
    Column.SUPPLIER,
    Column.ACCOUNT,
    Column.ACCOUNT_NAME,
    Column.MCC,
    Column.MCC_NAME,
    Column.UNSPSC,
    Column.CATEGORY,
    Column.DESCRIPTION,
    Column.BUYER,
)


def _check_characters(raw: str, encoding: str) -> None:
    if "\0" in raw:
        raise Unreadable("it has a NUL byte in it")
    if not raw.isascii() and (match := _UNDECODED.search(raw)):
        byte = ord(match[0]) - 0xDC00
        raise Unreadable(f"byte 0x{byte:02x} is no character in {encoding}")


def _fitted(fields: Sequence[str], width: int) -> list[str]:
    """Cut blank cells beyond the header; a row that is short or fuller is not guessed at."""
    if not any(cell.strip() for cell in fields):
        raise Unreadable("empty row")
    if len(fields) > width and not any(cell.strip() for cell in fields[width:]):
        return list(fields[:width])
    if any(_ANY_TOTAL.search(cell) for cell in fields) and len(fields) < width:
        raise Unreadable("sub-total or total row")
    raise Unreadable(f"{len(fields)} fields where the header has {width}")


def _label_columns(layout: Layout) -> list[int]:
    """Return the columns in which a total row would carry its label."""
    found = [
        layout.columns[column]
        for column in (Column.ORDER, Column.DEPARTMENT, Column.COST_CENTRE, Column.SUPPLIER)
        if column in layout.columns
    ]
    return sorted({0, *found})


def _check_total(fields: Sequence[str], labels: Sequence[int], supplier_at: int | None) -> None:
    """Raise for a total row, even where it carries a date. A firm called Total stays a firm."""
    for index in labels:
        if _SURE_TOTAL.match(fields[index]):
            raise Unreadable("sub-total or total row")
    if supplier_at is not None and not fields[supplier_at].strip():
        for index in labels:
            if _ANY_TOTAL.search(fields[index]):
                raise Unreadable("sub-total or total row")


def _check_blank_or_total(fields: Sequence[str]) -> None:
    filled = [cell for cell in fields if cell.strip()]
    if not filled:
        raise Unreadable("empty row")
    if any(_ANY_TOTAL.search(cell) for cell in filled):
        raise Unreadable("sub-total or total row")


def _day_reader(layout: Layout) -> Callable[[Sequence[str]], tuple[date, date | None]]:
    """Return a reader of the posting date, which the transaction date stands in for when blank."""
    parse = dates.parser(layout.date_style)
    posted_at = layout.columns.get(Column.POSTED)
    transacted_at = layout.columns.get(Column.TRANSACTED)
    if posted_at is None:
        only = transacted_at or 0

        def transacted(fields: Sequence[str]) -> tuple[date, date | None]:
            day = parse(fields[only])
            return day, day

        return transacted

    def posted(fields: Sequence[str]) -> tuple[date, date | None]:
        other = None
        if transacted_at is not None:
            try:
                other = parse(fields[transacted_at])
            except NotADate:
                other = None
        if other is not None and not fields[posted_at].strip():
            return other, other
        return parse(fields[posted_at]), other

    return posted


def _amount_reader(layout: Layout) -> Callable[[Sequence[str]], Decimal]:
    """Return a reader of the amount with tax, from whichever columns the file has for it."""
    columns = layout.columns
    parse = amounts.parser(layout.number_style)
    if Column.AMOUNT in columns:
        read = _one_column(columns[Column.AMOUNT], parse)
    elif Column.DEBIT in columns or Column.CREDIT in columns:
        read = _two_sides(columns.get(Column.DEBIT), columns.get(Column.CREDIT), parse)
    elif Column.NET in columns:
        read = _net_and_tax(columns[Column.NET], columns.get(Column.TAX), parse)
    else:
        read = _price_by_quantity(columns[Column.PRICE], columns.get(Column.QUANTITY), parse)
    if Column.SIGN in columns and Column.AMOUNT in columns:
        read = _signed(columns[Column.SIGN], read)
    if Column.CURRENCY in columns and layout.currency:
        read = _of_currency(columns[Column.CURRENCY], layout.currency, read)
    return read


_Amount = Callable[[Sequence[str]], Decimal]
_Parse = Callable[[str], Decimal]


def _one_column(at: int, parse: _Parse) -> _Amount:
    return lambda fields: parse(fields[at])


def _two_sides(debit_at: int | None, credit_at: int | None, parse: _Parse) -> _Amount:
    def read(fields: Sequence[str]) -> Decimal:
        debit = fields[debit_at].strip() if debit_at is not None else ""
        credit = fields[credit_at].strip() if credit_at is not None else ""
        if not debit and not credit:
            raise NotAnAmount("no amount")
        spent = parse(debit) if debit else Decimal(0)
        # A credit is a refund whether or not the export writes a minus before it.
        return spent - abs(parse(credit)) if credit else spent

    return read


def _net_and_tax(net_at: int, tax_at: int | None, parse: _Parse) -> _Amount:
    def read(fields: Sequence[str]) -> Decimal:
        net = parse(fields[net_at])
        if tax_at is None or not fields[tax_at].strip():
            return net
        return net + parse(fields[tax_at])

    return read


def _price_by_quantity(price_at: int, quantity_at: int | None, parse: _Parse) -> _Amount:
    def read(fields: Sequence[str]) -> Decimal:
        price = parse(fields[price_at])
        if quantity_at is None or not fields[quantity_at].strip():
            return price
        return (price * parse(fields[quantity_at])).quantize(_CENT, rounding=ROUND_HALF_UP)

    return read


def _signed(sign_at: int, amount_of: _Amount) -> _Amount:
    def read(fields: Sequence[str]) -> Decimal:
        amount = amount_of(fields)
        return -abs(amount) if fields[sign_at].strip().lower() in CREDIT_WORDS else amount

    return read


def _of_currency(currency_at: int, currency: str, amount_of: _Amount) -> _Amount:
    def read(fields: Sequence[str]) -> Decimal:
        cell = fields[currency_at]
        if cell != currency and (code := currency_in(cell)) and code != currency:
            raise Unreadable(f"its amount is in {code}, the file's in {currency}")
        return amount_of(fields)

    return read
