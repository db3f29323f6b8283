from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.periods import UnknownPeriod, choices, parse, span

TODAY = date(2026, 11, 24)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("code", "since", "until", "label"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 24), "November 2026"),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), "October 2026"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 11, 24), "Fourth quarter 2026"),
        ("2025", date(2025, 1, 1), date(2025, 12, 31), "2025"),
        ("12m", date(2025, 12, 1), date(2026, 11, 24), "Last 12 months"),
        ("all", date(1900, 1, 1), date(2026, 11, 24), "All time"),
        (
            "2024-02-10..2024-02-29",
            date(2024, 2, 10),
            date(2024, 2, 29),
            "February 10 to February 29, 2024",
        ),
        ("2027", date(2027, 1, 1), date(2027, 12, 31), "2027"),
    ],
)
def test_a_code_stands_for_days(code: str, since: date, until: date, label: str) -> None:
    period = parse(code, today=TODAY)
    assert (period.since, period.until, period.label) == (since, until, label)


@pytest.mark.parametrize(
    "code", ["", "soon", "2026-13", "2026-Q5", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01"]
)
def test_what_is_no_period_is_refused_in_words(code: str) -> None:
    with pytest.raises(UnknownPeriod, match="“"):
        parse(code, today=TODAY)


def test_a_current_quarter_is_compared_with_as_many_days_before() -> None:
    before = parse("2026-Q4", today=TODAY).before
    assert before is not None
    assert (before.since, before.until) == (date(2026, 8, 7), date(2026, 9, 30))


def test_whole_months_are_compared_with_as_many_whole_months() -> None:
    before = parse("2026-Q1", today=TODAY).before
    assert before is not None
    assert (before.since, before.until) == (date(2025, 10, 1), date(2025, 12, 31))


@given(days, days)
def test_the_span_before_ends_where_this_one_starts(one: date, other: date) -> None:
    period = span(min(one, other), max(one, other))
    assert period.before is not None
    assert period.before.until + timedelta(days=1) == period.since
    assert period.before.since <= period.before.until


@given(days, days)
def test_a_span_reads_back_from_its_code(one: date, other: date) -> None:
    period = span(min(one, other), max(one, other))
    assert parse(period.code, today=TODAY) == period


@given(days)
def test_all_choices_offered_can_be_read(today: date) -> None:
    offered = choices(today)
    assert len({code for code, _ in offered}) == len(offered)
    for code, label in offered:
        assert parse(code, today=today).label == label


def test_a_period_names_all_its_months() -> None:
    months = list(parse("12m", today=TODAY).months)
    assert (months[0], months[-1], len(months)) == (date(2025, 12, 1), date(2026, 11, 1), 12)
