"""Files of caps as they are read: amounts in every dialect, groups by id, code or way."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.fiscal import CALENDAR_YEAR, PeriodKind
from budgets.plan_files import (
    HEAD,
    BudgetFile,
    BudgetLine,
    Directory,
    KnownBudget,
    KnownGroup,
    compare,
    line_of,
    read,
)
from budgets.plan_files.reading import amount_of
from budgets.terms import BudgetTerms, Enforcement
from procurement.core.errors import DomainError
from procurement.core.files import csv_file
from procurement.core.ids import new_id


def key(number: int) -> UUID:
    return UUID(int=number + 1)


def group(number: int, *way: str, code: str = "", is_open: bool = True) -> KnownGroup:
    path = tuple(key(one) for one in range(len(way) - 1))
    return KnownGroup(key(number), (*path, key(number)), way, way[-1], code, is_open, True)


GROUPS = [
    group(10, "Works"),
    group(11, "Works", "Sales", code="100"),
    group(12, "Works", "Sales", "West", code="110"),
    group(13, "Works", "Buying", code="200"),
    group(14, "Works", "Buying", "West", code="210"),
    group(15, "Works", "R&D / Lab", code="300"),
]
SOFTWARE, ACME, DANA, LEAD = key(31), key(32), key(33), key(34)
HELD = BudgetTerms(warn_percent=70, marks=(50,), children_percent=120)
DIRECTORY = Directory(
    groups=GROUPS,
    categories={"4323": (SOFTWARE, "Software")},
    suppliers={"Acme": (ACME, "Acme")},
    people={"dana@works.example": (DANA, "Dana")},
    seats={"lead": (LEAD, "Lead")},
    budgets=[KnownBudget(key(50), key(11), "YEAR", HELD)],
)


def compared(text: str, *, period: str = "") -> BudgetFile:
    return compare(
        read(text),
        DIRECTORY,
        calendar=CALENDAR_YEAR,
        currency="USD",
        period=CALENDAR_YEAR.from_code(period) if period else None,
        new_id=new_id,
    )


def said(text: str, **options: str) -> list[str]:
    return [problem.sentence for problem in compared(text, **options).problems]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1234.5", "1234.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1'234.50", "1234.50"),
        ("1,234", "1234"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("$1,234.50", "1234.50"),
        ("€ 12,50", "12.50"),
        ("12.50 USD", "12.50"),
        ("0", "0"),
        ("-5", "-5"),
        ("1.234", None),
        ("1,23,456", None),
        ("12,34.5.6", None),
        ("1e3", None),
        ("ten", None),
        ("NaN", None),
        ("", None),
        (".", None),
    ],
)
def test_an_amount_is_read_where_it_is_clear_and_left_where_it_is_not(
    written: str, amount: str | None
) -> None:
    assert amount_of(written) == (None if amount is None else Decimal(amount))


@given(st.integers(0, 10**13))
def test_any_amount_is_read_back_in_english_and_in_german(number: int) -> None:
    amount = Decimal(number) / 100
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert amount_of(english) == amount_of(german) == amount_of(f"{amount:f}") == amount


@pytest.mark.parametrize(
    ("cells", "number"),
    [
        (f"{key(12)},,", 12),
        (",,110", 12),
        (",Sales › West,", 12),
        (",Works > Sales > West,", 12),
        (",sales/west,", 12),
        (",R&D / Lab,", 15),
        (",Works,", 10),
        (",Buying,999", 13),
    ],
)
def test_a_group_is_found_by_id_or_code_or_the_way_to_it(cells: str, number: int) -> None:
    found = compared(f"group_id,group,code,cap,period\n{cells},5,2027\n")
    assert not found.problems
    assert [one.group_id for one in found.new] == [key(number)] or number == 11


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (f"{key(99)},Sales,", "No group has this id"),
        (",West,", "No single group is “West”"),
        (",,999", "No group has the code “999”"),
        (",,", "No group is named"),
    ],
)
def test_a_group_that_is_not_clear_is_refused(cells: str, sentence: str) -> None:
    (found,) = said(f"group_id,group,code,cap,period\n{cells},5,2027\n")
    assert sentence in found


def test_semicolons_and_german_figures_and_other_heads_are_read() -> None:
    found = compared("Kostenstelle;Zeitraum;Betrag\n110;2027-Q1;1.234,50\n200;2027-q2;7\n")
    assert not found.problems
    assert [(one.period.code, one.cap) for one in found.caps] == [
        ("2027-Q1", Decimal("1234.50")),
        ("2027-Q2", 7),
    ]


def test_lines_without_a_period_mean_the_one_that_was_chosen() -> None:
    assert said("code,cap\n110,5\n") == ["Name a period, such as 2026-11, 2026-Q4 or 2026."]
    (planned,) = compared("code,cap\n110,5\n", period="2027").caps
    assert planned.period.kind is PeriodKind.YEAR


def test_a_budget_that_is_there_keeps_what_the_file_says_nothing_of() -> None:
    found = compared("code,period,cap,warn_percent\n100,2027,5,75\n")
    (change,) = found.terms
    assert change.fields == (("warn_percent", "70", "75"),)
    assert (change.after.marks, change.after.children_percent) == ((50,), 120)
    assert not found.new
    assert found.caps[0].budget_id == key(50)


def test_a_new_budget_is_held_and_limited_as_its_line_says() -> None:
    (new,) = compared(
        "code,period,cap,category,supplier,person,marks,enforcement,carries_over,block_percent\n"
        "110,2027,5,4323,Acme,Dana@Works.example,60 90%,soft,yes,95\n"
        "110,2028,6,4323,Acme,dana@works.example,90;60,Soft,yes,95\n"
    ).new
    assert new.terms.scope == (SOFTWARE, ACME, DANA, None)
    assert (new.terms.marks, new.terms.enforcement) == ((60, 90), Enforcement.SOFT)
    assert (new.terms.carries_over, new.terms.block_percent) == (True, 95)
    assert (new.cap, new.starts_on.year) == (Decimal(6), 2027)


@pytest.mark.parametrize(
    ("head", "cells", "sentence"),
    [
        ("period", "2027-Q5", "no period"),
        ("kind", "quarter", "not a period of a quarterly budget"),
        ("kind", "weekly", "no kind of budget"),
        ("category", "77", "No category has this code"),
        ("supplier", "Nobody", "No supplier is called so"),
        ("person", "x@y.example", "No active person"),
        ("seat", "chief", "No seat has this code"),
        ("warn_percent", "120", "Warn at 1% to 100%"),
        ("warn_percent", "8.5", "not a whole percentage"),
        ("enforcement", "firm", "neither hard nor soft"),
        ("carries_over", "perhaps", "neither yes nor no"),
        ("currency", "EUR", "kept in USD"),
        ("cap", "1.005,7.1", "not read as an amount"),
        ("cap", "", "There is no cap"),
        ("cap", "-1", "zero or more"),
        ("cap", "1.0055", "to the cent"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_of_that_line(
    head: str, cells: str, sentence: str
) -> None:
    values = {"code": "110", "period": "2027", "cap": "5"} | {head: cells}
    good = {"code": "200", "period": "2027", "cap": "5"}
    heads = list(values)
    rows = ['"' + '","'.join(one.get(name, "") for name in heads) + '"' for one in (good, values)]
    found = compared("\n".join([",".join(heads), *rows]))
    (problem,) = found.problems
    assert (problem.line, sentence in problem.sentence) == (3, True)


def test_lines_that_contradict_each_other_are_refused() -> None:
    twice = said("code,period,cap\n110,2027,5\n110,2027,6\n")
    assert twice == ["Line 2 has a cap for it already."]
    otherwise = said("code,period,cap,warn_percent\n110,2027,5,70\n110,2028,6,75\n")
    assert otherwise == ["Line 2 is about the same budget and holds it otherwise."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("code,cap\n", "no lines"),
        ("cap,period\n5,2027\n", "which groups"),
        ("code,period\n5,2027\n", "has the caps"),
        ('code,cap\n"110,5\n', "cannot be read"),
        ("code,cap,cap\n1,2,3\n", "Two columns"),
    ],
)
def test_what_is_no_table_of_caps_is_refused_as_a_whole(text: str, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        read(text)


@given(
    st.builds(
        BudgetTerms,
        name=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20),
        warn_percent=st.integers(1, 98),
        block_percent=st.just(99),
        marks=st.sets(st.integers(1, 97), max_size=4).map(lambda marks: tuple(sorted(marks))),
        enforcement=st.sampled_from(Enforcement),
        children_percent=st.none() | st.integers(1, 1000),
        carries_over=st.booleans(),
    ),
    st.integers(0, 10**13).map(lambda number: Decimal(number) / 100),
)
def test_a_line_that_was_written_reads_back_as_the_same_budget(
    terms: BudgetTerms, cap: Decimal
) -> None:
    marks = tuple(mark for mark in terms.marks if mark != terms.warn_percent)
    held = BudgetTerms(
        **{name: getattr(terms, name) for name in terms.__slots__} | {"marks": marks}
    )
    line = BudgetLine(
        key(15), ("Works", "R&D / Lab"), "300", "YEAR", "2027", "", "", "", "", held, cap, "USD"
    )
    text = b"".join(csv_file(HEAD, [line_of(line)])).decode("utf-8-sig")
    found = compared(text)
    assert not found.problems
    (new,) = found.new
    assert (new.terms, found.caps[0].cap) == (held, cap)
