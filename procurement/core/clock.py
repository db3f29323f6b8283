"""The one place where the product reads the clock: edges call it and pass the time on."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return timezone.now()


def local_date(instant: datetime, time_zone: str) -> date:
    """Return the calendar day that an instant falls on in an IANA time zone."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def start_of(day: date, time_zone: str) -> datetime:
    """Return the first instant of a calendar day in an IANA time zone."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(time_zone))
