"""What a calendar says about who is away; pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.absence_feeds import AwayEvent, FeedUnreadable, read_events, wanted_of

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def calendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def days(first: str, after: str, *more: str, uid: str = "one") -> str:
    return "\n".join(
        (f"UID:{uid}", f"DTSTART;VALUE=DATE:{first}", f"DTEND;VALUE=DATE:{after}", *more)
    )


def hours(first: str, last: str, *more: str, uid: str = "one") -> str:
    return "\n".join((f"UID:{uid}", f"DTSTART:{first}", f"DTEND:{last}", *more))


def read(*events: str, is_personal: bool = True) -> list[AwayEvent]:
    return read_events(calendar(*events), now=NOW, zone=NEW_YORK, is_personal=is_personal)


OPAQUE = "TRANSP:OPAQUE"


def test_whole_days_are_those_of_the_organization() -> None:
    (event,) = read(days("20261201", "20261204", OPAQUE))
    assert event.starts_at == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert event.ends_at == datetime(2026, 12, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("more", "counts"),
    [
        (("SUMMARY:Kick-off",), False),
        (("SUMMARY:Kick-off", OPAQUE), True),
        (("SUMMARY:Public holiday", "TRANSP:TRANSPARENT"), False),
        (("SUMMARY:Vacation",), True),
        (("SUMMARY:On leave",), True),
        (("SUMMARY:Stopover",), False),
        (("SUMMARY:Lisbon", "CATEGORIES:Travel,Vacation"), True),
        (("SUMMARY:Lisbon", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"), True),
        (("SUMMARY:Vacation", "STATUS:CANCELLED", OPAQUE), False),
    ],
)
def test_what_counts_in_a_personal_calendar(
    more: tuple[str, ...],
    counts: bool,
) -> None:
    assert bool(read(days("20261201", "20261202", *more))) is counts


def test_a_short_event_with_such_a_word_is_a_talk_about_it() -> None:
    short = hours("20261201T130000Z", "20261201T140000Z", "SUMMARY:Vacation planning")
    assert read(short) == []
    assert len(read(hours("20261201T130000Z", "20261201T180000Z", "SUMMARY:Out of office"))) == 1


def test_every_event_of_an_organizations_calendar_counts_unless_cancelled() -> None:
    assert len(read(days("20261201", "20261202", "SUMMARY:x"), is_personal=False)) == 1
    cancelled = days("20261201", "20261202", "STATUS:CANCELLED")
    assert read(cancelled, is_personal=False) == []


def test_what_is_over_or_far_off_is_left_out() -> None:
    assert read(days("20261101", "20261110", OPAQUE)) == []
    assert read(days("20270601", "20270610", OPAQUE)) == []
    assert len(read(days("20261120", "20261130", OPAQUE))) == 1


def test_a_time_without_a_zone_is_the_organizations() -> None:
    (event,) = read(hours("20261201T090000", "20261201T170000", "SUMMARY:Out of office"))
    assert event.starts_at == datetime(2026, 12, 1, 14, tzinfo=UTC)


def test_a_moved_event_keeps_its_name_and_repeated_ones_have_one_each() -> None:
    (before,) = read(days("20261201", "20261202", OPAQUE))
    (after,) = read(days("20261203", "20261204", OPAQUE))
    assert before.uid == after.uid
    weekly = read(days("20261127", "20261128", OPAQUE, "RRULE:FREQ=WEEKLY;COUNT=3"))
    assert len({event.uid for event in weekly}) == len(weekly) == 3
    moved = days("20261205", "20261206", OPAQUE, "RECURRENCE-ID;VALUE=DATE:20261204")
    again = read(days("20261127", "20261128", OPAQUE, "RRULE:FREQ=WEEKLY;COUNT=3"), moved)
    assert {event.uid for event in again} == {event.uid for event in weekly}
    assert {event.starts_at for event in again} != {event.starts_at for event in weekly}


def test_who_is_meant_is_invited_or_named_and_the_organizer_comes_last() -> None:
    (event,) = read(
        days(
            "20261201",
            "20261202",
            "SUMMARY:Bob (bob@northwind.example) is away",
            "ATTENDEE;CN=Erin:mailto:Erin@Northwind.example",
            "ORGANIZER:mailto:hr@northwind.example",
        ),
        is_personal=False,
    )
    assert event.addresses == (
        "erin@northwind.example",
        "bob@northwind.example",
        "hr@northwind.example",
    )
    known = {"bob@northwind.example": "Bob", "hr@northwind.example": "Adam"}
    (wanted,), unmatched = wanted_of([event], known)
    assert (wanted.member, unmatched) == ("Bob", [])
    assert wanted_of([event], {}) == ([], [event])


@pytest.mark.parametrize("text", ["", "hello", "<html></html>", "BEGIN:VCALENDAR", "\x00"])
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(FeedUnreadable):
        read_events(text, now=NOW, zone=NEW_YORK, is_personal=True)


@pytest.mark.parametrize("often", ["SECONDLY", "MINUTELY", "HOURLY"])
def test_a_rule_that_would_never_end_is_refused(often: str) -> None:
    with pytest.raises(FeedUnreadable):
        read(hours("20261127T090000Z", "20261127T170000Z", f"RRULE:FREQ={often}"))


@given(
    hour=st.integers(-24 * 20, 24 * 70),
    lasts=st.integers(0, 20 * 24),
)
def test_an_event_never_ends_before_it_starts_nor_in_the_past(hour: int, lasts: int) -> None:
    starts = NOW + timedelta(hours=hour)
    ends = starts + timedelta(hours=lasts)
    found = read(hours(f"{starts:%Y%m%dT%H%M%S}", f"{ends:%Y%m%dT%H%M%S}"), is_personal=False)
    assert len(found) <= 1
    for event in found:
        assert event.starts_at < event.ends_at
        assert event.ends_at > NOW
