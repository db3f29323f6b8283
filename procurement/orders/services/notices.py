"""Sending purchase orders to their suppliers, through the outbox."""

from collections.abc import Sequence
from datetime import datetime

from accounts import selectors as accounts
from procurement.orders.emails import purchase_order_context
from procurement.orders.models import PurchaseOrder, PurchaseOrderLine
from procurement.outbox.services import enqueue_email


def send_purchase_orders(placed: Sequence[PurchaseOrder], *, now: datetime) -> None:
    """Put a mail for each purchase order into the outbox, where its supplier has an address.

    Four SQL statements for all of them, and one for each mail.
    """
    ids = [purchase_order.id for purchase_order in placed]
    found = PurchaseOrder.objects.filter(id__in=ids, supplier__contact_email__gt="").select_related(
        "supplier", "group", "requester__user", "requisition__owner__user"
    )
    reachable = list(found)
    if not reachable:
        return
    lines: dict[object, list[PurchaseOrderLine]] = {}
    for line in PurchaseOrderLine.objects.filter(purchase_order__in=reachable).order_by("position"):
        lines.setdefault(line.purchase_order_id, []).append(line)
    organization = accounts.organization_by_id(reachable[0].organization_id)
    for purchase_order in reachable:
        enqueue_email(
            organization_id=purchase_order.organization_id,
            key=f"purchase-order:{purchase_order.id}",
            to=purchase_order.supplier.contact_email,
            template="purchase_order",
            context=purchase_order_context(purchase_order, lines[purchase_order.id], organization),
            now=now,
        )
