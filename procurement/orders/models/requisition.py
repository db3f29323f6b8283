"""What someone asks to buy."""

from django.db import models

from accounts.models import Membership, OrgGroup
from approvals.models import ApprovalRequest
from catalogs.models import CatalogItem, Category, Supplier
from procurement.core.models import TenantModel


class Requisition(TenantModel):
    """An order from the cart to its end; "order" on pages until it is placed.

    Its content can change while it is a draft only. ``content_hash`` is the SHA-256 of the content
    that was last submitted: what was decided is bound to it. ``owner`` looks after it where its
    requester has left; None stands for the requester.

    ``wanted_on`` is the day on which it is wanted, if its requester has said; ``charged_on`` is the
    day whose budget periods it counts in, set when it is submitted. While it is WAITING it goes on
    by itself once its budgets have the room, in the order of ``waiting_since``.
    """

    class Status(models.TextChoices):
        """Where the order stands."""

        DRAFT = "DRAFT", "In the cart"
        WAITING = "WAITING", "Waiting for budget"
        PENDING = "PENDING", "Waiting for approval"
        PLACED = "PLACED", "Placed"
        REJECTED = "REJECTED", "Rejected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        EXPIRED = "EXPIRED", "Not decided in time"
        CANCELLED = "CANCELLED", "Cancelled"

    number = models.CharField(max_length=24)
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, db_index=False)
    requester = models.ForeignKey(Membership, on_delete=models.PROTECT, db_index=False)
    owner = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    revision = models.PositiveSmallIntegerField(default=1)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    note = models.TextField(blank=True)
    wanted_on = models.DateField(null=True)
    charged_on = models.DateField(null=True)
    waiting_since = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64, blank=True)
    explanation = models.JSONField(default=list)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "number"], name="requisition_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["DRAFT", "WAITING", "CANCELLED"])
                | models.Q(submitted_at__isnull=False),
                name="requisition_submitted_before_anything",
            ),
            models.CheckConstraint(
                condition=models.Q(total__gte=0), name="requisition_total_not_negative"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "requester", "-touched_at"], name="requisition_requester"
            ),
            models.Index(
                fields=["organization_id", "group", "-touched_at"], name="requisition_group"
            ),
            models.Index(
                fields=["organization_id", "owner"],
                condition=models.Q(owner__isnull=False),
                name="requisition_owner",
            ),
            models.Index(
                fields=["organization_id", "waiting_since"],
                condition=models.Q(status="WAITING"),
                name="requisition_waiting",
            ),
            # Which orders count together towards the tiers of a policy.
            models.Index(
                fields=["organization_id", "requester", "submitted_at"],
                condition=models.Q(status__in=["PENDING", "PLACED"]),
                name="requisition_counted_requester",
            ),
            models.Index(
                fields=["organization_id", "group", "submitted_at"],
                condition=models.Q(status__in=["PENDING", "PLACED"]),
                name="requisition_counted_group",
            ),
        ]


class RequisitionLine(TenantModel):
    """One line of an order: an item from one supplier, with what guided buying said of it."""

    requisition = models.ForeignKey(
        Requisition, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(CatalogItem, on_delete=models.PROTECT, db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, db_index=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, db_index=False)
    title = models.CharField(max_length=1000)
    sku = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=20, default="each")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=16, decimal_places=4)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    justification = models.TextField(blank=True)
    guidance = models.CharField(max_length=10, blank=True)
    guidance_sentence = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "requisition", "item"], name="requisition_line_item_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="requisition_line_quantity_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(unit_price__gte=0), name="requisition_line_price_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "supplier"], name="requisition_line_supplier")
        ]


class RejectedLine(TenantModel):
    """A line that an approver took out of an order, so that the rest could go on. Append-only.

    ``request`` is the one in which it was rejected; ``position`` where it stood on the order.
    """

    requisition = models.ForeignKey(
        Requisition, on_delete=models.PROTECT, related_name="rejected_lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(CatalogItem, on_delete=models.PROTECT, db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, db_index=False)
    title = models.CharField(max_length=1000)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=16, decimal_places=4)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    reason = models.TextField()
    rejected_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rejected_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "request", "item"], name="rejected_line_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"\S"), name="rejected_line_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "requisition", "position"], name="rejected_line_order"
            )
        ]
