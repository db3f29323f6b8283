"""What the page of the outlook shows, ready to be set: the drawing, its table, and sentences.

Pure. Templates add nothing up and decide nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from budgets.outlook import Outlook, Point, Range
from budgets.pace import ZERO, UnusualWeek
from budgets.rules import Covering
from procurement.core.charts import NARROW, WIDE, Reading, course
from procurement.core.money import format_money, symbol

_DAYS_BY_WEEK = 100  # up to here the table has a row a week, beyond one a month
_WORDS = {Decimal(2): "twice", Decimal(3): "three times", Decimal(4): "four times"}
_TENTH = Decimal("0.1")
_LABELS = {WIDE: 8, NARROW: 4}


@dataclass(frozen=True, slots=True)
class Row:
    """A day of the table: what is left until orders stop, as it was or as it is expected."""

    on: date
    used: Range
    left: Range
    is_past: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The burn-down, drawn for wide pages and for phones."""

    wide: str
    narrow: str


def drawing(found: Outlook) -> Drawing:
    """Draw what is left of a period, day by day, with the range of what is expected."""
    limit, currency = found.covering.limit, found.covering.currency
    readings = [
        Reading(
            at=point.on.isoformat(),
            low=limit - point.used.high,
            middle=limit - point.used.middle,
            high=limit - point.used.low,
            is_past=point.is_past,
        )
        for point in found.points
    ]
    said = f"What is left of {found.covering.title}, day by day; the table below says the same"
    wide, narrow = (
        course(
            readings,
            label=said,
            at_labels=_labels(found.points, _LABELS[size]),
            symbol=symbol(currency).strip() or currency,
            size=size,
        )
        for size in (WIDE, NARROW)
    )
    return Drawing(wide, narrow)


def rows(found: Outlook) -> list[Row]:
    """Return the days that the table shows: a week apart, or a month where the period is long."""
    limit = found.covering.limit
    return [_row(point, limit) for point in _picked(found.points)]


def every_row(found: Outlook) -> list[Row]:
    """Return every day, for the file."""
    return [_row(point, found.covering.limit) for point in found.points]


def verdict(found: Outlook) -> str:
    """Say in one sentence what becomes of the period."""
    covering = found.covering
    ends = _day(covering.period.ends_on)
    if found.has_ended:
        return f"The period is over. It used {_money(covering.used, covering)}."
    if covering.used >= covering.limit:
        return "There is nothing left for new orders."
    if not found.is_projected:
        return f"It has {_money(covering.limit - covering.used, covering)} left until {ends}."
    days = found.runs_out
    if days.expected is not None:
        return f"At this pace it is used up on {_day(days.expected)}, before it ends on {ends}."
    if days.earliest is not None:
        left = _money(covering.limit - found.end.middle, covering)
        return f"At this pace it lasts, with {left} left on {ends}; it could be tight."
    left = _money(covering.limit - found.end.middle, covering)
    return f"It lasts: about {left} will be left on {ends}."


def range_sentence(found: Outlook) -> str:
    """Say between which days it is used up, or nothing where it is not."""
    days = found.runs_out
    if not found.is_projected or days.earliest is None or days.earliest == found.today:
        return ""
    latest = f"by {_day(days.latest)}" if days.latest else "not at all in this period"
    return f"At the earliest on {_day(days.earliest)}, at the latest {latest}."


def unusual_sentence(week: UnusualWeek, currency: str) -> str:
    """Say which week was unusual, with its figure and the usual one."""
    days = f"{_day(week.first)} to {_day(week.last)}"
    usual = format_money(_cents(week.usual), currency)
    if week.amount <= 0:
        return f"{days}: nothing was used. A usual week takes {usual}."
    times = week.times.quantize(_TENTH, rounding=ROUND_HALF_UP)
    said = _WORDS.get(times, f"{times.normalize():f} times")
    took = format_money(week.amount, currency)
    return f"{days}: {took} was used, {said} the usual week of {usual}."


def _row(point: Point, limit: Decimal) -> Row:
    used = point.used
    left = Range(limit - used.high, limit - used.middle, limit - used.low)
    return Row(point.on, used, left, point.is_past)


def _picked(points: Sequence[Point]) -> list[Point]:
    last_past = max((place for place, one in enumerate(points) if one.is_past), default=-1)
    by_week = len(points) <= _DAYS_BY_WEEK
    return [
        one
        for place, one in enumerate(points)
        if place in (0, last_past, len(points) - 1)
        or (place % 7 == 0 if by_week else one.on.day == 1)
    ]


def _labels(points: Sequence[Point], at_most: int) -> dict[int, str]:
    step = max(-(-len(points) // at_most), 1)
    return {
        place: f"{points[place].on:%b} {points[place].on.day}"
        for place in range(0, len(points), step)
    }


def _day(on: date) -> str:
    return f"{on:%B} {on.day}"


def _money(amount: Decimal, covering: Covering) -> str:
    return format_money(max(_cents(amount), ZERO), covering.currency)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
