"""The hierarchy, and where its groups have stood."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.permissions import Permission
from procurement.core.models import TenantModel


class OrgGroup(TenantModel):
    """A node of an organization's hierarchy.

    ``path`` holds the ids of all ancestors, root first, and the group's own id last; it is kept by
    `accounts.services` alone. Ancestors are ``id = ANY(path)``, a subtree is ``path @> ARRAY[id]``.

    ``starts_on`` and ``ends_on`` (both included, None for no bound) are the days on which the group
    may buy. An archived group may not, and keeps its place and its orders; one that was merged
    stands archived below the group that took it over, which is how that group's readers find them.
    """

    class Kind(models.TextChoices):
        """What the node stands for in the organization."""

        ROOT = "ROOT", "Company"
        SUBSIDIARY = "SUBSIDIARY", "Subsidiary"
        SITE = "SITE", "Site"
        DEPARTMENT = "DEPARTMENT", "Department"
        COST_CENTRE = "COST_CENTRE", "Cost centre"
        TEAM = "TEAM", "Team"
        PROJECT = "PROJECT", "Project"

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = ArrayField(models.UUIDField())
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.TEAM)
    is_active = models.BooleanField(default=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_groups"
    )

    class Meta:
        permissions: ClassVar = [(permission.value, permission.label) for permission in Permission]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id"],
                condition=models.Q(parent__isnull=True),
                name="org_group_one_root",
            ),
            # What has been archived keeps its name, and leaves it free for another.
            models.UniqueConstraint(
                fields=["organization_id", "parent", "name"],
                condition=models.Q(is_active=True),
                name="org_group_active_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="org_group_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=True, archived_at__isnull=True)
                | models.Q(is_active=False, archived_at__isnull=False),
                name="org_group_archived_when_inactive",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | models.Q(is_active=False),
                name="org_group_merged_is_archived",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "parent"], name="org_group_parent"),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def is_open_on(self, day: date) -> bool:
        """Tell whether the group may buy on a day of its organization."""
        return (
            self.is_active
            and (self.starts_on is None or self.starts_on <= day)
            and (self.ends_on is None or day <= self.ends_on)
        )

    @property
    def level(self) -> int:
        """Return the depth in the tree; the root stands at 1."""
        return len(self.path)


class GroupPlacement(TenantModel):
    """Where a group stood from one instant to another: below which parent, open or archived.

    One row is open-ended (``until`` None) for each group, and says the same as the group. What the
    tree looked like on a day of the past follows from these rows alone.
    """

    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="placements", db_index=False
    )
    parent = models.ForeignKey(
        OrgGroup, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_active = models.BooleanField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group"],
                condition=models.Q(until__isnull=True),
                name="group_placement_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="group_placement_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "group", "since"], name="group_placement_group")
        ]
