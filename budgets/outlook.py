"""How far a budget will last: a projection to the period's end, with an honest range.

Pure. The middle is what the pace of past days makes of the days ahead. The range holds the outcome
four times in five: it is drawn from how far past weeks strayed, widened for how long they tell of
the future, and reaches further up than down, since large orders are rarer than small ones are
frequent. How often it holds on the purchases that it was tuned on stands in docs/budgets.md.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

from budgets.pace import DAY, FEWEST_WEEKS, ZERO, History, Pace, UnusualWeek, pace_of, unusual_weeks
from budgets.rules import FULL, Covering

RANGE_PERCENT = 80
_CENT = Decimal("0.01")
# One-sided 90 % points of Student's t, by the number of weeks that the deviation was read off.
_REACHES = (
    (26, Decimal("1.32")),
    (13, Decimal("1.36")),
    (8, Decimal("1.42")),
    (6, Decimal("1.48")),
    (5, Decimal("1.54")),
    (4, Decimal("1.64")),
)
# Tuned on a city's purchases, all of its divisions: how often the range holds there was fitted.
_LEVEL_WANDERS = Decimal("0.125")
_UPWARDS = Decimal("1.2")


@dataclass(frozen=True, slots=True)
class Assumption:
    """What if: the cap raised by a share, a month like the last one, an amount on a day."""

    raise_percent: Decimal = ZERO
    is_like_last_month: bool = False
    extra: Decimal = ZERO
    extra_on: date | None = None

    def __bool__(self) -> bool:
        return bool(self.raise_percent or self.is_like_last_month or self.extra)


AS_IT_IS = Assumption()


@dataclass(frozen=True, slots=True)
class Range:
    """An amount that is expected, and between which two it will probably lie."""

    low: Decimal
    middle: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Point:
    """What is used at the end of a day: as it was, or as it is expected."""

    on: date
    used: Range
    is_past: bool


@dataclass(frozen=True, slots=True)
class RunsOut:
    """The days on which orders stop: expected, at the earliest, at the latest.

    None means not within the period.
    """

    earliest: date | None
    expected: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of a period; without ``pace`` too little is known and nothing is projected.

    ``covering`` has the cap that was assumed. ``short`` is what the cap lacks to last to the end.
    """

    covering: Covering
    today: date
    assumption: Assumption
    pace: Pace | None
    weeks_known: int
    points: tuple[Point, ...]
    end: Range
    runs_out: RunsOut
    short: Range
    unusual: tuple[UnusualWeek, ...]

    @property
    def is_projected(self) -> bool:
        """Tell whether days lie ahead, and enough is known to say what they will take."""
        return self.pace is not None and self.today < self.covering.period.ends_on

    @property
    def missing(self) -> Decimal:
        """Return what the cap lacks: as expected, or on the safe side where that is nothing."""
        return self.short.middle or self.short.high

    @property
    def needed(self) -> Decimal:
        """Return the cap with which it lasts."""
        return self.covering.cap + self.missing

    @property
    def has_ended(self) -> bool:
        """Tell whether the period is over."""
        return self.today > self.covering.period.ends_on

    @property
    def weeks_missing(self) -> int:
        """Return how many whole weeks it takes until something can be said; at least one."""
        return max(FEWEST_WEEKS - self.weeks_known, 1)


def outlook(
    covering: Covering,
    history: History | None,
    so_far: Mapping[date, Decimal],
    *,
    today: date,
    assumption: Assumption = AS_IT_IS,
) -> Outlook:
    """Project a period to its end.

    ``history`` is what orders took on each day of this and past periods, None where nothing is
    known; ``so_far`` is every change of what is used in this period, by day.
    """
    period = covering.period
    raised = replace(covering, cap=_raised(covering.cap, assumption.raise_percent))
    pace = (
        pace_of(
            history,
            today=today,
            ends_on=period.ends_on,
            is_like_last_month=assumption.is_like_last_month,
        )
        if history
        else None
    )
    taken_today = history.daily.get(today, ZERO) if history and today in period else None
    past = tuple(_past(covering, so_far, today))
    ahead = tuple(_ahead(covering, pace, today, assumption, taken_today)) if pace else ()
    end = ahead[-1].used if ahead else Range(covering.used, covering.used, covering.used)
    return Outlook(
        covering=raised,
        today=today,
        assumption=assumption,
        pace=pace,
        weeks_known=len(history.weeks_before(today, FEWEST_WEEKS)) if history else 0,
        points=(*past, *ahead),
        end=end,
        runs_out=_runs_out(raised, ahead, today),
        short=Range(*(_short(raised, used) for used in (end.low, end.middle, end.high))),
        unusual=unusual_weeks(history, today=today, since=period.starts_on) if history else (),
    )


def _raised(cap: Decimal, percent: Decimal) -> Decimal:
    return max(_cents(cap * (FULL + percent) / FULL), ZERO)


def _past(covering: Covering, so_far: Mapping[date, Decimal], today: date) -> Iterator[Point]:
    """Yield what was used at the end of each day until today; the last one is what is used now.

    What moved before the period began, or is booked on a day to come, counts where the drawing
    begins and ends.
    """
    period = covering.period
    last = min(today, period.ends_on)
    later = sum((amount for day, amount in so_far.items() if day > last), ZERO)
    used = (
        covering.used
        - later
        - sum((amount for day, amount in so_far.items() if period.starts_on <= day <= last), ZERO)
    )
    day = period.starts_on
    while day <= last:
        used += so_far.get(day, ZERO)
        shown = covering.used if day == last else used
        yield Point(day, Range(shown, shown, shown), is_past=True)
        day += DAY


def _ahead(
    covering: Covering,
    pace: Pace,
    today: date,
    assumption: Assumption,
    taken_today: Decimal | None,
) -> Iterator[Point]:
    """Yield what is expected to be used at the end of each day after today."""
    day = max(today + DAY, covering.period.starts_on)
    share = further = ZERO
    if taken_today is not None and (expected := pace.expected(today)) > 0:
        # What today still takes, were it a usual one.
        further = max(expected - max(taken_today, ZERO), ZERO)
        share = further / expected * pace.weekdays[today.weekday()]
    extra_on = max(assumption.extra_on or day, day)
    low = ZERO
    while day <= covering.period.ends_on:
        further += pace.expected(day)
        share += pace.weekdays[day.weekday()]
        down = _strays(pace, share)
        low = max(low, further - down)
        base = covering.used + (assumption.extra if day >= extra_on else ZERO)
        used = Range(
            _cents(base + min(low, further)),
            _cents(base + further),
            _cents(base + further + down * _UPWARDS),
        )
        yield Point(day, used, is_past=False)
        day += DAY


def _strays(pace: Pace, weeks: Decimal) -> Decimal:
    """Return how far so many weeks may stray from the pace, down; the level itself may be off."""
    reach = next(
        (reach for fewest, reach in _REACHES if pace.spread_weeks >= fewest), _REACHES[-1][1]
    )
    level = 1 / pace.weeks + _LEVEL_WANDERS
    return reach * pace.spread * pace.season * (weeks + weeks * weeks * level).sqrt()


def _runs_out(covering: Covering, ahead: tuple[Point, ...], today: date) -> RunsOut:
    limit = covering.limit
    if covering.used >= limit:
        return RunsOut(today, today, today)

    def first(use: Callable[[Range], Decimal]) -> date | None:
        return next((point.on for point in ahead if use(point.used) >= limit), None)

    return RunsOut(
        earliest=first(lambda used: used.high),
        expected=first(lambda used: used.middle),
        latest=first(lambda used: used.low),
    )


def _short(covering: Covering, used: Decimal) -> Decimal:
    """Return how much higher the cap has to be for so much use, orders stopping where they do."""
    needed = (used * FULL / covering.block_percent).quantize(_CENT, rounding=ROUND_UP)
    return max(needed - covering.cap, ZERO)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
