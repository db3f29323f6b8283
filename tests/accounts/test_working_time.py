"""Working time, counted again minute by minute, and where calendars come from."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.public_holidays import countries, public_holidays, subdivisions
from accounts.working_time import Calendar

BERLIN = "Europe/Berlin"
ZONES = ("UTC", BERLIN, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
HOLIDAYS = {date(2026, 12, 25): "Christmas Day", date(2026, 3, 30): "Spring"}
MINUTE = timedelta(minutes=1)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    opens = draw(st.integers(0, 20))
    closes = draw(st.integers(opens + 2, 23))
    days = st.dates(date(2026, 1, 1), date(2027, 1, 31))
    return Calendar(
        time_zone=draw(st.sampled_from(ZONES)),
        weekdays=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        opens=time(opens),
        closes=time(closes, draw(st.sampled_from((0, 30, 59)))),
        holidays=lambda year: {day: name for day, name in HOLIDAYS.items() if day.year == year},
        own_days=draw(st.dictionaries(days, st.booleans(), max_size=6)),
    )


# Around the days on which clocks are put forward and back, and the turn of the year.
instants = st.builds(
    lambda first, added: first + added * MINUTE,
    st.sampled_from(
        (
            datetime(2026, 3, 6, tzinfo=UTC),
            datetime(2026, 10, 2, tzinfo=UTC),
            datetime(2026, 12, 14, tzinfo=UTC),
        )
    ),
    st.integers(0, 60 * 24 * 32),
)
minutes = st.integers(0, 60 * 20)


def naively_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Count each minute that begins within working hours."""
    zone = ZoneInfo(calendar.time_zone)
    counted = 0
    while start < end:
        local = start.astimezone(zone)
        works = calendar.is_working_day(local.date())
        counted += works and calendar.opens <= local.time() < calendar.closes
        start += MINUTE
    return counted


@given(calendar=calendars(), start=instants, hours=st.integers(0, 24 * 9))
def test_working_time_between_two_instants_is_that_of_their_minutes(
    calendar: Calendar, start: datetime, hours: int
) -> None:
    end = start + timedelta(hours=hours, minutes=hours % 7)
    assert calendar.minutes_between(start, end) == naively_between(calendar, start, end)


@given(calendar=calendars(), start=instants, added=minutes)
def test_what_is_added_is_what_lies_between(
    calendar: Calendar, start: datetime, added: int
) -> None:
    end = calendar.add_minutes(start, added)
    assert calendar.minutes_between(start, end) == added
    assert end >= start


@given(calendar=calendars(), start=instants, added=minutes, more=minutes)
def test_more_time_never_ends_earlier(
    calendar: Calendar, start: datetime, added: int, more: int
) -> None:
    assert calendar.add_minutes(start, added) <= calendar.add_minutes(start, added + more)
    assert calendar.add_minutes(start, added) <= calendar.add_minutes(start + more * MINUTE, added)


@given(calendar=calendars(), start=instants, added=minutes, days=st.integers(0, 30))
def test_time_never_runs_out_outside_working_hours(
    calendar: Calendar, start: datetime, added: int, days: int
) -> None:
    at = calendar.add_minutes(start, added)
    window = calendar._window(calendar._day_of(at))
    assert window is not None
    assert window[0] <= at <= window[1]
    later = calendar.add_days(start, days)
    assert calendar.is_working_day(later.astimezone(ZoneInfo(calendar.time_zone)).date())


@given(calendar=calendars(), start=instants, days=st.integers(0, 30))
def test_working_days_are_counted_one_by_one(
    calendar: Calendar, start: datetime, days: int
) -> None:
    zone = ZoneInfo(calendar.time_zone)
    first = start.astimezone(zone).date()
    last = calendar.add_days(start, days).astimezone(zone).date()
    between = (first + timedelta(days=one) for one in range(1, (last - first).days + 1))
    counted = sum(calendar.is_working_day(day) for day in between)
    # None at all from a day off leads to the next day that is worked.
    assert counted == days or (days, counted) == (0, 1)


def test_a_weekend_and_a_holiday_are_passed_over() -> None:
    calendar = Calendar(BERLIN, holidays=lambda year: HOLIDAYS)
    # Thursday 16:00, one hour left; Friday is Christmas, then a weekend.
    assert calendar.add_minutes(at("2026-12-24T16:00"), 120) == at("2026-12-28T10:00")


def test_a_day_of_ones_own_is_worked_though_it_is_a_sunday() -> None:
    calendar = Calendar(BERLIN, own_days={date(2026, 12, 27): True, date(2026, 12, 28): False})
    assert calendar.add_minutes(at("2026-12-26T12:00"), 9 * 60) == at("2026-12-29T10:00")


def test_an_hour_that_a_clock_skips_is_not_worked() -> None:
    calendar = Calendar(BERLIN, frozenset({7}), opens=time(0), closes=time(12))
    # On 29 March 2026 Berlin goes from 2:00 to 3:00: eleven hours pass from midnight to noon.
    assert calendar.minutes_between(at("2026-03-29T00:00"), at("2026-03-29T12:00")) == 11 * 60
    assert calendar.add_minutes(at("2026-03-29T00:00"), 180) == at("2026-03-29T04:00")


def test_no_time_at_all_begins_with_the_next_working_hour() -> None:
    calendar = Calendar(BERLIN)
    assert calendar.add_minutes(at("2026-12-26T12:00"), 0) == at("2026-12-28T09:00")
    assert calendar.add_minutes(at("2026-12-28T17:00"), 0) == at("2026-12-29T09:00")
    assert calendar.add_minutes(at("2026-12-28T10:30"), 0) == at("2026-12-28T10:30")


def test_a_working_day_keeps_its_time_of_day_within_working_hours() -> None:
    calendar = Calendar(BERLIN)
    assert calendar.add_days(at("2026-12-24T11:30"), 2) == at("2026-12-28T11:30")
    assert calendar.add_days(at("2026-12-24T22:00"), 1) == at("2026-12-25T17:00")


@pytest.mark.parametrize(("region", "is_free"), [("BE", True), ("BY", False)])
def test_a_region_has_holidays_of_its_own(region: str, *, is_free: bool) -> None:
    assert (date(2026, 3, 8) in public_holidays("DE", region, 2026)) is is_free


def test_holidays_are_called_in_english_whoever_asks() -> None:
    assert public_holidays("DE", "", 2026)[date(2026, 12, 25)] == "Christmas Day"


def test_every_country_can_be_chosen_with_each_of_its_regions() -> None:
    for country in countries():
        assert public_holidays(country, "", 2026) is not None
        for region in list(subdivisions(country))[:2]:
            assert public_holidays(country, region, 2026) is not None


@pytest.mark.parametrize(("country", "region"), [("", ""), ("XX", ""), ("DE", "nowhere")])
def test_codes_that_nobody_knows_end_no_working_time(country: str, region: str) -> None:
    assert len(public_holidays(country, region, 2026)) == (9 if country == "DE" else 0)
