"""On which day an order is wanted, and in which budget periods it counts (pure).

Days are days of the organization's own time zone.
"""

from calendar import monthrange
from datetime import date

MONTHS_AHEAD = 18
_MONTHS_OF_YEAR = 12


def day_charged(on: date, wanted_on: date | None, *, by_delivery: bool) -> date:
    """Return the day whose budget periods an order of a day counts in.

    That is the day itself, or the one on which it is wanted, where that is later and the
    organization charges ``by_delivery``.
    """
    if by_delivery and wanted_on is not None and wanted_on > on:
        return wanted_on
    return on


def latest_wanted(on: date) -> date:
    """Return the last day that can be wanted on a day: that of the month 18 months ahead."""
    month = on.month - 1 + MONTHS_AHEAD
    year, month = on.year + month // _MONTHS_OF_YEAR, month % _MONTHS_OF_YEAR + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


def why_not_wanted(wanted_on: date, on: date) -> str:
    """Return why an order of a day cannot be wanted on another one, or nothing when it can."""
    if wanted_on < on:
        return "This day has passed. Choose today or a later one, or leave it empty."
    last = latest_wanted(on)
    if wanted_on > last:
        return f"Choose a day until {last:%b} {last.day}, {last.year}: {MONTHS_AHEAD} months ahead."
    return ""
