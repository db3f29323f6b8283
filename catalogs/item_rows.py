"""One row of a catalog file, made into what can be stored, or refused with a reason (pure)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from procurement.core.money import unit

LONGEST_TITLE = 300
LONGEST = {
    "sku": 80,
    "brand": 120,
    "part_number": 120,
    "unit": 20,
    "supplier": 300,
    "category": 200,
}
HIGHEST_PRICE = Decimal(10) ** 10
# What a column may be called, the first that is there and filled is taken.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "sku": ("sku", "supplier part id", "item number", "article number", "id"),
    "title": ("title", "name", "item", "item name", "product"),
    "description": ("description", "item description", "long description"),
    "brand": ("brand", "manufacturer", "manufacturer name", "make"),
    "part_number": ("part number", "manufacturer part number", "mpn", "model", "model number"),
    "category": ("category", "category code", "unspsc", "unspsc code", "classification"),
    "price": ("price", "unit price", "price each", "list price"),
    "currency": ("currency", "currency code"),
    "supplier": ("supplier", "supplier name", "seller", "vendor"),
    "unit": ("unit", "unit of measure", "uom"),
    "lead_days": ("lead days", "lead time", "lead time days"),
}
_NOT_A_NUMBER = re.compile(r"[^\d.,\-]")
_WHOLE = re.compile(r"\d{1,4}")
_APART = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row that can be stored; ``category`` is a code or a name, ``price`` is for one ``unit``."""

    sku: str
    title: str
    description: str
    brand: str
    part_number: str
    category: str
    price: Decimal
    currency: str
    supplier: str
    unit: str
    lead_days: int | None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that cannot be stored: its line (the header is line 1), why, and what it said."""

    line: int
    reason: str
    row: Mapping[str, str]


def read_row(
    row: Mapping[Any, Any], line: int, *, supplier: str, currency: str
) -> ItemRow | Reject:
    """Make a row storable; ``supplier`` and ``currency`` stand in where it names none.

    Whatever a CSV reader puts beside named columns (cells too many, cells missing) is left alone.
    """
    by_name = {
        _APART.sub(" ", name).strip().lower(): (value or "").strip()
        for name, value in row.items()
        if isinstance(name, str) and not isinstance(value, list)
    }
    found = {
        field: next((by_name[name] for name in names if by_name.get(name)), "")
        for field, names in COLUMNS.items()
    }
    found["supplier"] = found["supplier"] or supplier
    found["currency"] = (found["currency"] or currency).upper()
    reason, price = _refusal(found)
    if reason or price is None:
        kept = {str(name): str(value or "") for name, value in row.items()}
        return Reject(line=line, reason=reason, row=kept)
    title, description = _short(found["title"], found["description"])
    return ItemRow(
        sku=found["sku"],
        title=title,
        description=description,
        brand=found["brand"],
        part_number=found["part_number"],
        category=found["category"] or "Uncategorized",
        price=price,
        currency=found["currency"],
        supplier=found["supplier"],
        unit=found["unit"] or "each",
        lead_days=int(found["lead_days"]) if _WHOLE.fullmatch(found["lead_days"]) else None,
    )


def read_price(text: str, currency: str) -> Decimal | None:
    """Return a price written like ``1,234.50``, ``$1234.5`` or ``1.234,50``, or None."""
    bare = _NOT_A_NUMBER.sub("", text)
    if bare.rfind(",") > bare.rfind(".") and len(bare) - bare.rfind(",") - 1 != 3:  # noqa: PLR2004 – three digits after it are thousands
        bare = bare.replace(".", "").replace(",", ".")
    try:
        price = Decimal(bare.replace(",", ""))
    except InvalidOperation:
        return None
    return price.quantize(unit(currency)) if price % unit(currency) == 0 else price


def _refusal(found: Mapping[str, str]) -> tuple[str, Decimal | None]:
    """Return why a row cannot be stored, or else its price."""
    for field in ("sku", "title", "supplier", "price"):
        if not found[field]:
            return f"The row has no {field}.", None
    for field, longest in LONGEST.items():
        if len(found[field]) > longest:
            return f"The {field.replace('_', ' ')} is longer than {longest} characters.", None
    if not re.fullmatch(r"[A-Z]{3}", found["currency"]):
        return f"“{found['currency']}” is not a currency code such as USD.", None
    price = read_price(found["price"], found["currency"])
    return _price_refusal(price, found["price"], found["currency"]), price


def _price_refusal(price: Decimal | None, text: str, currency: str) -> str:
    if price is None or not price.is_finite():
        return f"“{text}” is not a price."
    if price < 0:
        return "A price cannot be below zero."
    if price >= HIGHEST_PRICE:
        return f"“{text}” is too high to be a price."
    smallest = unit(currency)
    return f"{currency} has nothing smaller than {smallest}." if price % smallest else ""


def _short(title: str, description: str) -> tuple[str, str]:
    """Keep a title on one page: what does not fit moves into the description, whole."""
    if len(title) <= LONGEST_TITLE:
        return title, description
    cut = title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0]
    return f"{cut}…", f"{title}\n\n{description}".strip()
