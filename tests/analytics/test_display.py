from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.display import BARS_SHOWN, ROWS_SHOWN, Addresses, breakdown, spark, symbol
from analytics.filters import Dimension, SpendFilter
from analytics.selectors import Figures, Row

ASKED = SpendFilter.parse({}, today=date(2026, 11, 24))
ADDRESSES = Addresses(
    view=lambda asked: f"/insights/?{asked.query}",
    orders=lambda asked: f"/insights/orders/?{asked.query}",
    download=lambda report: f"/insights/{report}.csv",
)
amounts = st.decimals(Decimal(-1_000_000), Decimal(1_000_000), places=2)


def rows_of(values: list[Decimal]) -> list[Row]:
    return [
        Row(str(UUID(int=index)), f"Supplier {index}", Figures(amount=value, lines=1))
        for index, value in enumerate(sorted(values, reverse=True), start=1)
    ]


@given(st.lists(amounts, max_size=150))
def test_bars_and_table_hold_all_of_the_total(values: list[Decimal]) -> None:
    rows = rows_of(values)
    total = sum((row.figures for row in rows), Figures())
    card = breakdown(Dimension.SUPPLIER, rows, total, ASKED, currency="USD", addresses=ADDRESSES)
    assert sum((bar.amount for bar in card.bars), Decimal(0)) == total.amount
    assert sum((row.figures for row in card.rows), card.hidden_figures) == total
    assert len(card.bars) <= BARS_SHOWN
    assert len(card.rows) <= ROWS_SHOWN


@given(st.lists(amounts, min_size=1, max_size=20))
def test_a_bar_is_as_long_as_its_amount_and_never_outside_the_drawing(
    values: list[Decimal],
) -> None:
    rows = rows_of(values)
    total = sum((row.figures for row in rows), Figures())
    card = breakdown(Dimension.SUPPLIER, rows, total, ASKED, currency="USD", addresses=ADDRESSES)
    named = [bar for bar in card.bars if not bar.is_rest]
    assert all(0 <= bar.width <= 100 for bar in card.bars)
    assert [bar.width for bar in named] == sorted((bar.width for bar in named), reverse=True)
    assert all(bar.width == 0 for bar in card.bars if bar.amount <= 0)


def test_what_is_left_has_no_bar_where_it_would_dwarf_what_is_named() -> None:
    rows = rows_of([Decimal(100 - index) for index in range(50)])
    total = sum((row.figures for row in rows), Figures())
    *named, rest = breakdown(
        Dimension.SUPPLIER, rows, total, ASKED, currency="USD", addresses=ADDRESSES
    ).bars
    assert named[0].width == 100
    assert (rest.label, rest.width, rest.url) == ("43 other suppliers", Decimal(0), "")


def test_the_only_member_of_a_narrowed_view_leads_to_its_orders() -> None:
    (row,) = rows_of([Decimal(5)])
    narrowed = ASKED.narrowed(Dimension.SUPPLIER, row.key)
    card = breakdown(
        Dimension.SUPPLIER, [row], row.figures, narrowed, currency="USD", addresses=ADDRESSES
    )
    assert card.bars[0].url.startswith("/insights/orders/")


@given(st.lists(amounts, min_size=2, max_size=40))
def test_a_sparkline_stays_within_its_box(values: list[Decimal]) -> None:
    line, area = spark(values)
    points = [tuple(map(Decimal, point.split(","))) for point in line.split()]
    assert len(points) == len(values)
    assert all(0 <= x <= 100 and 0 <= y <= 32 for x, y in points)
    assert area.startswith("0,32 ")


def test_one_value_is_no_line() -> None:
    assert spark([Decimal(1)]) == ("", "")


@pytest.mark.parametrize(("currency", "sign"), [("USD", "$"), ("EUR", "€"), ("CHF", "CHF ")])
def test_an_axis_names_the_currency(currency: str, sign: str) -> None:
    assert symbol(currency) == sign
