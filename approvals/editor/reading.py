"""How a form's text becomes values: amounts, numbers, and the places that a form has sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from procurement.core.money import quantize

NOT_AN_AMOUNT = "Enter an amount, such as 1,000.00."


def read_amount(text: str, currency: str) -> Decimal | None:
    """Return an amount as somebody typed it, None where it is none."""
    try:
        amount = Decimal(text.replace(",", "").lstrip("$€£¥ "))
        rounded = quantize(amount, currency)
    except InvalidOperation:
        return None
    return rounded if rounded == amount else amount


def typed_amount(amount: Decimal | None) -> str:
    """Return an amount as it stands in its field; empty for None."""
    return "" if amount is None else f"{amount:,f}"


def read_number(text: str) -> int:
    """Return a whole number as somebody typed it, 0 where it is none."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 4 else 0  # noqa: PLR2004 – four digits


def indices(data: QueryDict, prefix: str, names: Sequence[str], most: int) -> list[int]:
    """Return which numbers a form has sent between a prefix and one of the names, rising."""
    pattern = re.compile(rf"{re.escape(prefix)}\.(\d+)\.(?:{'|'.join(names)})")
    found = (pattern.fullmatch(key) for key in data)
    return sorted({int(match[1]) for match in found if match})[:most]


@dataclass(slots=True)
class Place:
    """Something that stands at a place of the form, such as ``tiers.1``."""

    place: str


def put(things: Sequence[Place], prefix: str) -> None:
    """Number things anew: ``tiers.0``, ``tiers.1``."""
    for index, thing in enumerate(things):
        thing.place = f"{prefix}.{index}"
