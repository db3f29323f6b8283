"""The files that can be downloaded: each holds a view exactly, and ends with its total."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from analytics import selectors
from analytics.filters import UNCATEGORISED, Dimension
from analytics.selectors import Figures, Row, Segment, SpendView
from budgets.comparing import Difference
from budgets.rules import Covering
from procurement.core import tenancy
from procurement.core.files import Cell, csv_file

_ZERO = Decimal(0)
_TENTH = Decimal("0.1")


class Report(StrEnum):
    """What a file has a row for."""

    LINES = "line"
    GROUP = "group"
    SUPPLIER = "supplier"
    CATEGORY = "category"
    MONTH = "month"

    @property
    def label(self) -> str:
        """Return the report's name."""
        return f"Spend by {self.value}"

    @property
    def dimension(self) -> Dimension | None:
        """Return what the report breaks spend down by; None for every line."""
        return None if self is Report.LINES else Dimension(self.value)


@dataclass(frozen=True, slots=True)
class Table:
    """A file's content: its head and its rows, the row of totals last."""

    head: Sequence[str]
    rows: Iterator[Sequence[Cell]]


def stream(view: SpendView, report: Report, *, currency: str) -> Iterator[bytes]:
    """Yield a report as CSV. Opens the tenancy scope itself: the request's has ended by then."""
    with tenancy.scope(view.organization_id):
        table = (
            _lines(view, currency) if report.dimension is None else _rows(view, report, currency)
        )
        yield from csv_file(table.head, table.rows)


def _lines(view: SpendView, currency: str) -> Table:
    head = [
        "Date",
        "Order",
        "Source",
        "Group",
        "Group code",
        "Supplier",
        "Category code",
        "Category",
        "Description",
        "Requester",
        "Guidance",
        f"Amount, {currency}",
    ]

    def rows() -> Iterator[Sequence[Cell]]:
        total = _ZERO
        for line in selectors.Lines(view):
            total += line.amount
            yield (
                line.on,
                line.order_number,
                line.source.label,
                line.group,
                line.group_code,
                line.supplier,
                line.category_code,
                line.category,
                line.title,
                line.requester,
                line.guidance.capitalize(),
                line.amount,
            )
        yield ("Total", *[""] * (len(head) - 2), total)

    return Table(head, rows())


def _rows(view: SpendView, report: Report, currency: str) -> Table:
    dimension = report.dimension
    assert dimension is not None
    found = selectors.spend(view, [dimension])
    keys = {Dimension.CATEGORY: "Category code", Dimension.MONTH: "Month"}
    head = [
        *([keys[dimension]] if dimension in keys else []),
        *([dimension.label] if dimension is not Dimension.MONTH else []),
        "Lines",
        f"Purchases, {currency}",
        f"On preferred, {currency}",
        "On preferred, %",
        f"Amount, {currency}",
    ]

    def rows() -> Iterator[Sequence[Cell]]:
        for row in found.by[dimension]:
            yield (*_names(dimension, row), *_figures(row.figures))
        blank = len(head) - 6
        yield ("Total", *[""] * blank, *_figures(found.total))

    return Table(head, rows())


def _names(dimension: Dimension, row: Row) -> Sequence[Cell]:
    if dimension is Dimension.MONTH:
        return (row.key[:7],)
    if dimension is Dimension.CATEGORY:
        return ("" if row.key == UNCATEGORISED else row.key, row.label)
    return (row.label,)


def _figures(figures: Figures) -> Sequence[Cell]:
    share = figures.preferred_share
    return (
        figures.lines,
        figures.purchases,
        figures.preferred,
        share.quantize(_TENTH) if share is not None else "",
        figures.amount,
    )


def segments_file(
    now: Covering, before: Covering, rows: Sequence[Segment], total: Difference
) -> Iterator[bytes]:
    """Yield what was bought under a budget in two periods by category, as CSV. No SQL."""
    head = (
        "Category code",
        "Category",
        f"{now.period.label}, {now.currency}",
        f"{before.period.label}, {now.currency}",
        f"Difference, {now.currency}",
        "Difference, %",
    )
    lines: list[Sequence[Cell]] = [
        (row.code, row.label, *_beside(row.bought)) for row in (*rows, Segment("", "Total", total))
    ]
    return csv_file(head, lines)


def _beside(one: Difference) -> Sequence[Cell]:
    return (one.now, one.before, one.change, one.percent)
