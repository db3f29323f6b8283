"""Placing an approved order: a purchase order to each supplier, and the budget committed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from budgets import services as budgets
from budgets.movements import Document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.draft import Draft, DraftLine
from procurement.orders.models import PurchaseOrder, PurchaseOrderLine
from procurement.orders.services.notices import send_purchase_orders
from procurement.orders.services.numbering import take_numbers

_PLACED = """
UPDATE orders_requisition SET status = 'PLACED', closed_at = %s, touched_at = %s WHERE id = %s
"""

_GUIDANCE = "SELECT id, guidance FROM orders_requisitionline WHERE requisition_id = %s"


def place_order(*, actor: Actor, draft: Draft, on: date, now: datetime) -> list[PurchaseOrder]:
    """Turn an approved order into purchase orders, one for each supplier, and commit its budget.

    ``on`` is the organization's day. The caller has locked the requisition and found it approved.
    Six round trips.
    """
    by_supplier: dict[UUID, list[DraftLine]] = {}
    for line in draft.lines:
        by_supplier.setdefault(line.supplier_id, []).append(line)
    guidance = dict(writes.execute(_GUIDANCE, [draft.id]).fetchall())
    budgets.commit(
        actor=actor, document=Document(SUBJECT_KIND, draft.id, draft.number, on), now=now
    )
    numbers = take_numbers(
        organization_id=actor.organization_id, kind="PO", count=len(by_supplier), now=now
    )
    placed = [
        _purchase_order(actor, draft, supplier_id, number, lines, now)
        for (supplier_id, lines), number in zip(by_supplier.items(), numbers, strict=True)
    ]
    with writes.batch():
        writes.insert(*placed)
        writes.execute(_PLACED, [now, now, draft.id])
        for purchase_order in placed:
            lines = by_supplier[purchase_order.supplier_id]
            writes.insert(*_lines(purchase_order, lines, guidance))
            _record(actor, draft, purchase_order, lines, now)
    send_purchase_orders(placed, now=now)
    return placed


def _purchase_order(
    actor: Actor,
    draft: Draft,
    supplier_id: UUID,
    number: str,
    lines: Sequence[DraftLine],
    now: datetime,
) -> PurchaseOrder:
    return PurchaseOrder(
        id=new_id(),
        organization_id=actor.organization_id,
        number=number,
        requisition_id=draft.id,
        supplier_id=supplier_id,
        group_id=draft.group_id,
        requester_id=draft.requester_id,
        currency=draft.currency,
        total=sum((line.amount for line in lines), Decimal(0)),
        placed_at=now,
    )


def _lines(
    purchase_order: PurchaseOrder, lines: Sequence[DraftLine], guidance: dict[UUID, str]
) -> list[PurchaseOrderLine]:
    return [
        PurchaseOrderLine(
            id=new_id(),
            organization_id=purchase_order.organization_id,
            purchase_order_id=purchase_order.id,
            requisition_line_id=line.id,
            position=position,
            item_id=line.item_id,
            category_id=line.category_id,
            title=line.title,
            sku=line.sku,
            unit=line.unit,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            guidance=guidance[line.id],
        )
        for position, line in enumerate(lines, start=1)
    ]


def _record(
    actor: Actor,
    draft: Draft,
    purchase_order: PurchaseOrder,
    lines: Sequence[DraftLine],
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=AuditAction.PURCHASE_ORDER_PLACED,
        subject_type="purchase_order",
        subject_id=purchase_order.id,
        subject_label=purchase_order.number,
        group_id=draft.group_id,
        after={
            "requisition_id": draft.id,
            "requisition": draft.number,
            "supplier": lines[0].supplier_name,
            "total": purchase_order.total,
            "currency": purchase_order.currency,
        },
        now=now,
    )
