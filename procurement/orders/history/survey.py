"""One look over a whole history file: separator, header, columns, number and date style.

What a few lines at the top cannot tell (is 03/04 in March or April, is 1,234 a thousand?) is
decided from all cells of the column.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from procurement.core.headers import plain
from procurement.orders.history import amounts, dates
from procurement.orders.history.amounts import NumberStyle
from procurement.orders.history.columns import Column, currency_in, readings_of
from procurement.orders.history.dates import DateStyle
from procurement.orders.history.records import Record, is_blank, records
from procurement.orders.history.source import Fingerprint, UnreadableSource, lines_of

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_LINES = 400
_HEADER_WITHIN = 40
_MOST_SHAPES = 5_000
_MOST_DATES = 20_000
_DIRECTIVE = re.compile(r"\ufeff?sep=(.)\s*", re.IGNORECASE)
CREDIT_WORDS = frozenset({"c", "cr", "credit", "h", "haben", "haber", "avere", "bij", "-"})
DATES = (Column.POSTED, Column.TRANSACTED)
MONEY = (Column.AMOUNT, Column.NET, Column.TAX, Column.DEBIT, Column.CREDIT, Column.PRICE)
_SIGN_WORDS = CREDIT_WORDS | {"d", "dr", "debit", "s", "soll", "debe", "dare", "af", "+"}


@dataclass(frozen=True, slots=True)
class Options:
    """What the person at the keyboard says about the file; None leaves it to detection."""

    encoding: str | None = None
    separator: str | None = None
    number_style: NumberStyle | None = None
    date_style: DateStyle | None = None
    currency: str | None = None
    columns: Mapping[Column, str] = field(default_factory=dict)
    """Headers by column, or ``#3`` for the third column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is written, and everything that was assumed about it."""

    encoding: str
    separator: str
    header: tuple[str, ...]
    header_line: int
    """Physical line of the header, counted from 1."""
    columns: Mapping[Column, int]
    number_style: NumberStyle
    date_style: DateStyle
    currency: str
    """ISO 4217 code that the file itself names, or ''."""
    records: int
    """Records below the header, blank lines left out."""
    notes: tuple[str, ...]
    """Sentences on what was guessed."""


def survey(path: Path, fingerprint: Fingerprint, options: Options) -> Layout:
    """Look over a file once, in constant memory, and tell how it is written.

    Raises `UnreadableSource` when no header with a date and an amount can be found, or a column
    named in the options does not exist.
    """
    with lines_of(path, fingerprint.encoding) as lines:
        sample = list(islice(lines, SAMPLE_LINES))
    separator = options.separator or _separator(sample)
    header, columns = _header(sample, separator, options)
    notes: list[str] = []
    cells = _Cells(columns)
    with lines_of(path, fingerprint.encoding) as lines:
        for record in _below(lines, header, separator):
            cells.take(record)
    return Layout(
        encoding=fingerprint.encoding,
        separator=separator,
        header=tuple(header.fields),
        header_line=header.line,
        columns=columns,
        number_style=options.number_style or _number_style(cells, notes),
        date_style=options.date_style or _date_style(cells, header, columns, notes),
        currency=options.currency or cells.currency() or _header_currency(header, columns),
        records=cells.count,
        notes=tuple(notes),
    )


def _below(lines: Iterator[str], header: Record, separator: str) -> Iterator[Record]:
    for record in records(lines, separator, width=len(header.fields)):
        if record.line > header.line and not is_blank(record):
            yield record


# Separator and header


def _separator(sample: Sequence[str]) -> str:
    if sample and (match := _DIRECTIVE.fullmatch(sample[0])):
        return match[1]
    return max(SEPARATORS, key=lambda separator: _promise(sample, separator))


def _promise(sample: Sequence[str], separator: str) -> tuple[float, int]:
    """Rate a separator: known headers that it brings out, then how even the rows are."""
    found = [record for record in records(iter(sample), separator) if not is_blank(record)]
    known = max((len(_assigned(record.fields, [])) for record in found[:_HEADER_WITHIN]), default=0)
    widths = Counter(len(record.fields) for record in found)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    evenness = count / len(found) if found and width > 1 else 0.0
    return known + 2 * evenness, width


def _header(
    sample: Sequence[str], separator: str, options: Options
) -> tuple[Record, dict[Column, int]]:
    found = [record for record in records(iter(sample), separator) if not is_blank(record)]
    if not found:
        raise UnreadableSource("The file has no rows.")
    candidates = found[:_HEADER_WITHIN]
    best = max(candidates, key=lambda record: (_header_rank(record, options), -record.line))
    below = [record.fields for record in found if record.line > best.line]
    columns = _assigned(best.fields, below)
    for column, name in options.columns.items():
        columns[column] = _named_column(best.fields, name)
    _infer_missing(best.fields, below, columns)
    if _missing(columns):
        # Better the column that the header names, whose cells are then rejected one by one.
        named = _assigned(best.fields, [])
        columns = {**named, **columns}
    if missing := _missing(columns):
        raise UnreadableSource(
            f"No column for the {missing} was recognised in line {best.line}: "
            f"{', '.join(best.fields)}. Name it, for example --column {missing}='My header'."
        )
    return best, columns


def _header_rank(record: Record, options: Options) -> int:
    given = {plain(cell) for cell in record.fields}
    named = sum(plain(name) in given for name in options.columns.values())
    return 2 * named + len(_assigned(record.fields, []))


def _named_column(header: Sequence[str], name: str) -> int:
    if re.fullmatch(r"#\d+", name) and 1 <= int(name[1:]) <= len(header):
        return int(name[1:]) - 1
    for index, cell in enumerate(header):
        if cell.strip() == name.strip() or plain(cell) == plain(name):
            return index
    raise UnreadableSource(f"There is no column {name!r}; the header has: {', '.join(header)}.")


def _assigned(header: Sequence[str], below: Sequence[Sequence[str]]) -> dict[Column, int]:
    """Give each column the header that names it best and whose cells below do not contradict."""
    wishes = sorted(
        (rank, index, column)
        for index, cell in enumerate(header)
        for rank, column in readings_of(cell)
    )
    columns: dict[Column, int] = {}
    taken: set[int] = set()
    for _, index, column in wishes:
        if column in columns or index in taken or not _cells_agree(column, index, below):
            continue
        columns[column] = index
        taken.add(index)
    return columns


def _cells_agree(column: Column, index: int, below: Sequence[Sequence[str]]) -> bool:
    cells = [row[index].strip() for row in below if index < len(row)]
    filled = [cell for cell in cells if cell]
    if not filled:
        return True
    if column in DATES:
        good = sum(map(dates.looks_like_one, filled))
    elif column in MONEY or column is Column.QUANTITY:
        good = sum(map(amounts.looks_like_one, filled))
    elif column is Column.CURRENCY:
        good = sum(bool(currency_in(cell)) or cell in {"$", "€", "£"} for cell in filled)
    elif column is Column.SIGN:
        good = sum(cell.lower() in _SIGN_WORDS for cell in filled)
    else:
        return True
    return 2 * good > len(filled)


def _infer_missing(
    header: Sequence[str], below: Sequence[Sequence[str]], columns: dict[Column, int]
) -> None:
    """Find the date and the amount by their cells where no header is known for them."""
    if not below:
        return
    free = [index for index in range(len(header)) if index not in columns.values()]
    if not any(column in columns for column in DATES):
        found = [index for index in free if _mostly(below, index, dates.looks_like_one)]
        if found:
            columns[Column.POSTED] = found[0]
            free.remove(found[0])
    if _missing({**columns, Column.POSTED: 0}):
        found = [index for index in free if _mostly(below, index, _is_amount_with_decimals)]
        if len(found) == 1:
            columns[Column.AMOUNT] = found[0]


def _mostly(below: Sequence[Sequence[str]], index: int, is_one: Callable[[str], bool]) -> bool:
    cells = [row[index] for row in below if index < len(row) and row[index].strip()]
    return bool(cells) and 10 * sum(map(is_one, cells)) >= 9 * len(cells)


def _is_amount_with_decimals(cell: str) -> bool:
    return bool(re.search(r"[.,]\d{2}\D*$", cell)) and amounts.looks_like_one(cell)


def _missing(columns: Mapping[Column, int]) -> str:
    if not any(column in columns for column in DATES):
        return Column.POSTED.value
    holders = (Column.AMOUNT, Column.NET, Column.DEBIT, Column.CREDIT, Column.PRICE)
    if not any(column in columns for column in holders):
        return Column.AMOUNT.value
    return ""


# Styles, from all cells


class _Cells:
    """What the survey keeps of the cells: shapes, distinct dates, currencies; never the rows."""

    def __init__(self, columns: Mapping[Column, int]) -> None:
        self._money = [columns[column] for column in MONEY if column in columns]
        self._dates = [columns[column] for column in DATES if column in columns]
        self._currency = columns.get(Column.CURRENCY)
        self.count = 0
        self.shapes: Counter[str] = Counter()
        self.days: set[str] = set()
        self._currencies: Counter[str] = Counter()

    def take(self, record: Record) -> None:
        """Note the cells of one record that styles depend on."""
        self.count += 1
        fields = record.fields
        width = len(fields)
        for index in self._money:
            if index < width:
                shape = amounts.shape_of(fields[index])
                if shape in self.shapes or len(self.shapes) < _MOST_SHAPES:
                    self.shapes[shape] += 1
        for index in self._dates:
            if index < width and len(self.days) < _MOST_DATES:
                self.days.add(fields[index])
        at = self._currency
        if at is not None and at < width and (code := currency_in(fields[at])):
            self._currencies[code] += 1

    def currency(self) -> str:
        """Return the currency that most rows name."""
        return self._currencies.most_common(1)[0][0] if self._currencies else ""


def _number_style(cells: _Cells, notes: list[str]) -> NumberStyle:
    style, is_contradictory = amounts.style_of(cells.shapes)
    if is_contradictory:
        notes.append(
            f"Amounts come in two styles; most are like {style}, and the others are rejected."
        )
    return style or NumberStyle.POINT


def _date_style(
    cells: _Cells, header: Record, columns: Mapping[Column, int], notes: list[str]
) -> DateStyle:
    hint = " ".join(header.fields[columns[column]] for column in DATES if column in columns)
    style, is_guess = dates.style_of(cells.days, hint=hint)
    if is_guess:
        order = "day" if style is DateStyle.DAY_FIRST else "month"
        notes.append(
            f"Every date could be read with the day or the month first; taken as {order} first. "
            "Say --date-style us or --date-style day-first if that is known."
        )
    return style


def _header_currency(header: Record, columns: Mapping[Column, int]) -> str:
    for column in MONEY:
        if column in columns and (code := currency_in(header.fields[columns[column]])):
            return code
    return ""
