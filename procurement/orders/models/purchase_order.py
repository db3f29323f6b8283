"""What is placed with one supplier after approval."""

from django.db import models

from accounts.models import Membership, OrgGroup
from catalogs.models import CatalogItem, Category, Supplier
from procurement.core.models import TenantModel
from procurement.orders.models.requisition import Requisition, RequisitionLine


class PurchaseOrder(TenantModel):
    """An order to one supplier. A requisition yields one for each supplier on it."""

    number = models.CharField(max_length=24)
    requisition = models.ForeignKey(
        Requisition, on_delete=models.PROTECT, related_name="purchase_orders", db_index=False
    )
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, db_index=False)
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, db_index=False)
    requester = models.ForeignKey(Membership, on_delete=models.PROTECT, db_index=False)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=16, decimal_places=2)
    placed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "number"], name="purchase_order_number_once"
            ),
            models.UniqueConstraint(
                fields=["organization_id", "requisition", "supplier"],
                name="purchase_order_supplier_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "group"], name="purchase_order_group"),
            models.Index(fields=["organization_id", "supplier"], name="purchase_order_supplier"),
        ]

    @property
    def contact(self) -> Membership:
        """Return whom questions go to: its requester, or whoever looks after it instead."""
        return self.requisition.owner or self.requester


class PurchaseOrderLine(TenantModel):
    """One line of a purchase order, as it was approved."""

    purchase_order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    requisition_line = models.OneToOneField(RequisitionLine, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(CatalogItem, on_delete=models.PROTECT, db_index=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, db_index=False)
    title = models.CharField(max_length=1000)
    sku = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=16, decimal_places=4)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    guidance = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "purchase_order", "position"],
                name="purchase_order_line_position_once",
            )
        ]
