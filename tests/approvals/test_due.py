"""By when something is to be decided, as people read it."""

from datetime import UTC, datetime, time

import pytest
import time_machine

from accounts.working_time import Calendar
from approvals.due import Due, due_of

# A Tuesday, 3 PM in New York.
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
CALENDAR = Calendar(time_zone="America/New_York", opens=time(9), closes=time(17))


def at(day: int, hour: int) -> datetime:
    """Return an hour of November in New York."""
    return datetime(2026, 11, day, hour + 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_at", "words", "kind"),
    [
        (at(24, 16), "Due today, 4:00 PM", "warn"),
        (at(25, 10), "Due tomorrow, 10:00 AM", ""),
        (at(27, 10), "Due Fri, Nov 27, 10:00 AM", ""),
        (at(24, 15), "Overdue", "stop"),
        (at(24, 13), "2 working hours overdue", "stop"),
        (at(23, 16), "7 working hours overdue", "stop"),
        (at(20, 15), "2 working days overdue", "stop"),
        (datetime(2026, 7, 1, 16, tzinfo=UTC), "Overdue since Wed, Jul 1, 12:00 PM", "stop"),
        (None, "", ""),
    ],
)
def test_what_is_left_is_said_in_working_time(
    due_at: datetime | None, words: str, kind: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert due_of(due_at, None, NOW, CALENDAR) == Due(words, kind)


def test_while_a_question_is_open_nothing_is_due() -> None:
    found = due_of(None, 90, NOW, CALENDAR)
    assert found.words == "Clock stopped: question open"
    assert not found.is_overdue
