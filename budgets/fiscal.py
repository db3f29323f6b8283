"""The organization's fiscal calendar: its years, halves, quarters and months, and their names.

Pure: days are days of the organization's own time zone. A year begins with a month, or is made of
weeks: 52 or 53 of them, in quarters of 13 that are divided 4-4-5 (or 4-5-4, 5-4-4). The year of
weeks ends on the same day of the week always, either the last of its kind in the closing month or
the one nearest to that month's end: the two 52-53-week years of 26 CFR § 1.441-2(a).
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_ORDINALS = ("First", "Second", "Third", "Fourth")
_DAY = timedelta(days=1)
_DAYS_OF_WEEK = 7
_WEEKS_OF_YEAR = 52
_MONTHS_OF_YEAR = 12


class PeriodKind(StrEnum):
    """How often a budget begins anew."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    HALF = "HALF"
    YEAR = "YEAR"

    @property
    def adjective(self) -> str:
        """Return the word that goes before "budget": monthly, quarterly, half-yearly or yearly."""
        return _ADJECTIVES[self]

    @property
    def plural(self) -> str:
        """Return the word that heads a list of periods: Months, Quarters, Half-years or Years."""
        return _PLURALS[self]

    @property
    def months(self) -> int:
        """Return how many months of twelve one period has."""
        return _MONTHS[self]

    @property
    def in_a_year(self) -> int:
        """Return how many of them make a year."""
        return _MONTHS_OF_YEAR // self.months


_ADJECTIVES = {
    PeriodKind.MONTH: "monthly",
    PeriodKind.QUARTER: "quarterly",
    PeriodKind.HALF: "half-yearly",
    PeriodKind.YEAR: "yearly",
}
_PLURALS = {
    PeriodKind.MONTH: "Months",
    PeriodKind.QUARTER: "Quarters",
    PeriodKind.HALF: "Half-years",
    PeriodKind.YEAR: "Years",
}
_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF: 6,
    PeriodKind.YEAR: 12,
}


class Pattern(StrEnum):
    """What a year is made of: calendar months, or weeks in the order that the digits give."""

    MONTHS = "MONTHS"
    WEEKS_445 = "445"
    WEEKS_454 = "454"
    WEEKS_544 = "544"

    @property
    def weeks(self) -> tuple[int, int, int]:
        """Return how many weeks each month of a quarter has; raises ValueError for MONTHS."""
        first, second, third = (int(digit) for digit in self.value)
        return first, second, third


class YearEnd(StrEnum):
    """On which of its weekdays a year of weeks ends, around the end of the closing month."""

    LAST = "LAST"
    NEAREST = "NEAREST"


class NamedFor(StrEnum):
    """Which calendar year gives a fiscal year its number."""

    ENDS = "ENDS"
    STARTS = "STARTS"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month, quarter, half or year of a fiscal calendar; both days belong to it.

    ``code`` is its name in addresses and files: ``2026-11`` for a calendar month, ``2026-P03`` for
    a month of weeks, ``2026-Q4``, ``2026-H2``, ``2026``; the year is the fiscal one. ``is_fiscal``
    holds where fiscal and calendar years differ, and is read off the code and the days.
    """

    starts_on: date
    ends_on: date
    kind: PeriodKind
    code: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.code:
            object.__setattr__(self, "code", period_of(self.kind, self.starts_on).code)

    @property
    def label(self) -> str:
        """Return the short name: ``Nov 2026``, ``P03 FY2026``, ``Q4 2026``, ``Q1 FY2027``."""
        year, _, part = self.code.partition("-")
        if self.kind is PeriodKind.YEAR:
            return self._year
        if part[:1] in ("Q", "H", "P"):
            return f"{part} {self._year}"
        return f"{self.starts_on:%b} {year}"

    @property
    def title(self) -> str:
        """Return the name in words: ``November 2026``, ``Fourth quarter 2026``, ``Year 2026``."""
        year, _, part = self.code.partition("-")
        if self.kind is PeriodKind.YEAR:
            return f"Year {year}" if not self.is_fiscal else f"Fiscal year {year}"
        if part[:1] == "Q":
            return f"{_ORDINALS[int(part[1:]) - 1]} quarter {self._year}"
        if part[:1] == "H":
            return f"{_ORDINALS[int(part[1:]) - 1]} half {self._year}"
        if part[:1] == "P":
            return f"Period {int(part[1:])} {self._year}"
        return f"{self.starts_on:%B} {year}"

    @property
    def is_fiscal(self) -> bool:
        """Tell whether its days are not those that the calendar year gives to its code."""
        return _calendar_days(self.kind, self.code) != (self.starts_on, self.ends_on)

    @property
    def renews_on(self) -> date:
        """Return the day on which the next one begins."""
        return self.ends_on + _DAY

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def _year(self) -> str:
        year = self.code.partition("-")[0]
        return f"FY{year}" if self.is_fiscal else year

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, order=True)
class YearRule:
    """How the years of an organization run, from a day on.

    ``weekday`` (Monday is 0) is the day on which weeks begin; it and ``year_end`` only matter where
    the year is made of weeks.
    """

    from_on: date = date.min
    start_month: int = 1
    pattern: Pattern = Pattern.MONTHS
    weekday: int = 0
    year_end: YearEnd = YearEnd.NEAREST
    named_for: NamedFor = NamedFor.ENDS

    def __post_init__(self) -> None:
        if not 1 <= self.start_month <= _MONTHS_OF_YEAR:
            raise ValueError("A year begins in one of twelve months.")
        if not 0 <= self.weekday <= 6:  # noqa: PLR2004 – days of a week
            raise ValueError("A week begins on one of seven days.")

    def year_start(self, anchor: int) -> date:
        """Return the first day of the fiscal year that begins around ``start_month`` of a year."""
        first = date(anchor, self.start_month, 1)
        if self.pattern is Pattern.MONTHS:
            return first
        # The year before ends on the weekday ahead of the one that weeks begin on.
        before = (first.weekday() - self.weekday) % 7
        last_on_or_before = first - timedelta(days=before)
        if self.year_end is YearEnd.LAST:
            return last_on_or_before
        return last_on_or_before + timedelta(days=7) if before > 3 else last_on_or_before  # noqa: PLR2004 – half a week

    def year_of(self, on: date) -> tuple[int, date, date]:
        """Return a day's fiscal year: the calendar year it is anchored in, first and last day."""
        anchor = on.year
        while self.year_start(anchor) > on:
            anchor -= 1
        while self.year_start(anchor + 1) <= on:
            anchor += 1
        return anchor, self.year_start(anchor), self.year_start(anchor + 1) - _DAY

    def number(self, anchor: int) -> int:
        """Return the number of the fiscal year that is anchored in a calendar year."""
        if self.start_month == 1 or self.named_for is NamedFor.STARTS:
            return anchor
        return anchor + 1

    def period_of(self, kind: PeriodKind, on: date) -> Period:
        """Return the period of a kind that a day falls into, were this the only rule."""
        anchor, starts_on, ends_on = self.year_of(on)
        number = self.number(anchor)
        if kind is PeriodKind.YEAR:
            return Period(starts_on, ends_on, kind, f"{number:04d}")
        starts = self._starts(anchor, kind)
        place = bisect_right(starts, on) - 1
        last = starts[place + 1] - _DAY if place + 1 < len(starts) else ends_on
        return Period(starts[place], last, kind, self._code(kind, number, place, starts[place]))

    def _starts(self, anchor: int, kind: PeriodKind) -> list[date]:
        """Return the first days of a year's periods of a kind."""
        if self.pattern is Pattern.MONTHS:
            return [
                _month_start(anchor, self.start_month + month)
                for month in range(0, _MONTHS_OF_YEAR, kind.months)
            ]
        weeks = self._weeks(kind)
        start = self.year_start(anchor)
        return [start + timedelta(weeks=sum(weeks[:place])) for place in range(len(weeks))]

    def _weeks(self, kind: PeriodKind) -> list[int]:
        """Return the weeks of a year's periods; a 53rd belongs to the last one."""
        if kind is PeriodKind.MONTH:
            return [*self.pattern.weeks] * 4
        return [_WEEKS_OF_YEAR // kind.in_a_year] * kind.in_a_year

    def _code(self, kind: PeriodKind, number: int, place: int, starts_on: date) -> str:
        if kind is PeriodKind.QUARTER:
            return f"{number:04d}-Q{place + 1}"
        if kind is PeriodKind.HALF:
            return f"{number:04d}-H{place + 1}"
        if self.pattern is Pattern.MONTHS:
            return f"{starts_on.year:04d}-{starts_on.month:02d}"
        return f"{number:04d}-P{place + 1:02d}"


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """The year rules of an organization, each from its day on; by default the calendar year.

    Where one rule follows another, the period that the change falls into is short: it ends, or
    begins, with the change. Less than a week that would be left of one belongs to the next, as
    where a year of weeks begins on January 3 and the rule holds from January 1.
    """

    rules: tuple[YearRule, ...] = (YearRule(),)

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError("A calendar has at least one rule.")
        if list(self.rules) != sorted(self.rules, key=lambda rule: rule.from_on):
            raise ValueError("Rules follow each other by the day from which they hold.")

    def rule_on(self, on: date) -> YearRule:
        """Return the rule that holds on a day; before the first one, the first."""
        place = bisect_right(self.rules, on, key=lambda rule: rule.from_on) - 1
        return self.rules[max(place, 0)]

    def period_of(self, kind: PeriodKind, on: date) -> Period:
        """Return the period of a kind that a day falls into, cut by a change of rules."""
        rule = self.rule_on(on)
        whole = rule.period_of(kind, on)
        place = self.rules.index(rule)
        until = self.rules[place + 1].from_on - _DAY if place + 1 < len(self.rules) else date.max
        if place and whole.starts_on < rule.from_on and whole.ends_on < until:
            rest = (whole.renews_on - rule.from_on).days
            whole = rule.period_of(kind, whole.renews_on) if rest < _DAYS_OF_WEEK else whole
        starts_on = whole.starts_on
        if place and (starts_on - rule.from_on).days < _DAYS_OF_WEEK:
            starts_on = rule.from_on
        return Period(starts_on, min(whole.ends_on, until), kind, whole.code)

    def after(self, period: Period) -> Period:
        """Return the period that begins the day after one ends."""
        return self.period_of(period.kind, period.renews_on)

    def before(self, period: Period) -> Period:
        """Return the period that ends the day before one begins."""
        return self.period_of(period.kind, period.starts_on - _DAY)

    def between(self, kind: PeriodKind, first: date, last: date) -> Iterable[Period]:
        """Yield the periods that hold at least one of the days from ``first`` to ``last``."""
        period = self.period_of(kind, first)
        while period.starts_on <= last:
            yield period
            period = self.after(period)

    def from_code(self, code: str) -> Period | None:
        """Return the period that a code such as ``2026-Q4`` names, or None when it names none."""
        kind = _kind_of(code)
        try:
            year = int(code[:4])
            around = date(year - 1, 1, 1), date(year + 1, _MONTHS_OF_YEAR, 31)
        except ValueError:
            return None
        if kind is None:
            return None
        return next((one for one in self.between(kind, *around) if one.code == code), None)


CALENDAR_YEAR = FiscalCalendar()


@lru_cache(maxsize=4096)
def period_of(kind: PeriodKind, on: date, calendar: FiscalCalendar = CALENDAR_YEAR) -> Period:
    """Return the period of a kind that a day of the organization's calendar falls into."""
    return calendar.period_of(kind, on)


def kinds_by_length(kinds: Iterable[PeriodKind]) -> Sequence[PeriodKind]:
    """Return kinds from the shortest to the longest."""
    return sorted(kinds, key=lambda kind: kind.months)


def _kind_of(code: str) -> PeriodKind | None:
    year, dash, part = code.partition("-")
    if len(year) != 4 or not year.isdigit():  # noqa: PLR2004 – digits of a year
        return None
    if not dash:
        return PeriodKind.YEAR
    named = {"Q": PeriodKind.QUARTER, "H": PeriodKind.HALF, "P": PeriodKind.MONTH}
    return named.get(part[:1], PeriodKind.MONTH if part.isdigit() else None)


def _calendar_days(kind: PeriodKind, code: str) -> tuple[date, date] | None:
    """Return the days that a code has in the calendar year, or None where it has none there."""
    year, _, part = code.partition("-")
    if kind is PeriodKind.YEAR:
        first = 1
    elif part[:1] in ("Q", "H"):
        first = (int(part[1:]) - 1) * kind.months + 1
    elif part.isdigit():
        first = int(part)
    else:
        return None
    last = first + kind.months - 1
    return date(int(year), first, 1), date(int(year), last, monthrange(int(year), last)[1])


def _month_start(year: int, month: int) -> date:
    return date(year + (month - 1) // _MONTHS_OF_YEAR, (month - 1) % _MONTHS_OF_YEAR + 1, 1)
