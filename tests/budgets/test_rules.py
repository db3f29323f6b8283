from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.fiscal import (
    CALENDAR_YEAR,
    PeriodKind,
    period_of,
)
from budgets.rules import (
    BudgetState,
    Covering,
    any_of,
    blocking,
    effects,
    percent,
    thresholds_crossed,
)

QUARTER = period_of(PeriodKind.QUARTER, date(2026, 11, 24))

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
kinds = st.sampled_from(PeriodKind)
cents = st.integers(min_value=0, max_value=10_000_000).map(lambda n: Decimal(n) / 100)
caps = st.integers(min_value=1, max_value=10_000_000).map(lambda n: Decimal(n) / 100)


def covering(
    cap: str | Decimal = "20000.00",
    spent: str | Decimal = "0",
    committed: str | Decimal = "0",
    reserved: str | Decimal = "0",
    *,
    name: str = "Workplace",
    warn_percent: int = 80,
) -> Covering:
    group_id = uuid4()
    return Covering(
        budget_id=uuid4(),
        period_id=uuid4(),
        group_id=group_id,
        group_name=name,
        group_path=(group_id,),
        period=QUARTER,
        cap=Decimal(cap),
        reserved=Decimal(reserved),
        committed=Decimal(committed),
        spent=Decimal(spent),
        overrun=Decimal(0),
        warn_percent=warn_percent,
        currency="USD",
    )


@given(kinds, days)
def test_a_day_lies_in_its_period_and_the_next_period_begins_the_day_after(
    kind: PeriodKind, day: date
) -> None:
    period = period_of(kind, day)
    assert day in period
    assert CALENDAR_YEAR.after(period).starts_on == period.ends_on + timedelta(days=1)
    assert period.starts_on.day == 1
    assert (period.ends_on + timedelta(days=1)).day == 1
    assert period_of(kind, period.starts_on) == period == period_of(kind, period.ends_on)


@given(days)
def test_periods_nest_month_in_quarter_in_half_in_year(day: date) -> None:
    month, quarter, half, year = (period_of(kind, day) for kind in PeriodKind)
    assert year.starts_on <= half.starts_on <= quarter.starts_on <= month.starts_on
    assert month.ends_on <= quarter.ends_on <= half.ends_on <= year.ends_on


@given(kinds, days)
def test_a_code_in_an_address_leads_back_to_its_period(kind: PeriodKind, day: date) -> None:
    period = period_of(kind, day)
    assert CALENDAR_YEAR.from_code(period.code) == period


@pytest.mark.parametrize("code", ["", "2026-Q0", "2026-Q5", "2026-13", "Q4-2026", "now", "99999"])
def test_a_code_that_names_no_period_is_told_apart(code: str) -> None:
    assert CALENDAR_YEAR.from_code(code) is None


@pytest.mark.parametrize(
    ("kind", "label", "title"),
    [
        (PeriodKind.MONTH, "Nov 2026", "November 2026"),
        (PeriodKind.QUARTER, "Q4 2026", "Fourth quarter 2026"),
        (PeriodKind.YEAR, "2026", "Year 2026"),
    ],
)
def test_periods_carry_the_names_that_people_use(kind: PeriodKind, label: str, title: str) -> None:
    period = period_of(kind, date(2026, 11, 24))
    assert (period.label, period.title) == (label, title)


def test_the_periods_between_two_days_are_all_that_hold_one_of_them() -> None:
    found = CALENDAR_YEAR.between(PeriodKind.QUARTER, date(2025, 12, 31), date(2026, 7, 1))
    assert [period.label for period in found] == ["Q4 2025", "Q1 2026", "Q2 2026", "Q3 2026"]


@given(cents, caps)
def test_a_percentage_shows_a_mark_only_once_it_is_reached(used: Decimal, cap: Decimal) -> None:
    shown = percent(used, cap)
    for mark in (80, 100):
        assert (shown >= mark) == (used * 100 >= cap * mark)
    assert abs(shown - used * 100 / cap) <= Decimal("0.1")


def test_a_percentage_rounds_halves_up_elsewhere() -> None:
    assert percent(Decimal("78836.23"), Decimal(180000)) == Decimal("43.8")
    assert percent(Decimal("79.97"), Decimal(100)) == Decimal("79.9")
    assert percent(Decimal(0), Decimal(0)) == Decimal("100.0")


@given(cents, cents, cents, caps, st.integers(min_value=1, max_value=100))
def test_each_threshold_is_crossed_exactly_once_however_the_way_there_is_split(
    start: Decimal, first: Decimal, second: Decimal, cap: Decimal, warn: int
) -> None:
    def crossed(before: Decimal, after: Decimal) -> tuple[int, ...]:
        return thresholds_crossed(before=before, after=after, cap=cap, thresholds=(warn, 100))

    middle, end = start + first, start + first + second
    assert crossed(start, middle) + crossed(middle, end) == crossed(start, end)
    assert crossed(end, start) == ()


@given(cents, cents, cents, caps, cents)
def test_what_is_free_after_is_exact_and_blocks_only_when_it_falls_below_zero(
    spent: Decimal, committed: Decimal, reserved: Decimal, cap: Decimal, amount: Decimal
) -> None:
    one = covering(cap, spent, committed, reserved)
    (effect,) = effects([one], amount)
    assert effect.free_after == cap - spent - committed - reserved - amount
    assert bool(blocking([effect])) == (amount > 0 and effect.free_after < 0)
    if blocking([effect]):
        assert effect.state is BudgetState.STOP
        assert effect.crossed == ()
    assert effect.meter.free == effect.free_after
    assert effect.meter.this_order == amount


@given(cents, cents)
def test_an_amount_that_fits_every_budget_of_a_chain_blocks_on_none(
    amount: Decimal, room: Decimal
) -> None:
    chain = [covering(amount + room), covering(amount + room + 1), covering(amount + room + 2)]
    assert blocking(effects(chain, amount)) == ()


def test_passing_the_warning_mark_is_told_and_allowed() -> None:
    (effect,) = effects(
        [covering(spent="9142.30", committed="2307.70", reserved="600")], Decimal(4800)
    )
    assert effect.state is BudgetState.WARN
    assert effect.crossed == (80,)
    assert (effect.percent_before, effect.percent_after) == (Decimal("60.3"), Decimal("84.3"))
    assert effect.sentence == "Passes the 80% mark. Finance is told; the order is still allowed."
    assert effect.free_after == Decimal("3150.00")


def test_an_order_beyond_the_room_is_stopped_and_names_whom_to_ask() -> None:
    one = covering("16000", spent="8350", committed="2460", reserved="2470", name="Field Service")
    keepers = {one.group_id: ("Dana Finance", "Adam Admin")}
    (effect,) = effects([one], Decimal(3000), keepers=keepers)
    assert effect.state is BudgetState.STOP
    assert effect.sentence == (
        "Only $2,720.00 left of $16,000.00; ask Dana Finance or Adam Admin for an increase."
    )
    (unnamed,) = effects([one], Decimal(3000))
    assert unnamed.sentence.endswith("ask its finance people for an increase.")


def test_a_used_up_budget_says_that_nothing_is_left() -> None:
    (effect,) = effects([covering("30000", spent="30000")], Decimal("0.01"))
    assert effect.sentence.startswith("Nothing left of $30,000.00;")


def test_the_last_cent_may_be_used_and_is_told() -> None:
    (effect,) = effects([covering("100", spent="99.99")], Decimal("0.01"))
    assert effect.state is BudgetState.WARN
    assert effect.crossed == (100,)
    assert effect.sentence.startswith("Uses the budget up")


def test_both_thresholds_crossed_at_once_are_both_named() -> None:
    (effect,) = effects([covering("100")], Decimal(100))
    assert effect.crossed == (80, 100)


def test_without_an_order_a_meter_shows_how_the_budget_stands() -> None:
    states = [
        effects([covering("100", spent=spent)], Decimal(0))[0].state
        for spent in ("79.99", "80", "99.99", "100", "120")
    ]
    assert states == [
        BudgetState.OK,
        BudgetState.WARN,
        BudgetState.WARN,
        BudgetState.STOP,
        BudgetState.STOP,
    ]


def test_an_order_of_nothing_is_never_blocked() -> None:
    assert blocking(effects([covering("100", spent="120")], Decimal(0))) == ()


def test_an_order_below_zero_is_no_order() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        effects([covering()], Decimal("-0.01"))


def test_a_budgets_own_warning_mark_holds() -> None:
    (effect,) = effects([covering("100", warn_percent=50)], Decimal(50))
    assert effect.crossed == (50,)
    assert "50% mark" in effect.sentence


def test_names_are_joined_as_a_choice() -> None:
    assert any_of(["Dana"]) == "Dana"
    assert any_of(["Dana", "Adam", "Erin"]) == "Dana, Adam or Erin"
