"""Rows of catalog files become items or are refused with a reason."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogs.item_rows import ItemRow, Reject, read_price, read_row

GOOD = {
    "sku": "KX-10R",
    "title": "Rugged tablet",
    "brand": "Fieldmark",
    "model": "RT-10",
    "category": "Tablets",
    "price": "1,360.00",
    "currency": "usd",
    "seller": "Kestrel IT",
}


def read(**changes: str | None) -> ItemRow | Reject:
    return read_row(GOOD | changes, 2, supplier="", currency="")


def test_columns_are_found_under_many_names() -> None:
    row = read_row(
        {
            "Supplier Part ID": "KX-10R",
            "Item_Name": "Rugged tablet",
            "Manufacturer": "Fieldmark",
            "MPN": "RT-10",
            "UNSPSC": "43211509",
            "Unit Price": "$1360",
            "Lead Time": "3",
            "UOM": "box",
        },
        2,
        supplier="Kestrel IT",
        currency="USD",
    )
    assert row == ItemRow(
        sku="KX-10R",
        title="Rugged tablet",
        description="",
        brand="Fieldmark",
        part_number="RT-10",
        category="43211509",
        price=Decimal("1360.00"),
        currency="USD",
        supplier="Kestrel IT",
        unit="box",
        lead_days=3,
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sku": " "}, "The row has no sku."),
        ({"title": None}, "The row has no title."),
        ({"seller": ""}, "The row has no supplier."),
        ({"price": ""}, "The row has no price."),
        ({"price": "on request"}, "“on request” is not a price."),
        ({"price": "-4.00"}, "A price cannot be below zero."),
        ({"price": "4.125"}, "USD has nothing smaller than 0.01."),
        ({"price": "99999999999"}, "“99999999999” is too high to be a price."),
        ({"currency": "dollars"}, "“DOLLARS” is not a currency code such as USD."),
        ({"sku": "x" * 81}, "The sku is longer than 80 characters."),
    ],
)
def test_a_row_that_cannot_be_stored_says_why_and_keeps_what_it_said(
    changes: dict[str, str | None], reason: str
) -> None:
    refused = read(**changes)
    assert isinstance(refused, Reject)
    assert refused.reason == reason
    assert refused.line == 2
    assert refused.row["brand"] == "Fieldmark"


def test_a_title_that_is_too_long_moves_into_the_description_whole() -> None:
    title = " ".join(["tablet"] * 100)
    row = read(title=title)
    assert isinstance(row, ItemRow)
    assert len(row.title) <= 300
    assert row.title.endswith("tablet…")
    assert row.description == title


def test_cells_too_many_or_too_few_do_no_harm() -> None:
    row = read_row(GOOD | {None: ["more", "cells"], "unit": None}, 2, supplier="", currency="")
    assert isinstance(row, ItemRow)
    assert row.unit == "each"


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("12.65", "12.65"),
        ("$1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234", "1234.00"),
        ("12,5", "12.50"),
        ("USD 7", "7.00"),
    ],
)
def test_prices_are_read_as_people_write_them(text: str, price: str) -> None:
    assert read_price(text, "USD") == Decimal(price)


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(max_size=400)))
def test_whatever_stands_in_a_row_it_is_stored_or_refused(changes: dict[str, str]) -> None:
    row = read(**changes)
    if isinstance(row, ItemRow):
        assert 0 <= row.price < Decimal(10) ** 10
        assert len(row.title) <= 300
    else:
        assert row.reason
