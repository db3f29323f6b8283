from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.orders.history.dates import DateStyle, NotADate, parser, style_of

DAYS = st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31))
FORMATS = {
    DateStyle.YEAR_FIRST: ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%SZ", "%Y.%m.%d"],
    DateStyle.MONTH_FIRST: ["%m/%d/%Y", "%m-%d-%y", "%m/%d/%Y %H:%M", "%m/%d/%y"],
    DateStyle.DAY_FIRST: ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%y", "%d/%m/%Y %H:%M:%S", "%d.%m.%y"],
}
NAMED = ["%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%a, %d %b %Y", "%Y-%b-%d"]


@given(day=DAYS, style=st.sampled_from(sorted(FORMATS)), data=st.data())
def test_a_date_of_a_known_style_reads_back(
    day: date, style: DateStyle, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(FORMATS[style]))
    assert parser(style)(day.strftime(form)) == day


@given(day=DAYS, style=st.sampled_from(DateStyle), form=st.sampled_from(NAMED))
def test_a_date_with_its_month_in_words_reads_back_in_every_style(
    day: date, style: DateStyle, form: str
) -> None:
    assert parser(style)(day.strftime(form)) == day


@given(
    days=st.lists(DAYS, min_size=1, max_size=40),
    style=st.sampled_from([DateStyle.MONTH_FIRST, DateStyle.DAY_FIRST]),
)
def test_the_style_is_told_wherever_one_day_lies_beyond_the_twelfth(
    days: list[date], style: DateStyle
) -> None:
    cells = [
        day.strftime("%m/%d/%Y" if style is DateStyle.MONTH_FIRST else "%d/%m/%Y") for day in days
    ]
    found, is_guess = style_of(cells)
    if any(day.day > 12 for day in days):
        assert (found, is_guess) == (style, False)
    else:
        assert is_guess


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("24. Dezember 2019", date(2019, 12, 24)),
        ("3 févr. 2020", date(2020, 2, 3)),
        ("1er août 2019", date(2019, 8, 1)),
        ("5 de mayo de 2018", date(2018, 5, 5)),
        ("14 mrt 2017", date(2017, 3, 14)),
        ("9 ottobre 2017", date(2017, 10, 9)),
        ("Tue, Nov 24, 2026", date(2026, 11, 24)),
        ("Nov 24th, 2026", date(2026, 11, 24)),
    ],
)
def test_months_are_known_in_the_languages_of_exports(cell: str, day: date) -> None:
    assert parser(DateStyle.YEAR_FIRST)(cell) == day


def test_days_that_could_be_either_follow_the_shorter_span() -> None:
    march = [f"{day:02d}/03/2024" for day in range(1, 13)]
    assert style_of(march) == (DateStyle.DAY_FIRST, True)
    assert style_of([f"03/{day:02d}/2024" for day in range(1, 13)]) == (DateStyle.MONTH_FIRST, True)


def test_the_header_or_dots_settle_what_the_cells_leave_open() -> None:
    assert style_of(["03/04/2024"], hint="Date (dd/mm/yyyy)") == (DateStyle.DAY_FIRST, False)
    assert style_of(["03/04/2024"], hint="Date MM/DD/YYYY") == (DateStyle.MONTH_FIRST, False)
    assert style_of(["03.04.2024"]) == (DateStyle.DAY_FIRST, False)


def test_serial_numbers_of_spreadsheets_are_days() -> None:
    assert style_of(["42755", "42756"]) == (DateStyle.SERIAL, False)
    assert parser(DateStyle.SERIAL)("42755") == date(2017, 1, 20)


@pytest.mark.parametrize(
    "cell", ["", "tomorrow", "2017-02-30", "31/31/2017", "0000-00-00", "1917-01-20", "20/01/2017"]
)
def test_what_is_no_date_of_the_style_is_refused(cell: str) -> None:
    with pytest.raises(NotADate):
        parser(DateStyle.MONTH_FIRST)(cell)
