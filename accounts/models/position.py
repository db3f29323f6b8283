"""Named seats of groups and who fills them."""

from typing import Self

from django.db import models

from accounts.models.group import OrgGroup
from accounts.models.membership import Membership
from procurement.core.models import TenantModel


class PositionQuerySet(models.QuerySet["Position"]):
    """Kinds of seats by state."""

    def in_use(self) -> Self:
        """Return those that have not been archived."""
        return self.filter(archived_at__isnull=True)


class Position(TenantModel):
    """A kind of seat that an organization's groups have, such as supervisor or director.

    ``code`` is what policies ask for and stays when the seat is renamed. One that was archived is
    no longer offered; who held it stays on record.
    """

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)
    archived_at = models.DateTimeField(null=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "code"], name="position_code_once")
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class PositionHolderQuerySet(models.QuerySet["PositionHolder"]):
    """Holders of seats by time."""

    def current(self) -> Self:
        """Return who fills seats now."""
        return self.filter(until__isnull=True)


class PositionHolder(TenantModel):
    """Who fills a seat of a group, or is its deputy; who has left it stays on record.

    An empty seat is answered by the nearest ancestor's holder. A deputy answers where the holder
    cannot: without access, or because the order is their own.
    """

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="holders")
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="seats")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="seats")
    is_deputy = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = PositionHolderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group", "position", "is_deputy"],
                condition=models.Q(until__isnull=True),
                name="position_holder_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="position_holder_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "membership"], name="position_holder_member"),
            models.Index(fields=["organization_id", "group"], name="position_holder_group"),
        ]


class DutyAcceptance(TenantModel):
    """A conflict of duties that somebody has accepted, with a reason and a last day.

    ``kind`` names the conflict as `accounts.duties` does; the pair of person and group says where.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="accepted_duties", db_index=False
    )
    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="accepted_duties", db_index=False
    )
    kind = models.CharField(max_length=40)
    reason = models.TextField()
    until_on = models.DateField()
    accepted_by = models.CharField(max_length=200)
    accepted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership", "group", "kind"],
                condition=models.Q(ended_at__isnull=True),
                name="duty_acceptance_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"\S"), name="duty_acceptance_says_why"
            ),
        ]
