"""Named seats of groups and who fills them."""

from django.db import models

from accounts.models.group import OrgGroup
from accounts.models.membership import Membership
from procurement.core.models import TenantModel


class Position(TenantModel):
    """A kind of seat that an organization's groups have, such as supervisor or director."""

    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "code"], name="position_code_once")
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class PositionHolder(TenantModel):
    """Who fills a seat of a group. An empty seat is answered by the nearest ancestor's holder."""

    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="holders")
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="seats")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="seats")
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group", "position"], name="position_holder_once"
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "membership"], name="position_holder_member")
        ]
