"""What the page of insights shows, ready to be set: every bar with its width, words and links.

Pure: figures in, words and addresses out. Templates add nothing up and decide nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from analytics.filters import Dimension, Source, SpendFilter
from analytics.selectors.spend import Figures, Row
from procurement.core.charts import NARROW, WIDE, Bar, columns
from procurement.core.money import format_money

BARS_SHOWN = 8
ROWS_SHOWN = 100
_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
_TENTH = Decimal("0.1")
_PLURALS = {
    Dimension.GROUP: "groups",
    Dimension.SUPPLIER: "suppliers",
    Dimension.CATEGORY: "categories",
    Dimension.MONTH: "months",
}


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar: where its name leads, what it says, and its width in percent of the drawing."""

    label: str
    words: str
    amount: Decimal
    width: Decimal
    url: str
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the table behind a chart."""

    label: str
    figures: Figures
    share: Decimal | None
    url: str
    orders_url: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One card: the largest as bars, the same figures as a table, and the file of all of them."""

    dimension: Dimension
    title: str
    note: str
    bars: Sequence[BarRow]
    rows: Sequence[TableRow]
    hidden: int
    hidden_figures: Figures
    total: Figures
    download_url: str


@dataclass(frozen=True, slots=True)
class MonthChart:
    """The columns by month: drawn for wide pages and for phones, with the key to their colours."""

    wide: str
    narrow: str
    legend: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where views lead: each takes a filter and returns an address."""

    view: Callable[[SpendFilter], str]
    orders: Callable[[SpendFilter], str]
    download: Callable[[str], str]


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a part in percent of a whole; None where the whole is nothing or below."""
    return part / whole * _HUNDRED if whole > 0 else None


def breakdown(
    dimension: Dimension,
    rows: Sequence[Row],
    total: Figures,
    asked: SpendFilter,
    *,
    currency: str,
    addresses: Addresses,
) -> Breakdown:
    """Lay out the rows of a dimension, which come largest first (months in their order)."""
    cut = rows[:ROWS_SHOWN]
    hidden = rows[ROWS_SHOWN:]
    return Breakdown(
        dimension=dimension,
        title=f"Spend by {dimension}",
        note=_note(dimension, rows),
        bars=_bars(dimension, rows, asked, currency, addresses),
        rows=[_table_row(dimension, row, rows, total, asked, addresses) for row in cut],
        hidden=len(hidden),
        hidden_figures=sum((row.figures for row in hidden), Figures()),
        total=total,
        download_url=addresses.download(dimension),
    )


def month_chart(
    rows: Sequence[Row], asked: SpendFilter, *, currency: str, addresses: Addresses
) -> MonthChart:
    """Draw the months, stacked by source where there is more than one."""
    sources = [source for source in Source if any(source in row.parts for row in rows)]
    bars = [
        Bar(
            at=row.key,
            series=source.label,
            amount=row.parts[source],
            words=_month_words(row, source, sources, currency),
            href=addresses.view(asked.narrowed(Dimension.MONTH, row.key)),
        )
        for row in rows
        for source in sources
        if source in row.parts
    ]
    months = [date.fromisoformat(row.key) for row in rows]
    spans_years = len({month.year for month in months}) > 1
    wide, narrow = (
        columns(
            bars,
            label="Spend by month",
            at_labels=[
                (month.isoformat(), f"{month:%b} {month:%y}" if spans_years else f"{month:%b}")
                for month in months
            ],
            series=[source.label for source in sources] or ["Spend"],
            symbol=symbol(currency),
            size=size,
        )
        for size in (WIDE, NARROW)
    )
    legend = [(f"s{5 if index else 1}", source.label) for index, source in enumerate(sources)]
    return MonthChart(wide=wide, narrow=narrow, legend=legend if len(legend) > 1 else [])


def spark(values: Sequence[Decimal]) -> tuple[str, str]:
    """Return the points of a sparkline 100 wide and 32 high, and of the area below it."""
    if len(values) < 2:  # noqa: PLR2004 – a line has two ends
        return "", ""
    low, high = min(*values, _ZERO), max(values)
    reach = high - low or Decimal(1)
    step = _HUNDRED / (len(values) - 1)
    points = [
        f"{(step * index).quantize(_TENTH)},{(30 - (value - low) / reach * 26).quantize(_TENTH)}"
        for index, value in enumerate(values)
    ]
    line = " ".join(points)
    return line, f"0,32 {line} 100,32"


def symbol(currency: str) -> str:
    """Return what stands before an amount: ``$``, or ``CHF ``."""
    return format_money(_ZERO, currency).rstrip("0.")


def _note(dimension: Dimension, rows: Sequence[Row]) -> str:
    found = f"{len(rows):,} {_PLURALS[dimension] if len(rows) != 1 else dimension.value}"
    return f"{found}, with everything below" if dimension is Dimension.GROUP else found


def _bars(
    dimension: Dimension,
    rows: Sequence[Row],
    asked: SpendFilter,
    currency: str,
    addresses: Addresses,
) -> list[BarRow]:
    shown = list(rows if len(rows) <= BARS_SHOWN else rows[: BARS_SHOWN - 1])
    rest = rows[len(shown) :]
    entries = [
        (_named(row, rows), row.figures.amount, _url(dimension, row, asked, addresses))
        for row in shown
    ]
    if rest:
        amount = sum((row.figures.amount for row in rest), _ZERO)
        entries.append((f"{len(rest):,} other {_PLURALS[dimension]}", amount, ""))
    # What is left may dwarf what is named: it then has no bar, so that the named can be compared.
    widest = max((amount for _, amount, _ in entries[: len(shown)]), default=_ZERO)
    return [
        BarRow(
            label=label,
            words=f"{label}: {format_money(amount, currency)}",
            amount=amount,
            width=_width(amount, widest),
            url=url,
            is_rest=bool(rest) and index == len(shown),
        )
        for index, (label, amount, url) in enumerate(entries)
    ]


def _width(amount: Decimal, widest: Decimal) -> Decimal:
    if amount <= 0 or widest <= 0 or amount > widest:
        return Decimal("0.0")
    return max((amount / widest * _HUNDRED).quantize(_TENTH, ROUND_HALF_UP), Decimal("0.2"))


def _named(row: Row, rows: Sequence[Row]) -> str:
    """Return a row's name; what lies on the group itself is told apart from those below it."""
    return f"{row.label} itself" if row.is_own and len(rows) > 1 else row.label


def _table_row(
    dimension: Dimension,
    row: Row,
    rows: Sequence[Row],
    total: Figures,
    asked: SpendFilter,
    addresses: Addresses,
) -> TableRow:
    narrower = asked.narrowed(dimension, row.key)
    return TableRow(
        label=_named(row, rows),
        figures=row.figures,
        share=share(row.figures.amount, total.amount),
        url=_url(dimension, row, asked, addresses),
        orders_url="" if row.is_own else addresses.orders(narrower),
    )


def _url(dimension: Dimension, row: Row, asked: SpendFilter, addresses: Addresses) -> str:
    """Return where a row leads: deeper, or to its orders where nothing lies below."""
    if row.is_own:
        return ""
    narrower = asked.narrowed(dimension, row.key)
    return addresses.view(narrower) if narrower != asked else addresses.orders(narrower)


def _month_words(row: Row, source: Source, sources: Sequence[Source], currency: str) -> str:
    amount = format_money(row.parts[source], currency)
    return f"{row.label}: {amount}" + (f", {source.label.lower()}" if len(sources) > 1 else "")
