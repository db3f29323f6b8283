"""The hierarchy."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from accounts.permissions import Permission
from procurement.core.models import TenantModel


class OrgGroup(TenantModel):
    """A node of an organization's hierarchy.

    ``path`` holds the ids of all ancestors, root first, and the group's own id last; it is kept by
    `accounts.services.groups` alone. Ancestors are ``id = ANY(path)``, a subtree is
    ``path @> ARRAY[id]``.
    """

    class Kind(models.TextChoices):
        """What the node stands for in the organization."""

        ROOT = "ROOT", "Company"
        DEPARTMENT = "DEPARTMENT", "Department"
        COST_CENTRE = "COST_CENTRE", "Cost centre"
        TEAM = "TEAM", "Team"

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = ArrayField(models.UUIDField())
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TEAM)
    is_active = models.BooleanField(default=True)

    class Meta:
        permissions: ClassVar = [(permission.value, permission.label) for permission in Permission]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id"],
                condition=models.Q(parent__isnull=True),
                name="org_group_one_root",
            ),
            models.UniqueConstraint(
                fields=["organization_id", "parent", "name"], name="org_group_name_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "parent"], name="org_group_parent"),
            GinIndex(fields=["path"], name="org_group_path"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def level(self) -> int:
        """Return the depth in the tree; the root stands at 1."""
        return len(self.path)
