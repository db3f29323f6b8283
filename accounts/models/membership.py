"""A person in an organization."""

from django.conf import settings
from django.db import models

from accounts.models.group import OrgGroup
from procurement.core.models import TenantModel


class Membership(TenantModel):
    """A user's place in one organization: home group, manager, and whether access is open."""

    class Status(models.TextChoices):
        """Whether the person may act."""

        ACTIVE = "ACTIVE", "Active"
        INVITED = "INVITED", "Invited"
        SUSPENDED = "SUSPENDED", "Suspended"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.ACTIVE)
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="members")
    manager = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reports")
    title = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "user"], name="membership_user_once")
        ]
        indexes = [models.Index(fields=["organization_id", "group"], name="membership_group")]
