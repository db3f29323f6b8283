"""How long deciding may take: due times, reminders and expiry in working time (pure)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.working_time import Calendar

_HOUR = 60
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """What an organization has set, with the calendar that it is counted in.

    ``remind_hours_before`` of 0 reminds nobody, ``warn_days_before`` of 0 warns nobody.
    """

    calendar: Calendar
    hours_to_decide: int
    remind_hours_before: int
    escalates: bool
    expire_after_days: int
    warn_days_before: int

    def due_at(self, now: datetime) -> datetime:
        """Return by when a stage that opens is to be decided."""
        return self.calendar.add_minutes(now, self.hours_to_decide * _HOUR)

    def expires_at(self, now: datetime) -> datetime:
        """Return when a request that is made expires."""
        return self.calendar.add_days(now, self.expire_after_days)

    def reminds_until(self, now: datetime) -> datetime:
        """Return up to which due time people are reminded."""
        if not self.remind_hours_before:
            return _NEVER
        return self.calendar.add_minutes(now, self.remind_hours_before * _HOUR)

    def reminds_of(self, due_at: datetime, now: datetime) -> bool:
        """Tell whether a due time is near enough to be reminded of."""
        return due_at <= self.reminds_until(now)

    def warns_until(self, now: datetime) -> datetime:
        """Return up to which end of a request people are warned."""
        return (
            self.calendar.add_days(now, self.warn_days_before) if self.warn_days_before else _NEVER
        )

    def warns_of(self, expires_at: datetime, now: datetime) -> bool:
        """Tell whether a request ends so soon that people are warned."""
        return expires_at <= self.warns_until(now)

    def minutes_left(self, due_at: datetime, now: datetime) -> int:
        """Return how much working time is left until a due time; none when that has passed."""
        return self.calendar.minutes_between(now, due_at)
