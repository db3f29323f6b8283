"""What a decision is bound to: any change of what an approver is shown gives another hash."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from procurement.core.ids import new_id
from procurement.orders.draft import Draft, DraftLine

LINE = DraftLine(
    id=new_id(),
    item_id=new_id(),
    title="Cordless drill 18 V",
    sku="HT-1820",
    unit="each",
    supplier_id=new_id(),
    supplier_name="Halden Tools",
    category_id=None,
    category_path=(),
    quantity=Decimal(2),
    unit_price=Decimal("320.00"),
    currency="USD",
    justification="The old one broke.",
)
DRAFT = Draft(
    id=new_id(),
    number="R-2026-0001",
    revision=1,
    group_id=new_id(),
    group_name="Field Service",
    group_path=(),
    requester_id=new_id(),
    requester_name="Alice Requester",
    currency="USD",
    note="Two new fitters start on December 1.",
    lines=(LINE, replace(LINE, id=new_id(), item_id=new_id())),
)


@pytest.mark.parametrize(
    "change",
    [
        {"item_id": new_id()},
        {"title": "Cordless drill 12 V"},
        {"supplier_id": new_id()},
        {"quantity": Decimal(3)},
        {"unit_price": Decimal("320.01")},
        # Twice as many at half the price come to the same amount.
        {"quantity": Decimal(4), "unit_price": Decimal("160.00")},
        {"justification": "The old one was lost."},
    ],
    ids="-".join,
)
def test_another_line_is_other_content(change: dict[str, Any]) -> None:
    changed = replace(DRAFT, lines=(replace(LINE, **change), DRAFT.lines[1]))
    assert changed.content_hash() != DRAFT.content_hash()


@pytest.mark.parametrize(
    "change",
    [
        {"id": new_id()},
        {"group_id": new_id()},
        {"requester_id": new_id()},
        {"currency": "EUR"},
        {"note": "One new fitter starts on December 1."},
        {"lines": DRAFT.lines[:1]},
        {"lines": (*DRAFT.lines, replace(LINE, id=new_id()))},
        {"wanted_on": date(2026, 12, 1)},
    ],
    ids="-".join,
)
def test_another_order_is_other_content(change: dict[str, Any]) -> None:
    assert replace(DRAFT, **change).content_hash() != DRAFT.content_hash()


def test_the_same_content_has_the_same_hash_however_its_quantity_is_written() -> None:
    same = replace(LINE, quantity=Decimal("2.000"))
    assert replace(DRAFT, lines=(same, DRAFT.lines[1])).content_hash() == DRAFT.content_hash()
