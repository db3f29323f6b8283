"""How much somebody may agree to by themselves."""

from datetime import datetime
from typing import Self

from django.db import models

from accounts.models import Membership
from procurement.core.models import TenantModel


class ApprovalLimitQuerySet(models.QuerySet["ApprovalLimit"]):
    """Limits by time."""

    def at(self, instant: datetime) -> Self:
        """Return the limits that held at an instant."""
        return self.filter(
            models.Q(until__isnull=True) | models.Q(until__gt=instant), since__lte=instant
        )


class ApprovalLimit(TenantModel):
    """The most that somebody’s agreement covers, in the organization's currency.

    None stands for no upper limit; without a row there is nothing that their agreement covers. One
    that has been changed or ended stays, so that what held on a day of the past can be told.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, db_index=False, related_name="approval_limits"
    )
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = ApprovalLimitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership"],
                condition=models.Q(until__isnull=True),
                name="approval_limit_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="approval_limit_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="approval_limit_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "membership", "since"], name="approval_limit_member"
            )
        ]
