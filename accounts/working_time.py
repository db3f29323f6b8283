"""Working time: hours and days on which an organization works, and counting in them (pure).

Time is counted as it passes: where a clock is put forward or back within the working hours of a
day, that day is an hour shorter or longer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})
OPENS = time(9)
CLOSES = time(17)

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def _none(year: int) -> Mapping[date, str]:  # noqa: ARG001 – no year has any
    return {}


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an organization works.

    ``weekdays`` are ISO numbers, Monday is 1. ``holidays`` returns those of a year by their date.
    ``own_days`` tell of single days whether they are worked, whatever weekday or holiday they are.
    ``time_zone`` is an IANA name; instants go in and come out aware, in UTC.
    """

    time_zone: str = "UTC"
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    opens: time = OPENS
    closes: time = CLOSES
    holidays: Callable[[int], Mapping[date, str]] = _none
    own_days: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Tell whether a day is worked."""
        own = self.own_days.get(day)
        if own is not None:
            return own
        return day.isoweekday() in self.weekdays and day not in self.holidays(day.year)

    def add_minutes(self, at: datetime, minutes: int) -> datetime:
        """Return the instant by which so many minutes have been worked since another.

        None at all gives the instant itself, or the next one at which work begins.
        """
        left = minutes * _MINUTE
        for start, end in self._windows_from(at):
            begin = max(start, at)
            if begin + left < end or (minutes and begin + left == end):
                return (begin + left).astimezone(UTC)
            left -= end - begin
        raise OverflowError("The calendar has no working time left.")

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return how many whole minutes are worked from one instant to another; 0 backwards."""
        worked = timedelta()
        for opens, closes in self._windows_from(start):
            if opens >= end:
                break
            worked += min(closes, end) - max(opens, start)
        return max(worked, timedelta()) // _MINUTE

    def add_days(self, at: datetime, days: int) -> datetime:
        """Return the instant so many working days later, at the same time of day.

        A time of day outside working hours becomes the nearer end of them.
        """
        day = self._day_of(at)
        while days > 0:
            day += _DAY
            days -= self.is_working_day(day)
        while not self.is_working_day(day):
            day += _DAY
        local = at.astimezone(ZoneInfo(self.time_zone)).time()
        return self._instant(day, min(max(local, self.opens), self.closes))

    def _windows_from(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working hours of each day, from those that have not ended at an instant on."""
        day = self._day_of(at)
        while day < date.max:
            window = self._window(day)
            if window is not None and window[1] > at:
                yield window
            day += _DAY

    def _window(self, day: date) -> tuple[datetime, datetime] | None:
        if not self.is_working_day(day):
            return None
        start, end = self._instant(day, self.opens), self._instant(day, self.closes)
        return (start, end) if start < end else None

    def _instant(self, day: date, local: time) -> datetime:
        return datetime.combine(day, local, tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()
