from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.orders.history.amounts import NotAnAmount, NumberStyle, parser, shape_of, style_of

CENTS = st.integers(min_value=-99_999_999_999, max_value=99_999_999_999)


def written(cents: int, style: NumberStyle, grouping: str, sign: str, currency: str) -> str:
    whole, part = divmod(abs(cents), 100)
    mark = "." if style is NumberStyle.POINT else ","
    digits = f"{whole:,}".replace(",", grouping) + f"{mark}{part:02d}"
    text = currency.replace("#", digits)
    if cents >= 0:
        return text
    return {
        "before": f"-{text}",
        "after": f"{text}-",
        "true": f"\N{MINUS SIGN}{text}",
        "parentheses": f"({text})",
        "credit": f"{text} CR",
    }[sign]


@given(
    cents=CENTS,
    style=st.sampled_from(NumberStyle),
    grouped=st.sampled_from(["", "other", " ", "\u00a0", "\u202f", "'"]),
    sign=st.sampled_from(["before", "after", "true", "parentheses", "credit"]),
    currency=st.sampled_from(["#", "$#", "# €", "CA$ #", "# CAD", "EUR #", "£#"]),
)
def test_an_amount_written_in_any_style_reads_back_to_the_cent(
    cents: int, style: NumberStyle, grouped: str, sign: str, currency: str
) -> None:
    other = "," if style is NumberStyle.POINT else "."
    cell = written(cents, style, other if grouped == "other" else grouped, sign, currency)
    assert parser(style)(cell) == Decimal(cents) / 100


@given(
    amounts=st.lists(CENTS, min_size=1),
    style=st.sampled_from(NumberStyle),
    is_grouped=st.booleans(),
)
def test_the_style_is_told_from_any_column_with_decimals(
    *, amounts: list[int], style: NumberStyle, is_grouped: bool
) -> None:
    other = "," if style is NumberStyle.POINT else "."
    cells = [written(one, style, other if is_grouped else "", "before", "#") for one in amounts]
    found, is_contradictory = style_of({shape_of(cell): 1 for cell in cells})
    assert found is style
    assert not is_contradictory


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["1,234", "56", "7"], NumberStyle.POINT),
        (["1.234", "56", "7"], NumberStyle.COMMA),
        (["1.234", "56.7"], NumberStyle.POINT),
        (["1,234", "56,7"], NumberStyle.COMMA),
        (["1,234,567"], NumberStyle.POINT),
        (["1.234.567"], NumberStyle.COMMA),
        (["1234.567"], NumberStyle.POINT),
        (["($3.10)", "3.10-"], NumberStyle.POINT),
    ],
)
def test_a_lone_separator_is_weighed_with_the_whole_column(
    cells: list[str], style: NumberStyle
) -> None:
    assert style_of({shape_of(cell): 1 for cell in cells})[0] is style


def test_whole_numbers_tell_no_style() -> None:
    assert style_of({"000": 3, "0": 1}) == (None, False)


def test_a_column_in_two_styles_says_so_and_follows_the_majority() -> None:
    assert style_of({"0.00": 5, "0,00": 2}) == (NumberStyle.POINT, True)


@pytest.mark.parametrize(
    "cell",
    ["", "  ", "n/a", "-", "1,5", "3,10", "1.2.3", "1E5", "12%", "1,23,4", "--5", "#REF!", "()"],
)
def test_what_does_not_fit_the_style_is_refused_rather_than_guessed(cell: str) -> None:
    with pytest.raises(NotAnAmount):
        parser(NumberStyle.POINT)(cell)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12,34,567.80", "1234567.80"),
        ("3.105", "3.11"),
        ("-3.105", "-3.11"),
        (".5", "0.5"),
        ("7.", "7"),
        ("+12.00", "12"),
        ("12.00 DR", "12"),
        ("$-3.10", "-3.10"),
        ("1'234.50", "1234.50"),
    ],
)
def test_further_habits_are_read(cell: str, amount: str) -> None:
    assert parser(NumberStyle.POINT)(cell) == Decimal(amount)


def test_an_amount_beyond_a_trillion_is_refused() -> None:
    with pytest.raises(NotAnAmount, match="too large"):
        parser(NumberStyle.POINT)("1,000,000,000,000.00")
