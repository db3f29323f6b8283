"""What orders store: live orders, and apart from them what was bought before."""

from procurement.orders.models.history import HistoryImport, ImportedLine, ImportedOrder
from procurement.orders.models.numbering import NumberSeries
from procurement.orders.models.purchase_order import PurchaseOrder, PurchaseOrderLine
from procurement.orders.models.requisition import RejectedLine, Requisition, RequisitionLine

__all__ = [
    "HistoryImport",
    "ImportedLine",
    "ImportedOrder",
    "NumberSeries",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "RejectedLine",
    "Requisition",
    "RequisitionLine",
]
