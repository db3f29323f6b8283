"""Changing the fiscal calendar: from when, what then comes, and what would be called the same.

Pure. Periods that have been opened keep their days and names, so a change begins after all of them.
"""

from calendar import day_name, month_name
from dataclasses import dataclass, replace
from datetime import date, timedelta

from budgets.fiscal import FiscalCalendar, NamedFor, Pattern, Period, PeriodKind, YearEnd, YearRule

_DAY = timedelta(days=1)
# Names can only meet around a change; further away each rule is alone.
_BEFORE = timedelta(days=800)
_AFTER = timedelta(days=1200)
_YEAR = timedelta(days=365)


class CalendarRefused(ValueError):
    """A change of the calendar that cannot be, in a sentence, beside the field it is about."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


@dataclass(frozen=True, slots=True)
class Coming:
    """The periods of one kind that a calendar brings, as a preview shows them."""

    kind: PeriodKind
    periods: tuple[Period, ...]


def first_possible(opened_until: date | None) -> date | None:
    """Return the first day on which a change can begin; None where nothing has been opened yet."""
    return None if opened_until is None else opened_until + _DAY


def changed(
    calendar: FiscalCalendar, rule: YearRule, *, opened_until: date | None
) -> FiscalCalendar:
    """Return the calendar with another rule, in place of changes that have not begun yet.

    ``opened_until`` is the last day of all periods that have been opened. Where nothing has been,
    the rule holds for always. The rule that is in force anyway just takes back what was to come.
    Raises `CalendarRefused` on a day that is too early, and where two periods would have one name.
    """
    if opened_until is None:
        return FiscalCalendar((replace(rule, from_on=date.min),))
    always, *later = calendar.rules
    kept = [
        replace(always, from_on=date.min),
        *(one for one in later if one.from_on <= opened_until),
    ]
    if replace(rule, from_on=kept[-1].from_on) == kept[-1]:
        return FiscalCalendar(tuple(kept))
    if rule.from_on <= opened_until:
        first = opened_until + _DAY
        raise CalendarRefused(
            f"Periods are open until {_day(opened_until)}. The change can begin on {_day(first)} "
            "at the earliest.",
            "from_on",
        )
    found = FiscalCalendar((*kept, rule))
    for kind in PeriodKind:
        doubled = _doubled(found, kind, rule.from_on)
        if doubled:
            one, other = doubled
            raise CalendarRefused(
                f"Two periods would be called {one.label}: the one from {_day(one.starts_on)} and "
                f"the one from {_day(other.starts_on)}. Begin on the first day of a fiscal year, "
                "or name years for the other calendar year.",
                "from_on",
            )
    return found


def coming(calendar: FiscalCalendar, first: date) -> tuple[Coming, ...]:
    """Return the periods of each kind that hold a day of the year that begins with ``first``."""
    return tuple(
        Coming(kind, tuple(calendar.between(kind, first, first + _YEAR - _DAY)))
        for kind in PeriodKind
    )


def year_words(rule: YearRule) -> str:
    """Say how years run by a rule, in a sentence."""
    month = month_name[rule.start_month]
    if rule.pattern is Pattern.MONTHS:
        begins = f"A year has twelve months and begins on the first of {month}."
    else:
        weeks = "-".join(str(number) for number in rule.pattern.weeks)
        ends = "the last" if rule.year_end is YearEnd.LAST else "the one nearest to the end"
        closing = month_name[(rule.start_month - 2) % 12 + 1]
        begins = (
            f"A year has 52 or 53 weeks, each quarter {weeks}. It ends on a "
            f"{day_name[(rule.weekday - 1) % 7]}: {ends} of {closing}."
        )
    if rule.start_month == 1:
        return begins
    named = "ends" if rule.named_for is NamedFor.ENDS else "begins"
    return f"{begins} It is named for the year in which it {named}."


def _doubled(
    calendar: FiscalCalendar, kind: PeriodKind, around: date
) -> tuple[Period, Period] | None:
    seen: dict[str, Period] = {}
    for one in calendar.between(kind, around - _BEFORE, around + _AFTER):
        if one.code in seen:
            return seen[one.code], one
        seen[one.code] = one
    return None


def _day(on: date) -> str:
    return f"{on:%b} {on.day}, {on.year}"
