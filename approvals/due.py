"""By when something is to be decided, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.working_time import Calendar
from procurement.core.templatetags.face import clock_time, moment

_HOUR = 60
# From here on, working days say more than hours.
_IN_DAYS = 16 * _HOUR
_LONG = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Due:
    """How much time is left, in words, and its colour: ``stop`` when overdue, ``warn`` today."""

    words: str = ""
    kind: str = ""

    @property
    def is_overdue(self) -> bool:
        """Tell whether the time is over."""
        return self.kind == "stop"


def due_of(
    due_at: datetime | None, minutes_left: int | None, now: datetime, calendar: Calendar
) -> Due:
    """Return by when a stage is to be decided; nothing where it has no clock."""
    if minutes_left is not None:
        return Due("Clock stopped: question open", "wait")
    if due_at is None:
        return Due()
    if due_at <= now:
        return Due(_overdue(due_at, now, calendar), "stop")
    zone = ZoneInfo(calendar.time_zone)
    days = (due_at.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days == 0:
        return Due(f"Due today, {clock_time(due_at, calendar.time_zone)}", "warn")
    if days == 1:
        return Due(f"Due tomorrow, {clock_time(due_at, calendar.time_zone)}")
    return Due(f"Due {moment(due_at, calendar.time_zone)}")


def _overdue(due_at: datetime, now: datetime, calendar: Calendar) -> str:
    if now - due_at > _LONG:
        return f"Overdue since {moment(due_at, calendar.time_zone)}"
    minutes = calendar.minutes_between(due_at, now)
    if minutes < _HOUR:
        return "Overdue"
    if minutes < _IN_DAYS:
        return f"{_counted(minutes // _HOUR, 'working hour')} overdue"
    daily = (calendar.closes.hour * _HOUR + calendar.closes.minute) - (
        calendar.opens.hour * _HOUR + calendar.opens.minute
    )
    return f"{_counted(minutes // max(daily, 1), 'working day')} overdue"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
