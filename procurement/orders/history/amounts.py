"""Amounts as exports write them: ``1,234.50``, ``1.234,50``, ``($3.10)``, ``3.10-``, ``−3.10 CAD``.

Everything is Decimal; nothing passes through a float.
"""

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

LARGEST = Decimal(10) ** 12
_CENT = Decimal("0.01")
_DIGITS = str.maketrans("123456789", "000000000")
_MINUSES = "-\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SMALL HYPHEN-MINUS}"
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]+")
_CURRENCY = re.compile(
    r"(?:[A-Z]{1,3}\$|R\$|S/\.?|Rs\.?|kr\.?|Fr\.?|zł|Kč|Ft|lei|[$€£¥₹₩₪₺₽฿₫₱₦¢]|(?<![A-Z])[A-Z]{3}(?![A-Z]))",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"\s*(CR|DR)\.?$", re.IGNORECASE)
_PLAIN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2})?")
_GROUPED = {
    ".": re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}|[0-9]+)?(?:\.[0-9]*)?"),
    ",": re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)?(?:,[0-9]*)?"),
}


class NumberStyle(StrEnum):
    """Which sign stands before the decimals."""

    POINT = "1,234.50"
    COMMA = "1.234,50"


class NotAnAmount(ValueError):
    """A cell that holds no amount, with the reason."""


def shape_of(cell: str) -> str:
    """Return a cell with every digit as 0, which is all that its style depends on."""
    return cell.translate(_DIGITS)


def style_of(shapes: Mapping[str, int]) -> tuple[NumberStyle | None, bool]:
    """Decide the style from the shapes of a whole column, each with how often it occurs.

    Returns the style, or None where nothing tells (whole numbers only), and whether the column
    contradicts itself, in which case the majority of its cells was taken.
    """
    votes = {".": 0, ",": 0}
    leanings = {".": 0, ",": 0}
    for shape, count in shapes.items():
        sign, is_sure = _decimal_sign(shape)
        if sign:
            (votes if is_sure else leanings)[sign] += count
    counted = votes if any(votes.values()) else leanings
    if not any(counted.values()):
        return None, False
    style = NumberStyle.COMMA if counted[","] > counted["."] else NumberStyle.POINT
    return style, bool(counted["."] and counted[","])


def _decimal_sign(shape: str) -> tuple[str, bool]:
    """Return the decimal sign that a shape shows, and whether it can be no other."""
    bare = _SPACES.sub("", _CURRENCY.sub("", shape)).strip("()+" + _MINUSES)
    bare = _CREDIT.sub("", bare).strip("()+" + _MINUSES)
    points, commas = bare.count("."), bare.count(",")
    if points and commas:
        return (".", True) if bare.rfind(".") > bare.rfind(",") else (",", True)
    if points + commas == 0:
        return "", False
    sign, other = (".", ",") if points else (",", ".")
    if points + commas > 1:
        return other, True
    if len(bare) - bare.index(sign) - 1 != 3:  # noqa: PLR2004 – three digits may be thousands
        return sign, True
    # 1.234 and 1,234: thousands by the first habit of either style, unless nothing else speaks.
    if bare.index(sign) > 3 or (bare.startswith("0" + sign) and len(bare) == 4):  # noqa: PLR2004 – as above
        return sign, False
    return other, False


def looks_like_one(cell: str) -> bool:
    """Tell whether a cell could be an amount in some style."""
    for pattern in _GROUPED.values():
        point = "." if pattern is _GROUPED["."] else ","
        try:
            _parse(cell, point, pattern)
        except NotAnAmount:
            continue
        return True
    return False


def parser(style: NumberStyle) -> Callable[[str], Decimal]:
    """Return a function that reads a cell of this style, or raises `NotAnAmount`.

    An amount in parentheses, with a minus on either side or marked CR is negative. Decimals beyond
    the cent are rounded half away from zero.
    """
    point = "." if style is NumberStyle.POINT else ","
    grouped = _GROUPED[point]
    is_plain = _PLAIN.fullmatch if style is NumberStyle.POINT else None

    def parse(cell: str) -> Decimal:
        if is_plain is not None and is_plain(cell):
            return Decimal(cell)
        return _parse(cell, point, grouped)

    return parse


def _parse(cell: str, point: str, grouped: re.Pattern[str]) -> Decimal:
    text = cell.strip()
    if not text:
        raise NotAnAmount("no amount")
    is_negative = False
    if mark := _CREDIT.search(text):
        is_negative = mark[1].upper() == "CR"
        text = text[: mark.start()]
    text = _SPACES.sub("", _CURRENCY.sub("", text))
    if text.startswith("(") and text.endswith(")"):
        is_negative, text = True, text[1:-1]
    if text and text[0] in _MINUSES:
        is_negative, text = True, text[1:]
    elif text and text[-1] in _MINUSES:
        is_negative, text = True, text[:-1]
    text = text.removeprefix("+")
    if not grouped.fullmatch(text) or not any(character.isdigit() for character in text):
        raise NotAnAmount(f"{cell.strip()!r} is not an amount")
    digits = text.replace("," if point == "." else ".", "").replace(",", ".")
    value = Decimal(digits)
    if abs(value) >= LARGEST:
        raise NotAnAmount(f"{cell.strip()!r} is too large an amount")
    if len(digits.partition(".")[2]) > 2:  # noqa: PLR2004 – finer than a cent
        value = value.quantize(_CENT, rounding=ROUND_HALF_UP)
    return -value if is_negative else value
