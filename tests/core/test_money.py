"""Money adds up, keeps its cents and never mixes currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.core.money import MixedCurrencies, Money, format_money, quantize

cents = st.integers(-10_000_000, 10_000_000).map(lambda n: Decimal(n).scaleb(-2))
weights = st.lists(
    st.decimals(min_value=0, max_value=1000, places=3), min_size=1, max_size=9
).filter(lambda found: sum(found) > 0)


@given(cents, weights)
def test_allocation_loses_no_cent(amount: Decimal, shares: list[Decimal]) -> None:
    parts = Money(amount, "USD").allocate(shares)
    assert sum((part.amount for part in parts), Decimal(0)) == amount
    assert len(parts) == len(shares)


@given(cents, weights)
def test_each_part_is_within_a_cent_of_its_exact_share(
    amount: Decimal, shares: list[Decimal]
) -> None:
    parts = Money(amount, "USD").allocate(shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.amount - amount * share / sum(shares)) <= Decimal("0.01")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("-1234.5", "USD", "\N{MINUS SIGN}$1,234.50"),
        ("0", "EUR", "€0.00"),
        ("1234.5", "JPY", "¥1,235"),
        ("9.5", "CHF", "CHF 9.50"),
        ("-0.001", "USD", "$0.00"),
    ],
)
def test_amounts_are_written_as_people_read_them(amount: str, currency: str, written: str) -> None:
    assert format_money(Decimal(amount), currency) == written


def test_halves_are_rounded_away_from_zero() -> None:
    assert quantize(Decimal("0.005")) == Decimal("0.01")
    assert quantize(Decimal("-0.005")) == Decimal("-0.01")


def test_weights_that_give_nothing_to_anybody_are_refused() -> None:
    with pytest.raises(ValueError, match="Weights"):
        Money(Decimal(1), "USD").allocate([Decimal(0)])
