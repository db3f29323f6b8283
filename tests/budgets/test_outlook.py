from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.fiscal import PeriodKind, period_of
from budgets.outlook import AS_IT_IS, Assumption, Outlook, outlook
from budgets.pace import History, pace_of, unusual_weeks
from budgets.rules import Covering

TODAY = date(2026, 11, 24)
PERIOD = period_of(PeriodKind.QUARTER, TODAY)
DAY = timedelta(days=1)
ZERO = Decimal(0)


def covering(cap: str = "10000", used: Decimal = ZERO, *, block: int = 100) -> Covering:
    return Covering(
        budget_id=UUID(int=1),
        period_id=UUID(int=2),
        group_id=UUID(int=3),
        group_name="Field Service",
        group_path=(UUID(int=3),),
        period=PERIOD,
        cap=Decimal(cap),
        reserved=ZERO,
        committed=ZERO,
        spent=used,
        overrun=ZERO,
        warn_percent=80,
        currency="USD",
        block_percent=block,
    )


def days_of(amounts: list[Decimal], last: date = TODAY) -> dict[date, Decimal]:
    """Lay amounts on the days up to one, the latest last."""
    return {last - DAY * (len(amounts) - 1 - n): amount for n, amount in enumerate(amounts)}


def seen(
    daily: Mapping[date, Decimal],
    cap: str = "10000",
    *,
    assumption: Assumption = AS_IT_IS,
    block: int = 100,
) -> Outlook:
    """Look ahead from the days of this and past periods, all of one budget."""
    so_far = {day: amount for day, amount in daily.items() if day in PERIOD}
    used = sum(so_far.values(), ZERO)
    history = History(min(daily), daily) if daily else None
    return outlook(
        covering(cap, used, block=block), history, so_far, today=TODAY, assumption=assumption
    )


AMOUNTS = st.lists(
    st.decimals(min_value=0, max_value=50_000, places=2), min_size=35, max_size=120
).filter(lambda amounts: sum(amounts) > 0)


@given(per_day=st.decimals(min_value=1, max_value=100_000, places=2), days=st.integers(60, 500))
def test_constant_use_is_projected_to_the_cent_and_without_a_range(
    per_day: Decimal, days: int
) -> None:
    found = seen(days_of([per_day] * days), "999999999")
    whole = per_day * min(PERIOD.days, days + (PERIOD.ends_on - TODAY).days)
    assert found.end.low == found.end.middle == found.end.high == whole


@given(amounts=AMOUNTS)
def test_the_range_contains_the_middle_and_use_never_shrinks(amounts: list[Decimal]) -> None:
    found = seen(days_of(amounts))
    for point in found.points:
        assert 0 <= point.used.low <= point.used.middle <= point.used.high
    for before, after in pairwise(found.points):
        assert before.used.low <= after.used.low
        assert before.used.middle <= after.used.middle
        assert before.used.high <= after.used.high


@given(amounts=AMOUNTS, factor=st.integers(2, 50))
def test_ten_times_the_use_is_ten_times_the_outlook(amounts: list[Decimal], factor: int) -> None:
    once = seen(days_of(amounts), "5000")
    more = seen(days_of([amount * factor for amount in amounts]), str(5000 * factor))
    for name in ("low", "middle", "high"):
        apart = getattr(more.end, name) - factor * getattr(once.end, name)
        assert abs(apart) <= Decimal("0.01") * factor


@given(amounts=AMOUNTS, refund=st.decimals(min_value=1, max_value=50_000, places=2))
def test_more_came_back_than_was_spent_projects_no_refunds(
    amounts: list[Decimal], refund: Decimal
) -> None:
    daily = days_of([amount - refund for amount in amounts])
    found = seen(daily)
    last = next(point for point in found.points if point.on == TODAY)
    assert found.end.low >= last.used.middle


@given(amounts=AMOUNTS)
def test_it_runs_out_at_the_earliest_before_it_is_expected_to(amounts: list[Decimal]) -> None:
    days = seen(days_of(amounts), "250000").runs_out
    last = date.max
    order = [day or last for day in (days.earliest, days.expected, days.latest)]
    assert order == sorted(order)


@pytest.mark.parametrize("weeks", [0, 1, 3])
def test_too_little_history_gives_no_guess(weeks: int) -> None:
    found = seen(days_of([Decimal(10)] * (weeks * 7 + 1)))
    assert not found.is_projected
    assert found.weeks_missing == 4 - weeks
    assert found.end.low == found.end.middle == found.end.high
    assert not seen({}).is_projected


def test_a_lively_friday_is_expected_on_fridays() -> None:
    daily = {day: Decimal(500) for n in range(70) if (day := TODAY - DAY * n).weekday() == 4}
    ahead = [point for point in seen(daily).points if not point.is_past]
    steps = {after.on: after.used.middle - before.used.middle for before, after in pairwise(ahead)}
    assert {amount for day, amount in steps.items() if day.weekday() == 4} == {Decimal(500)}
    assert {amount for day, amount in steps.items() if day.weekday() != 4} == {Decimal(0)}


def test_a_lively_december_of_last_year_is_halfway_expected_again() -> None:
    daily = days_of([Decimal(10)] * 500)
    last_year = TODAY - DAY * 364
    daily |= {last_year + DAY * n: Decimal(40) for n in range(1, 38)}
    pace = pace_of(History(min(daily), daily), today=TODAY, ends_on=PERIOD.ends_on)
    assert pace is not None
    assert pace.season == 2  # twice, where last year's days were four times as lively
    assert pace.weekly == 70


def test_the_day_on_which_it_runs_out_is_the_first_without_room() -> None:
    found = seen(days_of([Decimal(100)] * 90), "7000")  # used: 5,500 of October 1 to November 24
    assert found.runs_out.expected == TODAY + DAY * 15
    assert found.short.middle == Decimal(100 * 92 - 7000)
    blocked = seen(days_of([Decimal(100)] * 90), "7000", block=90)
    assert blocked.runs_out.expected == TODAY + DAY * 8
    used_up = seen(days_of([Decimal(100)] * 90), "5500")
    assert used_up.runs_out.expected == TODAY


def test_what_if_raises_the_cap_and_adds_an_amount_on_its_day() -> None:
    daily = days_of([Decimal(100)] * 90)
    as_it_is = seen(daily, "7000")
    raised = seen(daily, "7000", assumption=Assumption(raise_percent=Decimal(10)))
    assert raised.covering.cap == Decimal(7700)
    assert raised.end == as_it_is.end
    assert raised.short.middle == as_it_is.short.middle - 700
    extra = Assumption(extra=Decimal(900), extra_on=date(2026, 12, 10))
    once = seen(daily, "7000", assumption=extra)
    assert once.end.middle == as_it_is.end.middle + 900
    by_day = {point.on: point.used.middle for point in once.points}
    assert by_day[date(2026, 12, 10)] - by_day[date(2026, 12, 9)] == 1000
    assert (
        by_day[date(2026, 12, 9)]
        == {p.on: p.used.middle for p in as_it_is.points}[date(2026, 12, 9)]
    )


def test_what_if_it_goes_on_like_last_month_forgets_the_months_before() -> None:
    daily = days_of([Decimal(10)] * 60 + [Decimal(50)] * 31)
    pace = seen(daily, assumption=Assumption(is_like_last_month=True)).pace
    assert pace is not None
    assert pace.weekly == 350
    usual = seen(daily).pace
    assert usual is not None
    assert 70 < usual.weekly < 350


def test_a_period_that_is_over_projects_nothing() -> None:
    daily = days_of([Decimal(10)] * 90)
    found = outlook(
        covering(used=Decimal(550)),
        History(min(daily), daily),
        daily,
        today=PERIOD.ends_on + DAY * 3,
    )
    assert not found.is_projected
    assert found.has_ended
    assert found.points[-1].on == PERIOD.ends_on
    assert found.end.middle == 550


def test_a_period_that_is_still_to_come_begins_with_what_is_booked_on_it() -> None:
    coming = period_of(PeriodKind.QUARTER, PERIOD.renews_on)
    daily = days_of([Decimal(10)] * 90)
    found = outlook(
        replace(covering(used=Decimal(200)), period=coming),
        History(min(daily), daily),
        {TODAY: Decimal(200)},
        today=TODAY,
    )
    assert found.points[0].on == coming.starts_on
    assert found.end.middle == 200 + 10 * coming.days


def test_a_week_three_times_as_expensive_is_said_with_both_figures() -> None:
    amounts = [Decimal(10)] * 84 + [Decimal(30)] * 7 + [Decimal(0)]
    daily = days_of(amounts)
    (week,) = unusual_weeks(History(min(daily), daily), today=TODAY, since=PERIOD.starts_on)
    assert (week.first, week.last) == (TODAY - DAY * 7, TODAY - DAY)
    assert [week.amount, week.usual, week.times] == [Decimal(210), Decimal(70), Decimal(3)]


def test_a_week_without_use_stands_out_where_weeks_are_steady() -> None:
    daily = days_of([Decimal(10)] * 84 + [Decimal(0)] * 8)
    (week,) = unusual_weeks(History(min(daily), daily), today=TODAY, since=PERIOD.starts_on)
    assert week.amount == 0


@given(per_day=st.decimals(min_value=1, max_value=100_000, places=2), days=st.integers(60, 200))
def test_steady_weeks_are_never_unusual(per_day: Decimal, days: int) -> None:
    daily = days_of([per_day] * days)
    history = History(min(daily), daily)
    assert not unusual_weeks(history, today=TODAY, since=PERIOD.starts_on)
