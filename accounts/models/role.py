"""Roles granted on groups, and the object permissions they turn into."""

from datetime import datetime
from typing import Self

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


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Role grants by time."""

    def in_force(self, at: datetime) -> Self:
        """Return the grants that hold at an instant."""
        return self.filter(
            models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=at), starts_at__lte=at
        )


class RoleGrant(TenantModel):
    """A role granted to a membership on a group, inherited by every group below.

    In force from ``starts_at`` up to ``ends_at`` (excluded; None stands for no end). A grant that
    has ended stays, so that who could do what on a day of the past can be told.
    ``spending_limit`` is the most that one order may come to, in the organization's currency; None
    leaves it to the limits of the groups (`RoleLimit`).
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="grants")
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    spending_limit = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    granted_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership", "group", "role"],
                condition=models.Q(ends_at__isnull=True),
                name="role_grant_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gte=models.F("starts_at")),
                name="role_grant_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(spending_limit__isnull=True) | models.Q(spending_limit__gte=0),
                name="role_grant_limit_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "group"], name="role_grant_group"),
            models.Index(fields=["organization_id", "membership"], name="role_grant_member"),
        ]


class RoleLimit(TenantModel):
    """The most that one order of a role's holders may come to on a group and everything below it.

    Where several groups on the way up set one, the lowest counts. A grant with a limit of its own
    goes by that instead. In the organization's currency.
    """

    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="role_limits", db_index=False
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group", "role"], name="role_limit_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="role_limit_not_negative"
            ),
        ]


class GroupPermission(TenantModel, UserObjectPermissionBase):
    """A permission of a user on a group: django-guardian's table, by direct foreign key.

    Derived from the role grant that it names, and in force as long as that is.
    `accounts.services.roles` writes the rows; nothing else does.
    """

    grant = models.ForeignKey(RoleGrant, on_delete=models.CASCADE, related_name="permissions")
    content_object = models.ForeignKey(
        OrgGroup, on_delete=models.CASCADE, related_name="user_permissions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "grant", "permission"], name="group_permission_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "content_object"], name="group_permission_group"
            )
        ]
