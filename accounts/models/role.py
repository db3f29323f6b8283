"""Roles granted on groups, and the object permissions they turn into."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from accounts.models.group import OrgGroup
from accounts.models.membership import Membership
from procurement.core.models import TenantModel


class Role(models.TextChoices):
    """The four roles. What each may do stands in `accounts.permissions.ROLE_PERMISSIONS`."""

    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"
    REQUISITIONER = "REQUISITIONER", "Requisitioner"
    FINANCE = "FINANCE", "Finance"
    TECHNICIAN = "TECHNICIAN", "Technician"


class RoleGrant(TenantModel):
    """A role granted to a membership on a group, inherited by every group below."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="grants")
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership", "group", "role"], name="role_grant_once"
            )
        ]
        indexes = [models.Index(fields=["organization_id", "group"], name="role_grant_group")]


class GroupPermission(TenantModel, UserObjectPermissionBase):
    """A permission of a user on a group: django-guardian's table, by direct foreign key.

    `accounts.services.roles` derives the rows from role grants; nothing else writes them.
    """

    content_object = models.ForeignKey(
        OrgGroup, on_delete=models.CASCADE, related_name="user_permissions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "user", "permission", "content_object"],
                name="group_permission_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "content_object"], name="group_permission_group"
            )
        ]
