"""What orders store: live orders, and apart from them what was bought before."""

from procurement.orders.models.numbering import NumberSeries
from procurement.orders.models.requisition import Requisition, RequisitionLine
from procurement.orders.models.purchase_order import PurchaseOrder, PurchaseOrderLine

__all__ = [
    "NumberSeries",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Requisition",
    "RequisitionLine",
]
