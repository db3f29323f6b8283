"""What people ask for on a budget: more room, room from another one, room set aside."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from budgets.models.columns import amount_column
from budgets.models.ledger import BudgetPeriod
from procurement.core.models import TenantModel


class BudgetIncrease(TenantModel):
    """Somebody asks for more room in a period; a subject of approval, applied once it is approved.

    ``is_lasting`` raises the cap of the periods that follow, too. ``document_id`` leads to the
    order that waits for it, if one does; it is no foreign key, since orders stand above budgets.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        PENDING = "PENDING", "Waiting for approval"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        EXPIRED = "EXPIRED", "Not decided in time"

    period = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="increases", db_index=False
    )
    amount = amount_column()
    is_lasting = models.BooleanField(default=False)
    reason = models.TextField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    asked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    document_kind = models.CharField(max_length=20, blank=True)
    document_id = models.UUIDField(null=True)
    document_label = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_increase_positive"),
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"), name="budget_increase_says_why"
            ),
            models.UniqueConstraint(
                fields=["organization_id", "period", "document_id"],
                condition=Q(status="PENDING", document_id__isnull=False),
                name="budget_increase_asked_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "period"], name="budget_increase_period"),
            models.Index(
                fields=["organization_id", "document_id"], name="budget_increase_document"
            ),
            models.Index(
                fields=["organization_id", "asked_by", "-asked_at"], name="budget_increase_asked"
            ),
        ]


class BudgetTransfer(TenantModel):
    """Room that one budget's period gives to another's, once whoever keeps the giver agrees."""

    class Status(models.TextChoices):
        """Where it stands."""

        ASKED = "ASKED", "Waiting for the giver"
        DONE = "DONE", "Transferred"
        REFUSED = "REFUSED", "Refused"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        EXPIRED = "EXPIRED", "Not answered in time"

    giver = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="given", db_index=False
    )
    taker = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="taken", db_index=False
    )
    amount = amount_column()
    reason = models.TextField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.ASKED)
    asked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answered_by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answer = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_transfer_positive"),
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="budget_transfer_between_two"
            ),
            models.CheckConstraint(
                condition=Q(reason__regex=r"\S"), name="budget_transfer_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "giver"], name="budget_transfer_giver"),
            models.Index(fields=["organization_id", "taker"], name="budget_transfer_taker"),
        ]


class Earmark(TenantModel):
    """Room set aside on one period for a purpose, until a day: then it is free again by itself."""

    period = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="earmarks", db_index=False
    )
    purpose = models.CharField(max_length=200)
    amount = amount_column()
    expires_on = models.DateField()
    made_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="earmark_positive"),
            models.CheckConstraint(condition=Q(purpose__regex=r"\S"), name="earmark_says_why"),
        ]
        indexes = [
            models.Index(fields=["organization_id", "period"], name="earmark_period"),
            models.Index(
                fields=["organization_id", "expires_on"],
                condition=Q(released_at__isnull=True),
                name="earmark_running",
            ),
        ]
