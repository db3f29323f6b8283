"""Absences from calendars: what an iCalendar feed says (pure), and fetching it from outside."""

from approvals.absence_feeds.reading import (
    AwayEvent,
    FeedUnreadable,
    Wanted,
    addresses_of,
    read_events,
    wanted_of,
)

__all__ = [
    "AwayEvent",
    "FeedUnreadable",
    "Wanted",
    "addresses_of",
    "read_events",
    "wanted_of",
]
