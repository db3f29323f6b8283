"""How somebody is told: never lost, only delayed, and by the clock where they are."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.notifying import EVENT_WORDS, NotificationEvent
from accounts.telling import (
    MANDATORY,
    Choice,
    EmailChoice,
    Hours,
    Wishes,
    problem_of_choice,
    problem_of_hours,
    tellings,
    usual_choice,
)
from procurement.outbox.kinds import Channel

E = NotificationEvent
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in (
    "UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia",
    "Australia/Lord_Howe", "America/Havana", "Africa/Cairo",
)]  # fmt: skip

minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
instants = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 – hypothesis adds the zone
    datetime(2030, 1, 1),  # noqa: DTZ001 – the same
    timezones=st.just(UTC),
)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    start, end = draw(st.one_of(st.just((None, None)), st.tuples(minutes, minutes)))
    assume(start is None or start != end)
    return Hours(
        zone=draw(st.sampled_from(ZONES)),
        quiet_from=start,
        quiet_until=end,
        quiet_weekends=draw(st.booleans()),
        digest_hour=draw(st.integers(0, 23)),
    )


choices = st.builds(Choice, st.sampled_from(EmailChoice), st.booleans())
events = st.sampled_from(NotificationEvent)


@given(events, choices, hours(), st.integers(0, 1), instants)
def test_what_has_to_reach_somebody_does_and_quiet_hours_only_delay(
    event: E, choice: Choice, hours: Hours, devices: int, now: datetime
) -> None:
    has_device = bool(devices)
    found = tellings(event, Wishes({event: choice}, hours), has_device=has_device, now=now)
    if event in MANDATORY:
        assert found
    wanted = choice.email is not EmailChoice.OFF or (choice.push and has_device)
    assert bool(found) == (wanted or event in MANDATORY)
    for telling in found:
        assert now <= telling.due_at
        assert not hours.is_quiet(telling.due_at)
        # A day for the summary, and at most a weekend with the nights around it.
        assert telling.due_at - now <= timedelta(days=5)
        assert bool(telling.bundle) == (
            telling.channel is Channel.EMAIL and choice.email is EmailChoice.DIGEST
        )
    assert len({telling.channel for telling in found}) == len(found)


@given(events, choices, hours(), instants)
def test_nobody_is_told_on_a_device_that_they_do_not_have(
    event: E, choice: Choice, hours: Hours, now: datetime
) -> None:
    found = tellings(event, Wishes({event: choice}, hours), has_device=False, now=now)
    assert {telling.channel for telling in found} <= {Channel.EMAIL}


@given(hours(), instants)
def test_whoever_is_not_in_a_quiet_hour_is_told_at_once(hours: Hours, now: datetime) -> None:
    assume(not hours.is_quiet(now))
    (found,) = tellings(E.BUDGET_ALERT, Wishes({}, hours), has_device=False, now=now)
    assert found.due_at == now


@given(hours(), instants, st.integers(0, 600))
def test_what_is_summed_up_together_is_due_together(
    hours: Hours, now: datetime, minutes: int
) -> None:
    wishes = Wishes({E.BUDGET_ALERT: Choice(EmailChoice.DIGEST, push=False)}, hours)
    later = now + timedelta(minutes=minutes)
    (first,) = tellings(E.BUDGET_ALERT, wishes, has_device=False, now=now)
    (second,) = tellings(E.BUDGET_ALERT, wishes, has_device=False, now=later)
    assert first.due_at <= second.due_at
    assert (first.bundle == second.bundle) == (first.due_at == second.due_at)


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        # Over midnight, by the clock in New York.
        (Hours(NEW_YORK, time(20), time(7)), "2026-11-24T02:00Z", "2026-11-24T12:00Z"),
        (Hours(NEW_YORK, time(20), time(7)), "2026-11-24T12:00Z", "2026-11-24T12:00Z"),
        # Friday night runs into a quiet weekend, that one into Monday's night.
        (Hours(NEW_YORK, time(20), time(7), quiet_weekends=True),
         "2026-11-28T02:00Z", "2026-11-30T12:00Z"),
        # 02:30 is skipped on this day: 03:30 stands in its place.
        (Hours(BERLIN, time(22), time(2, 30)), "2026-03-29T00:15Z", "2026-03-29T01:30Z"),
        # 02:30 comes twice on this day: the first is over, so the second ends the night.
        (Hours(BERLIN, time(22), time(2, 30)), "2026-10-24T23:00Z", "2026-10-25T00:30Z"),
        (Hours(BERLIN, time(22), time(2, 30)), "2026-10-25T01:10Z", "2026-10-25T01:30Z"),
    ],
)  # fmt: skip
def test_quiet_hours_end_when_the_clock_says_so(hours: Hours, at: str, until: str) -> None:
    assert hours.after_quiet(datetime.fromisoformat(at)) == datetime.fromisoformat(until)


@pytest.mark.parametrize(
    ("hours", "at", "due"),
    [
        (Hours(NEW_YORK, digest_hour=8), "2026-11-24T12:59Z", "2026-11-24T13:00Z"),
        (Hours(NEW_YORK, digest_hour=8), "2026-11-24T13:00Z", "2026-11-25T13:00Z"),
        (Hours(BERLIN, digest_hour=2), "2026-03-28T20:00Z", "2026-03-29T01:00Z"),
        (Hours(BERLIN, time(6), time(9), digest_hour=8), "2026-11-24T00:00Z", "2026-11-24T08:00Z"),
    ],
)
def test_the_summary_comes_at_its_hour(hours: Hours, at: str, due: str) -> None:
    assert hours.next_digest(datetime.fromisoformat(at)) == datetime.fromisoformat(due)


def test_what_is_mandatory_cannot_be_off_everywhere() -> None:
    nowhere = Choice(EmailChoice.OFF, push=False)
    assert {event for event in E if problem_of_choice(event, nowhere)} == MANDATORY
    assert not any(problem_of_choice(event, Choice(EmailChoice.OFF, push=True)) for event in E)
    assert not any(problem_of_choice(event, usual_choice(event)) for event in E)


def test_quiet_hours_have_two_ends_and_end() -> None:
    assert problem_of_hours(Hours(quiet_from=time(8)))
    assert problem_of_hours(Hours(quiet_from=time(8), quiet_until=time(8)))
    assert not problem_of_hours(Hours(quiet_from=time(22), quiet_until=time(6)))


def test_every_event_has_words() -> None:
    assert set(EVENT_WORDS) == set(E)
