"""A person in an organization, and where they have been."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.group import OrgGroup
from procurement.core.models import TenantModel


class Membership(TenantModel):
    """A user's place in one organization: home group, manager, and whether access is open.

    ``site`` is where they work, as the directory or an import has it.
    """

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
    site = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "user"], name="membership_user_once")
        ]
        indexes = [models.Index(fields=["organization_id", "group"], name="membership_group")]


class MembershipPlacement(TenantModel):
    """A member's status, home group and manager from one instant to another.

    One row is open-ended (``until`` None) for each member, and says the same as the membership.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="placements", db_index=False
    )
    status = models.CharField(max_length=9, choices=Membership.Status.choices)
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="+", db_index=False)
    manager = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership"],
                condition=models.Q(until__isnull=True),
                name="membership_placement_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="membership_placement_in_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "membership", "since"],
                name="membership_placement_member",
            )
        ]


class MemberMove(TenantModel):
    """A person's move to another group, now or on a day to come.

    The grants that end and start with it carry their own instants, so powers change on time
    whatever runs in the background. Home, seats and pending approvals follow when ``effective_at``
    has come.
    ``former_ends`` are the ends that the grants of ``ended_grants`` had before, in their order, for
    the case that the move is called off. ``effects`` is what was shown before it was ordered.
    """

    class Status(models.TextChoices):
        """Whether the move has been carried out."""

        PLANNED = "PLANNED", "Planned"
        DONE = "DONE", "Carried out"
        CANCELLED = "CANCELLED", "Called off"

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="moves", db_index=False
    )
    from_group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    manager = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    effective_at = models.DateTimeField()
    overlap_until = models.DateTimeField(null=True)
    ended_grants = ArrayField(models.UUIDField(), default=list)
    former_ends = ArrayField(models.DateTimeField(null=True), default=list)
    started_grants = ArrayField(models.UUIDField(), default=list)
    effects = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    ordered_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership"],
                condition=models.Q(status="PLANNED"),
                name="member_move_one_planned",
            ),
            models.CheckConstraint(
                condition=models.Q(overlap_until__isnull=True)
                | models.Q(overlap_until__gte=models.F("effective_at")),
                name="member_move_overlap_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "effective_at"],
                condition=models.Q(status="PLANNED"),
                name="member_move_planned",
            )
        ]
