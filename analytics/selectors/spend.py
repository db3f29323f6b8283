"""Spend, added up: one pass over the lines answers for every dimension that is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from analytics import periods
from analytics.filters import UNCATEGORISED, Dimension, Source
from analytics.selectors.views import SpendView
from catalogs.unspsc import SEGMENTS

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)

# One pass over the lines, grouped in several ways at once; `set` tells which way a row belongs to.
_SPEND = """
SELECT a.set, a.group_key, g.name, a.supplier_id, s.name, a.category_key, c.name, a.month,
    a.source, a.amount, a.lines, a.purchases, a.preferred
FROM (
    SELECT {set} AS set, {columns},
        sum(amount) AS amount, count(*) AS lines,
        sum(amount) FILTER (WHERE amount > 0) AS purchases,
        sum(amount) FILTER (WHERE amount > 0 AND guidance = 'PREFERRED') AS preferred
    FROM (
        SELECT {group_key} AS group_key, f.supplier_id, {category_key} AS category_key, f.month,
            f.source, f.amount, f.guidance
        FROM {facts}
        WHERE {where}
    ) lines
    GROUP BY GROUPING SETS ({sets})
) a
LEFT JOIN accounts_orggroup g ON g.id = a.group_key
LEFT JOIN catalogs_supplier s ON s.id = a.supplier_id
LEFT JOIN catalogs_category c
    ON c.organization_id = %(organization_id)s AND c.code = a.category_key
"""
_COLUMNS = {
    Dimension.GROUP: {"group_key": "uuid"},
    Dimension.SUPPLIER: {"supplier_id": "uuid"},
    Dimension.CATEGORY: {"category_key": "varchar"},
    Dimension.MONTH: {"month": "date", "source": "varchar"},
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What lines add up to; amounts are in the organization's currency.

    ``purchases`` leaves refunds out, and ``preferred`` is the part of the purchases that guided
    buying called preferred: a refund does not say anything about how people choose.
    """

    amount: Decimal = _ZERO
    lines: int = 0
    purchases: Decimal = _ZERO
    preferred: Decimal = _ZERO

    @property
    def preferred_share(self) -> Decimal | None:
        """Return the share of purchases on preferred, in percent; None without purchases."""
        return self.preferred / self.purchases * _HUNDRED if self.purchases else None

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            amount=self.amount + other.amount,
            lines=self.lines + other.lines,
            purchases=self.purchases + other.purchases,
            preferred=self.preferred + other.preferred,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One member of a dimension. ``key`` leads to the narrower view; "" stands for none there is.

    ``is_own`` marks what lies on the group or category of the view itself, not below it.
    ``parts`` divide a month's amount by source.
    """

    key: str
    label: str
    figures: Figures
    is_own: bool = False
    parts: Mapping[Source, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spend:
    """The whole of a view and its breakdowns; every breakdown adds up to the whole."""

    total: Figures
    by: Mapping[Dimension, Sequence[Row]]


def spend(view: SpendView, by: Iterable[Dimension] = ()) -> Spend:
    """Add up a view, as a whole and by dimensions, the largest first and months in their order.

    By group and by category, what lies deeper counts with the one directly below the view's own.
    One SQL query, whatever is asked for.
    """
    dimensions = tuple(by)
    with connection.cursor() as cursor:
        cursor.execute(*_statement(view, dimensions))
        answer = cursor.fetchall()
    total = Figures()
    found: dict[Dimension, list[Row]] = {dimension: [] for dimension in dimensions}
    whole = (1 << len(dimensions)) - 1
    sets = {whole - (1 << bit): name for bit, name in enumerate(reversed(dimensions))}
    for row in answer:
        if row[0] == whole:
            total = _figures(row)
        else:
            found[sets[row[0]]].append(_row(view, sets[row[0]], row))
    if Dimension.MONTH in found:
        found[Dimension.MONTH] = _months(view, found[Dimension.MONTH])
    for dimension in dimensions:
        if dimension is not Dimension.MONTH:
            found[dimension].sort(key=lambda row: (-row.figures.amount, row.label))
    return Spend(total=total, by=found)


def _statement(view: SpendView, dimensions: Sequence[Dimension]) -> tuple[str, dict[str, Any]]:
    where, parameters = view.where()
    columns = [
        name if dimension in dimensions else f"NULL::{kind} AS {name}"
        for dimension, names in _COLUMNS.items()
        for name, kind in names.items()
    ]
    leading = [next(iter(_COLUMNS[dimension])) for dimension in dimensions]
    statement = _SPEND.format(
        # One bit for each dimension, the first the highest: set where a row is not grouped by it.
        set=f"GROUPING({', '.join(leading)})" if leading else "0",
        columns=", ".join(columns),
        group_key=_group_key(view),
        category_key=_category_key(view),
        facts=view.facts,
        where=where,
        sets=", ".join(["()", *(f"({', '.join(_COLUMNS[name])})" for name in dimensions)]),
    )
    return statement, parameters


def _group_key(view: SpendView) -> str:
    """Return the SQL of the group that a line counts with: the one below the view's own."""
    if len(view.anchors) > 1:
        among = f"unnest({view.group_path}) g WHERE g = ANY(%(anchors)s::uuid[])"
        return f"(SELECT g FROM {among} LIMIT 1)"
    own = "(%(anchors)s::uuid[])[1]"
    at = "1" if view.anchors[0].is_root else f"array_position({view.group_path}, {own})"
    return f"coalesce(({view.group_path})[{at} + 1], {own})"


def _category_key(view: SpendView) -> str:
    """Return the SQL of the category that a line counts with: the one below the view's own."""
    if not view.asked.category or view.asked.category == UNCATEGORISED:
        return "f.category_path[1]"
    return (
        "coalesce(f.category_path["
        "array_position(f.category_path, %(category)s::varchar) + 1], %(category)s)"
    )


def _figures(row: tuple[Any, ...]) -> Figures:
    return Figures(
        amount=row[9] or _ZERO,
        lines=row[10],
        purchases=row[11] or _ZERO,
        preferred=row[12] or _ZERO,
    )


def _row(view: SpendView, dimension: Dimension, row: tuple[Any, ...]) -> Row:
    if dimension is Dimension.GROUP:
        own = len(view.anchors) == 1 and row[1] == view.anchors[0].id
        return Row(str(row[1]), row[2] or "A group that is gone", _figures(row), is_own=own)
    if dimension is Dimension.SUPPLIER:
        return Row(str(row[3]), row[4] or "A supplier that is gone", _figures(row))
    if dimension is Dimension.CATEGORY:
        code = row[5]
        if code is None:
            own = view.asked.category == UNCATEGORISED
            return Row(UNCATEGORISED, "Uncategorised", _figures(row), is_own=own)
        label = row[6] or SEGMENTS.get(code) or f"Category {code}"
        return Row(code, label, _figures(row), is_own=code == view.asked.category)
    source = Source(row[8])
    return Row(row[7].isoformat(), "", _figures(row), parts={source: row[9]})


def _months(view: SpendView, rows: Sequence[Row]) -> list[Row]:
    """Put the sources of each month together, and fill in the months between without spend.

    They start with the first that has any; all time ends with the last that has, as it has no end.
    """
    by_month: dict[date, list[Row]] = {}
    for row in rows:
        by_month.setdefault(date.fromisoformat(row.key), []).append(row)
    if not by_month:
        return []
    period = view.asked.period
    last = max(by_month) if period.code == periods.ALL else period.until
    return [
        _month(month, by_month.get(month, []))
        for month in period.months
        if min(by_month) <= month <= last
    ]


def _month(month: date, rows: Sequence[Row]) -> Row:
    return Row(
        key=month.isoformat(),
        label=f"{month:%B %Y}",
        figures=sum((row.figures for row in rows), Figures()),
        parts={source: amount for row in rows for source, amount in row.parts.items()},
    )
