"""Spans of days that a report covers, as an address has them: ``2026-11``, ``2026-Q4``, ``12m``.

Pure: the caller says which day it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ALL = "all"
DEFAULT = "12m"
_FIRST_DAY = date(1900, 1, 1)
_QUARTERS = ("First", "Second", "Third", "Fourth")
_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_QUARTER = re.compile(r"^(\d{4})-Q([1-4])$")
_YEAR = re.compile(r"^(\d{4})$")
_ROLLING = re.compile(r"^(\d{1,3})m$")
_SPAN = re.compile(r"^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$")


class UnknownPeriod(ValueError):
    """The text is not a period."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``since`` to ``until``, both included, under the code of the address."""

    code: str
    since: date
    until: date

    @property
    def label(self) -> str:
        """Return the period in words: "Fourth quarter 2026", "November 2026"."""
        if self.code == ALL:
            return "All time"
        if match := _ROLLING.match(self.code):
            return f"Last {match[1]} months"
        if match := _QUARTER.match(self.code):
            return f"{_QUARTERS[int(match[2]) - 1]} quarter {match[1]}"
        if _MONTH.match(self.code):
            return f"{self.since:%B %Y}"
        if _YEAR.match(self.code):
            return self.code
        return self.days

    @property
    def days(self) -> str:
        """Return the first and the last day in words: "October 1 to November 23, 2026"."""
        if self.code == ALL:
            return f"up to {_day(self.until)}, {self.until.year}"
        first = _day(self.since)
        if self.since.year != self.until.year:
            first = f"{first}, {self.since.year}"
        if self.since == self.until:
            return f"{_day(self.until)}, {self.until.year}"
        return f"{first} to {_day(self.until)}, {self.until.year}"

    @property
    def before(self) -> "Period | None":
        """Return the span of equal length that ends the day before; None for all time.

        Whole months are compared with as many whole months, whatever their days.
        """
        if self.code == ALL:
            return None
        end = self.since - timedelta(days=1)
        if self.since.day == 1 and (self.until + timedelta(days=1)).day == 1:
            months = _months_between(self.since, self.until)
            return span(_add_months(self.since, -months), end)
        return span(self.since - (self.until - self.since) - timedelta(days=1), end)

    def within_month(self, month: date) -> "Period":
        """Return the part of the period that lies in a month, given by its first day."""
        last = _add_months(month, 1) - timedelta(days=1)
        if self.since <= month and last <= self.until:
            return Period(month_of(month), month, last)
        return span(max(self.since, month), min(self.until, last))

    @property
    def months(self) -> Iterator[date]:
        """Yield the first day of every month that the period touches."""
        month = self.since.replace(day=1)
        while month <= self.until:
            yield month
            month = _add_months(month, 1)


def span(since: date, until: date) -> Period:
    """Return the period of two days, both included."""
    return Period(f"{since.isoformat()}..{until.isoformat()}", since, until)


def month_of(day: date) -> str:
    """Return the code of the month that a day is in."""
    return f"{day:%Y-%m}"


def parse(code: str, *, today: date) -> Period:
    """Return the period that a code stands for on a day; raises `UnknownPeriod`.

    A current month, quarter or year ends today, so that it is compared with as many days before.
    """
    since, until = _bounds(code, today)
    if since > until:
        raise UnknownPeriod(f"“{code}” ends before it starts.")
    return Period(code, since, until)


def choices(today: date) -> list[tuple[str, str]]:
    """Return the periods offered to choose from on a day, as (code, label)."""
    quarter = (today.month - 1) // 3
    before = (today.year, quarter) if quarter else (today.year - 1, 4)
    codes = [
        DEFAULT,
        month_of(today),
        month_of(_add_months(today.replace(day=1), -1)),
        f"{today.year}-Q{quarter + 1}",
        f"{before[0]}-Q{before[1]}",
        str(today.year),
        str(today.year - 1),
        ALL,
    ]
    return [(code, parse(code, today=today).label) for code in codes]


def _bounds(code: str, today: date) -> tuple[date, date]:
    try:
        if code == ALL:
            return _FIRST_DAY, today
        if match := _ROLLING.match(code):
            return _add_months(today.replace(day=1), 1 - max(int(match[1]), 1)), today
        if match := _SPAN.match(code):
            return date.fromisoformat(match[1]), date.fromisoformat(match[2])
        if match := _MONTH.match(code):
            first, months = date(int(match[1]), int(match[2]), 1), 1
        elif match := _QUARTER.match(code):
            first, months = date(int(match[1]), int(match[2]) * 3 - 2, 1), 3
        elif match := _YEAR.match(code):
            first, months = date(int(match[1]), 1, 1), 12
        else:
            raise UnknownPeriod(f"“{code}” is not a period; write 2026, 2026-Q4, 2026-11 or 12m.")
        last = _add_months(first, months) - timedelta(days=1)
    except (ValueError, OverflowError) as error:
        if isinstance(error, UnknownPeriod):
            raise
        raise UnknownPeriod(f"“{code}” names days that do not exist.") from error
    return first, (min(last, today) if first <= today else last)


def _add_months(first: date, months: int) -> date:
    """Return the first day of the month so many months after that of ``first``."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _months_between(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month + 1


def _day(day: date) -> str:
    return f"{day:%B} {day.day}"
