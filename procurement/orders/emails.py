"""What mails about orders say, as plain data for their templates."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Organization
from procurement.orders.models import PurchaseOrder, PurchaseOrderLine


def purchase_order_context(
    purchase_order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], organization: Organization
) -> dict[str, Any]:
    """Return what a supplier is told of a purchase order; money as decimal text.

    No SQL where supplier, group and requester have been read with the purchase order.
    """
    requester = purchase_order.requester.user
    return {
        "organization_name": organization.name,
        "number": purchase_order.number,
        "supplier": purchase_order.supplier.name,
        "group": purchase_order.group.name,
        "requester": requester.name,
        "requester_email": requester.email,
        "currency": purchase_order.currency,
        "total": str(purchase_order.total),
        "placed_on": purchase_order.placed_at.date().isoformat(),
        "lines": [
            {
                "position": line.position,
                "title": line.title,
                "sku": line.sku,
                "unit": line.unit,
                "quantity": f"{line.quantity.normalize():f}",
                "unit_price": str(line.unit_price),
                "amount": str(line.amount),
            }
            for line in lines
        ],
    }
