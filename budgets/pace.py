"""How a budget is used up, as its past days tell: so much a week, on which weekdays, how steadily.

Pure. Amounts are Decimals of the organization's currency; days are days of its time zone. Weeks are
seven whole days counted back from yesterday, so that a day that is not over weighs nothing. Where
too little is known the answer is none, not a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
FEWEST_WEEKS = 4
_LEVEL_WEEKS = 13
_SPREAD_WEEKS = 26
_MONTH_DAYS = 30
_A_YEAR = timedelta(days=364)  # whole weeks, so that weekdays meet
_YEARS_BACK = (1, 2)
_SEASON_AT_MOST = Decimal(3)
_EVEN = (Decimal(1) / 7,) * 7

_FEWEST_WEEKS_COMPARED = 8
_MAD_TO_DEVIATION = Decimal("1.4826")
_DEVIATIONS = 3
_STEADIEST = Decimal("0.1")  # of a usual week: the least that weeks are taken to differ by


@dataclass(frozen=True, slots=True)
class History:
    """What a budget took on each day, less what came back; a day that is missing took nothing.

    ``first`` is the first day that is known.
    """

    first: date
    daily: Mapping[date, Decimal]

    def between(self, first: date, last: date) -> Decimal:
        """Return what the days from ``first`` to ``last`` took together."""
        days = (last - first).days + 1
        return sum((self.daily.get(first + DAY * n, ZERO) for n in range(days)), ZERO)

    def weeks_before(self, on: date, at_most: int) -> tuple[Decimal, ...]:
        """Return what each whole week before a day took, the latest first."""
        known = max((on - self.first).days // 7, 0)
        return tuple(
            self.between(on - WEEK * (n + 1), on - WEEK * n - DAY)
            for n in range(min(known, at_most))
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """What a usual week takes from here on, and how far weeks stray from it.

    ``weekdays`` are the shares of Monday to Sunday, 1 together. ``season`` is how much livelier
    the days ahead were in earlier years than those behind, halved in effect since one year is
    little to go by; 1 where no year is known. ``spread`` is the deviation of one week from the
    next, and ``weeks`` how many the level was read off.
    """

    weekly: Decimal
    weekdays: tuple[Decimal, ...]
    season: Decimal
    spread: Decimal
    weeks: Decimal
    spread_weeks: int

    def expected(self, on: date) -> Decimal:
        """Return what a day is expected to take."""
        return self.weekly * self.season * self.weekdays[on.weekday()]


@dataclass(frozen=True, slots=True)
class UnusualWeek:
    """A week that took much more, or much less, than the weeks before it."""

    first: date
    last: date
    amount: Decimal
    usual: Decimal

    @property
    def times(self) -> Decimal:
        """Return how many usual weeks it makes."""
        return self.amount / self.usual


def pace_of(
    history: History, *, today: date, ends_on: date, is_like_last_month: bool = False
) -> Pace | None:
    """Return the pace at which days up to ``ends_on`` will be used, or None: too little is known.

    It takes four whole weeks of which at least half took something. The level is that of the last
    quarter, or with ``is_like_last_month`` of the last 30 days.
    """
    weeks = history.weeks_before(today, _SPREAD_WEEKS)
    if len(weeks) < FEWEST_WEEKS or sum(week != 0 for week in weeks) * 2 < FEWEST_WEEKS:
        return None
    level = weeks[:_LEVEL_WEEKS]
    weekly, counted = sum(level, ZERO) / len(level), Decimal(len(level))
    if is_like_last_month:
        days = min(_MONTH_DAYS, (today - history.first).days)
        weekly = history.between(today - DAY * days, today - DAY) * 7 / days
        counted = Decimal(days) / 7
    return Pace(
        weekly=max(weekly, ZERO),
        weekdays=_weekdays(history, today, len(weeks)),
        season=_season(history, today, ends_on, len(level)),
        spread=_deviation(weeks),
        weeks=counted,
        spread_weeks=len(weeks),
    )


def unusual_weeks(history: History, *, today: date, since: date) -> tuple[UnusualWeek, ...]:
    """Return the weeks that have ended on or after a day and were not as usual, the latest first.

    Each is held against the median of up to 26 weeks before it, of which it takes eight. It stands
    out beyond three robust deviations (1.4826 times the median distance from the median), and by
    twice the usual or by nothing at all.
    """
    weeks = history.weeks_before(today, _SPREAD_WEEKS * 2)
    found = []
    for place, amount in enumerate(weeks):
        last = today - WEEK * place - DAY
        before = weeks[place + 1 : place + 1 + _SPREAD_WEEKS]
        if last < since or len(before) < _FEWEST_WEEKS_COMPARED:
            break
        usual = _median(before)
        apart = max(_median([abs(one - usual) for one in before]), usual * _STEADIEST)
        reach = _DEVIATIONS * _MAD_TO_DEVIATION * apart
        is_much = amount > usual + reach and amount >= 2 * usual
        is_nothing = amount <= 0 and usual > reach
        if usual > 0 and (is_much or is_nothing):
            found.append(UnusualWeek(last - WEEK + DAY, last, amount, usual))
    return tuple(found)


def _weekdays(history: History, today: date, weeks: int) -> tuple[Decimal, ...]:
    """Return the share of each weekday in whole weeks; even where nothing was used on the whole."""
    sums = [ZERO] * 7
    for back in range(1, weeks * 7 + 1):
        day = today - DAY * back
        sums[day.weekday()] += history.daily.get(day, ZERO)
    shares = [max(one, ZERO) for one in sums]
    whole = sum(shares, ZERO)
    return tuple(one / whole for one in shares) if whole else _EVEN


def _season(history: History, today: date, ends_on: date, weeks: int) -> Decimal:
    """Compare the days ahead with the weeks behind, as both were in earlier years."""
    ahead = (ends_on - today).days
    ratios = []
    for years in _YEARS_BACK:
        then = today - _A_YEAR * years
        if ahead < 1 or then - WEEK * weeks < history.first:
            break
        behind = history.between(then - WEEK * weeks, then - DAY) / (weeks * 7)
        after = history.between(then + DAY, ends_on - _A_YEAR * years) / ahead
        if behind > 0 and after > 0:
            ratios.append(after / behind)
    if not ratios:
        return Decimal(1)
    product = ratios[0] * ratios[1] if len(ratios) > 1 else ratios[0] ** 2
    halved = product.sqrt().sqrt()
    return min(max(halved, 1 / _SEASON_AT_MOST), _SEASON_AT_MOST)


def _deviation(weeks: Sequence[Decimal]) -> Decimal:
    mean = sum(weeks, ZERO) / len(weeks)
    return (sum(((one - mean) ** 2 for one in weeks), ZERO) / (len(weeks) - 1)).sqrt()


def _median(values: Sequence[Decimal]) -> Decimal:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
