"""Who owns a category of what is bought, and so agrees to it."""

from datetime import datetime
from typing import Self

from django.db import models

from accounts.models import Membership, OrgGroup, Position
from procurement.core.models import TenantModel


class CategoryOwnerQuerySet(models.QuerySet["CategoryOwner"]):
    """Owners by time."""

    def at(self, instant: datetime) -> Self:
        """Return the owners that held at an instant."""
        return self.filter(
            models.Q(until__isnull=True) | models.Q(until__gt=instant), since__lte=instant
        )

    def current(self) -> Self:
        """Return the owners that hold now."""
        return self.filter(until__isnull=True)


class CategoryOwner(TenantModel):
    """Who owns a category for a group and everything below it; the nearest group counts.

    Either a seat, which is a position of a group (``seat_group``), or a person. The seat's group
    need not be above or below: Marketing's director can own design software for everybody. The
    category is known by its code alone; its name is kept as it was. Rows that have ended stay.
    """

    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, db_index=False, related_name="category_owners"
    )
    category_code = models.CharField(max_length=60)
    category_name = models.CharField(max_length=200)
    position = models.ForeignKey(
        Position, null=True, on_delete=models.PROTECT, related_name="owned_categories"
    )
    seat_group = models.ForeignKey(
        OrgGroup, null=True, on_delete=models.PROTECT, db_index=False, related_name="owning_seats"
    )
    membership = models.ForeignKey(
        Membership,
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="owned_categories",
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = CategoryOwnerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group", "category_code"],
                condition=models.Q(until__isnull=True),
                name="category_owner_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="category_owner_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    position__isnull=False, seat_group__isnull=False, membership__isnull=True
                )
                | models.Q(
                    position__isnull=True, seat_group__isnull=True, membership__isnull=False
                ),
                name="category_owner_seat_or_person",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "group", "since"], name="category_owner_group"),
            models.Index(fields=["organization_id", "membership"], name="category_owner_member"),
            models.Index(fields=["organization_id", "seat_group"], name="category_owner_seat"),
        ]

    @property
    def title(self) -> str:
        """Return who owns it, as named: ``Director of Marketing``, or the person.

        Reads what `approvals.selectors.with_names` has loaded along.
        """
        if self.membership is not None:
            return self.membership.user.name or self.membership.user.email
        assert self.position is not None
        assert self.seat_group is not None
        return f"{self.position.name} of {self.seat_group.name}"
