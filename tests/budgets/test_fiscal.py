from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from budgets.calendar_changes import CalendarRefused, changed, coming, first_possible
from budgets.fiscal import (
    CALENDAR_YEAR,
    FiscalCalendar,
    NamedFor,
    Pattern,
    Period,
    PeriodKind,
    YearEnd,
    YearRule,
)

DAY = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
KINDS = st.sampled_from(PeriodKind)
RULES = st.builds(
    YearRule,
    from_on=DAYS,
    start_month=st.integers(1, 12),
    pattern=st.sampled_from(Pattern),
    weekday=st.integers(0, 6),
    year_end=st.sampled_from(YearEnd),
    named_for=st.sampled_from(NamedFor),
)
CALENDARS = st.lists(RULES, min_size=1, max_size=3, unique_by=lambda rule: rule.from_on).map(
    lambda rules: FiscalCalendar(tuple(sorted(rules, key=lambda rule: rule.from_on)))
)
RETAIL = YearRule(start_month=2, pattern=Pattern.WEEKS_454, weekday=6, named_for=NamedFor.STARTS)
SEPTEMBER = YearRule(start_month=10, pattern=Pattern.WEEKS_544, weekday=6, year_end=YearEnd.LAST)
APRIL = YearRule(start_month=4)


def of(rule: YearRule, kind: PeriodKind, first: date, last: date) -> Sequence[Period]:
    return list(FiscalCalendar((rule,)).between(kind, first, last))


@given(CALENDARS, KINDS, DAYS)
def test_the_periods_of_any_calendar_tile_time_without_gap_or_overlap(
    calendar: FiscalCalendar, kind: PeriodKind, on: date
) -> None:
    period = calendar.period_of(kind, on)
    assert on in period
    after, before = calendar.after(period), calendar.before(period)
    assert after.starts_on == period.ends_on + DAY
    assert before.ends_on == period.starts_on - DAY
    for day in (period.starts_on, period.ends_on):
        assert calendar.period_of(kind, day) == period


@given(CALENDARS, DAYS)
def test_months_lie_within_quarters_and_those_within_halves_and_years(
    calendar: FiscalCalendar, on: date
) -> None:
    around = [calendar.period_of(kind, on) for kind in PeriodKind]
    for shorter, longer in pairwise(around):
        assert longer.starts_on <= shorter.starts_on
        assert shorter.ends_on <= longer.ends_on


@given(RULES, KINDS, DAYS)
def test_a_code_leads_back_to_its_period(rule: YearRule, kind: PeriodKind, on: date) -> None:
    calendar = FiscalCalendar((rule,))
    period = calendar.period_of(kind, on)
    assert calendar.from_code(period.code) == period


@given(RULES, DAYS)
def test_a_year_of_weeks_has_52_or_53_of_them_and_begins_on_its_weekday(
    rule: YearRule, on: date
) -> None:
    assume(rule.pattern is not Pattern.MONTHS)
    _, first, last = rule.year_of(on)
    assert ((last - first).days + 1) in (52 * 7, 53 * 7)
    assert first.weekday() == rule.weekday


@given(RULES, DAYS, KINDS)
def test_a_year_has_as_many_periods_as_its_kind_says(
    rule: YearRule, on: date, kind: PeriodKind
) -> None:
    _, first, last = rule.year_of(on)
    assert len(of(rule, kind, first, last)) == kind.in_a_year


def test_the_retail_year_2023_has_53_weeks() -> None:
    year = FiscalCalendar((RETAIL,)).from_code("2023")
    assert year is not None
    assert (year.starts_on, year.ends_on) == (date(2023, 1, 29), date(2024, 2, 3))
    assert year.days == 53 * 7
    weeks = [one.days // 7 for one in of(RETAIL, PeriodKind.MONTH, year.starts_on, year.ends_on)]
    assert weeks == [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5]


def test_a_year_that_ends_on_the_last_saturday_of_september() -> None:
    year = FiscalCalendar((SEPTEMBER,)).from_code("2023")
    assert year is not None
    assert (year.starts_on, year.ends_on) == (date(2022, 9, 25), date(2023, 9, 30))
    first = of(SEPTEMBER, PeriodKind.MONTH, year.starts_on, year.ends_on)[0]
    assert (first.code, first.days) == ("2023-P01", 5 * 7)


def test_names_say_that_a_year_is_a_fiscal_one_only_where_it_is() -> None:
    assert CALENDAR_YEAR.period_of(PeriodKind.QUARTER, date(2026, 11, 24)).label == "Q4 2026"
    april = FiscalCalendar((APRIL,))
    assert april.period_of(PeriodKind.QUARTER, date(2026, 4, 1)).label == "Q1 FY2027"
    assert april.period_of(PeriodKind.MONTH, date(2026, 4, 1)).label == "Apr 2026"
    assert april.period_of(PeriodKind.YEAR, date(2027, 3, 31)).title == "Fiscal year 2027"


def test_the_first_rule_holds_for_always() -> None:
    rule = replace(APRIL, from_on=date(2026, 11, 24))
    calendar = changed(CALENDAR_YEAR, rule, opened_until=None)
    assert calendar.period_of(PeriodKind.YEAR, date(1999, 5, 1)).starts_on == date(1999, 4, 1)
    assert first_possible(None) is None


def test_a_change_begins_after_everything_that_has_been_opened() -> None:
    rule = replace(APRIL, from_on=date(2026, 12, 31))
    with pytest.raises(CalendarRefused, match=r"open until Dec 31, 2026.*Jan 1, 2027"):
        changed(CALENDAR_YEAR, rule, opened_until=date(2026, 12, 31))
    assert first_possible(date(2026, 12, 31)) == date(2027, 1, 1)


def test_a_change_makes_one_period_short_and_keeps_what_was() -> None:
    rule = replace(APRIL, from_on=date(2027, 1, 1))
    calendar = changed(CALENDAR_YEAR, rule, opened_until=date(2026, 12, 31))
    assert calendar.period_of(PeriodKind.YEAR, date(2026, 6, 1)).code == "2026"
    short = calendar.period_of(PeriodKind.YEAR, date(2027, 2, 1))
    assert (short.starts_on, short.ends_on) == (date(2027, 1, 1), date(2027, 3, 31))
    assert calendar.after(short).days == 366
    years = next(one for one in coming(calendar, date(2027, 1, 1)) if one.kind is PeriodKind.YEAR)
    assert [one.code for one in years.periods] == ["2027", "2028"]


def test_weeks_can_follow_the_calendar_year_and_take_the_days_between_along() -> None:
    weeks = YearRule(date(2027, 1, 1), pattern=Pattern.WEEKS_445, weekday=6)
    calendar = changed(CALENDAR_YEAR, weeks, opened_until=date(2026, 12, 31))
    for kind, code in ((PeriodKind.QUARTER, "2027-Q1"), (PeriodKind.MONTH, "2027-P01")):
        first = calendar.period_of(kind, date(2027, 1, 1))
        assert first == calendar.period_of(kind, date(2027, 1, 4))
        assert (first.code, first.starts_on) == (code, date(2027, 1, 1))
        assert calendar.before(first).ends_on == date(2026, 12, 31)
    assert calendar.period_of(PeriodKind.QUARTER, date(2027, 1, 1)).label == "Q1 FY2027"


def test_two_periods_of_one_name_are_refused() -> None:
    rule = replace(APRIL, from_on=date(2027, 4, 15))
    with pytest.raises(CalendarRefused, match="Two periods would be called Apr 2027"):
        changed(CALENDAR_YEAR, rule, opened_until=date(2026, 12, 31))
    named = replace(APRIL, from_on=date(2027, 4, 1), named_for=NamedFor.STARTS)
    with pytest.raises(CalendarRefused, match="Two periods would be called"):
        changed(CALENDAR_YEAR, named, opened_until=date(2026, 12, 31))


def test_a_change_to_come_is_replaced_by_a_later_word_and_taken_back_by_the_rule_in_force() -> None:
    opened = date(2026, 12, 31)
    first = changed(CALENDAR_YEAR, replace(APRIL, from_on=date(2027, 4, 1)), opened_until=opened)
    july = YearRule(from_on=date(2027, 7, 1), start_month=7)
    assert changed(first, july, opened_until=opened).rules == (*CALENDAR_YEAR.rules, july)
    back = changed(first, YearRule(from_on=date(2027, 1, 1)), opened_until=opened)
    assert back == CALENDAR_YEAR


@given(RULES, RULES, DAYS)
def test_a_change_that_is_not_refused_leaves_what_was_opened_and_every_code_alone(
    before: YearRule, after: YearRule, opened: date
) -> None:
    calendar = FiscalCalendar((before,))
    try:
        found = changed(calendar, after, opened_until=opened)
    except CalendarRefused:
        return
    for kind in PeriodKind:
        old = calendar.period_of(kind, opened - timedelta(days=400))
        assert found.period_of(kind, old.starts_on) == old
        near = list(found.between(kind, opened - timedelta(days=400), after.from_on + 400 * DAY))
        assert len({one.code for one in near}) == len(near)
