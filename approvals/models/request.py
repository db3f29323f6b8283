"""One subject on its way: its stages, who sits in them, what was decided."""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Membership, OrgGroup
from approvals.models.policy import PolicyVersion
from approvals.routing import Mode
from procurement.core.models import TenantModel


class ApprovalRequest(TenantModel):
    """A subject that asks to be agreed to, bound to the exact content under ``content_hash``.

    Everything but where it stands is fixed once it is written, by trigger: the facts and the policy
    version it was routed on, the content, who asks. ``summary`` is what approvers are shown.
    ``follows`` is the request that this one goes on from, and ``follows_as`` how: since the content
    was changed, or since its rejection was appealed.
    """

    class Status(models.TextChoices):
        """Where the request stands; all but the first are final."""

        PENDING = "PENDING", "Waiting for approval"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"
        SUPERSEDED = "SUPERSEDED", "Replaced by a newer version"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        EXPIRED = "EXPIRED", "Not decided in time"

    class FollowsAs(models.TextChoices):
        """Why a request goes on from an earlier one."""

        CHANGE = "CHANGE", "Changed content"
        APPEAL = "APPEAL", "Appeal"

    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=300)
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="approval_requests")
    requester = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="approval_requests"
    )
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    facts = models.JSONField()
    policy_version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, related_name="requests"
    )
    content_hash = models.CharField(max_length=64)
    summary = models.JSONField()
    explanation = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    follows = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="followed_by", db_index=False
    )
    follows_as = models.CharField(max_length=6, choices=FollowsAs.choices, blank=True)
    expires_at = models.DateTimeField(null=True)
    expiry_warned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "subject_kind", "subject_id"],
                condition=models.Q(status="PENDING"),
                name="approval_request_one_pending",
            ),
            models.CheckConstraint(
                condition=models.Q(status="PENDING", closed_at__isnull=True)
                | (~models.Q(status="PENDING") & models.Q(closed_at__isnull=False)),
                name="approval_request_closed_when_final",
            ),
            models.CheckConstraint(
                condition=models.Q(follows__isnull=True, follows_as="")
                | (models.Q(follows__isnull=False) & ~models.Q(follows_as="")),
                name="approval_request_follows_somehow",
            ),
            # One rejection can be appealed once.
            models.UniqueConstraint(
                fields=["organization_id", "follows"],
                condition=models.Q(follows_as="APPEAL"),
                name="approval_request_one_appeal",
            ),
            # What seats and decisions refer to: the very content, and who asks for it.
            models.UniqueConstraint(
                fields=["organization_id", "id", "requester", "content_hash"],
                name="approval_request_content",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "subject_id", "opened_at"],
                name="approval_request_subject",
            ),
            models.Index(
                fields=["organization_id", "opened_at"],
                condition=models.Q(status="PENDING"),
                name="approval_request_pending",
            ),
            # How long deciding has taken of late.
            models.Index(
                fields=["organization_id", "group", "-closed_at"],
                condition=models.Q(status__in=["APPROVED", "REJECTED"]),
                name="approval_request_decided",
            ),
            models.Index(
                fields=["organization_id", "expires_at"],
                condition=models.Q(status="PENDING", expires_at__isnull=False),
                name="approval_request_expiring",
            ),
        ]

    def __str__(self) -> str:
        """Return the subject's label."""
        return self.subject_label


class Stage(TenantModel):
    """One step of a request. ``step`` is its place among the stages that the route asked for.

    Stages of one ``wave`` open together, once the wave before has passed: a trigger holds them to
    it. ``at_least`` is how many seats have to agree where the mode is AT_LEAST. A stage that
    somebody added has no ``step`` but ``added_by``; it alone can be removed again.

    The clock: an open stage is ``due_at``; while it waits for an answer the clock stands still, and
    ``minutes_left`` of working time are what remains. ``escalations`` counts how often the next in
    line was asked, too.
    """

    class Status(models.TextChoices):
        """How far the stage is."""

        WAITING = "WAITING", "Not yet open"
        OPEN = "OPEN", "Open"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"
        SKIPPED = "SKIPPED", "Not needed"
        REMOVED = "REMOVED", "Removed"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(null=True)
    added_by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wave = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    mode = models.CharField(max_length=8, choices=[(mode.value, mode.value) for mode in Mode])
    at_least = models.PositiveSmallIntegerField(default=0)
    because = models.TextField()
    status = models.CharField(max_length=8, choices=Status.choices)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    minutes_left = models.PositiveIntegerField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalations = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "request", "number"], name="approval_stage_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(wave__gte=1), name="approval_stage_wave_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(step__isnull=False, added_by__isnull=True)
                | models.Q(step__isnull=True, added_by__isnull=False),
                name="approval_stage_routed_or_added",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=True) | models.Q(minutes_left__isnull=True),
                name="approval_stage_due_or_stopped",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "due_at"],
                condition=models.Q(status="OPEN", due_at__isnull=False),
                name="approval_stage_due",
            )
        ]


class StageSeat(TenantModel):
    """Somebody who may answer one or more slots of a stage.

    Asked from ``asked_at`` on, until ``closed_at``. A vacated seat belongs to somebody who could no
    longer decide and was replaced. The requester can never hold one: a check, on a column that a
    foreign key ties to the request. ``origin`` says how its holder came into it; one that was
    handed over or escalated is ``in_place_of`` another seat of the stage.
    """

    class Origin(models.TextChoices):
        """How somebody came to be asked."""

        POLICY = "POLICY", "By policy"
        HANDED_OVER = "HANDED_OVER", "Handed over"
        ESCALATED = "ESCALATED", "Next in line"
        ADDED = "ADDED", "Added"
        APPEAL = "APPEAL", "Appeal"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="seats")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="seats")
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="approval_seats"
    )
    requester_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    slots = ArrayField(models.PositiveSmallIntegerField())
    label = models.CharField(max_length=200)
    on_group = models.ForeignKey(OrgGroup, null=True, on_delete=models.PROTECT, related_name="+")
    on_group_name = models.CharField(max_length=200, blank=True)
    why = models.TextField()
    told = models.TextField()
    asked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    vacated_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=11, choices=Origin.choices, default=Origin.POLICY)
    in_place_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "stage", "membership"], name="approval_seat_person_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(membership=models.F("requester_id")),
                name="approval_seat_never_the_requester",
            ),
            models.UniqueConstraint(
                fields=["organization_id", "id", "request", "requester_id", "content_hash"],
                name="approval_seat_content",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "membership", "asked_at"],
                condition=models.Q(asked_at__isnull=False, closed_at__isnull=True),
                name="approval_seat_waiting",
            )
        ]

    @property
    def has_decision(self) -> bool:
        """Tell whether its holder has decided; no SQL when ``decision`` was selected along."""
        return hasattr(self, "decision")

    @property
    def holder_is_active(self) -> bool:
        """Tell whether its holder may act at all; no SQL when the user was selected along."""
        return is_active(self.membership)

    @property
    def is_open(self) -> bool:
        """Tell whether its holder is asked and has not answered."""
        return self.asked_at is not None and self.closed_at is None

    @property
    def place(self) -> str:
        """Return the seat in words: ``Supervisor of Facilities``."""
        return f"{self.label} of {self.on_group_name}" if self.on_group_name else self.label


def is_active(membership: Membership) -> bool:
    """Tell whether a member may act at all."""
    return membership.status == Membership.Status.ACTIVE and membership.user.is_active


class Decision(TenantModel):
    """What somebody decided in a seat, on exactly this content. Append-only; one for each seat.

    Where the content was changed and policy lets an approval stand, the request that follows has a
    decision ``carried_from`` the former one, and says why in ``carried_because``; ``decided_at``
    stays when it was made.
    """

    class Choice(models.TextChoices):
        """What can be decided."""

        APPROVE = "APPROVE", "Approved"
        REJECT = "REJECT", "Rejected"

    class Channel(models.TextChoices):
        """Through which door."""

        EMAIL = "EMAIL", "By email link"
        APP = "APP", "In the app"
        API = "API", "By API"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    seat = models.OneToOneField(StageSeat, on_delete=models.PROTECT, related_name="decision")
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="approval_decisions"
    )
    on_behalf_of = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="decisions_by_others"
    )
    requester_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    choice = models.CharField(max_length=7, choices=Choice.choices)
    comment = models.TextField(blank=True)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    decided_at = models.DateTimeField()
    carried_from = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="carried_to", db_index=False
    )
    carried_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(membership=models.F("requester_id")),
                name="approval_decision_never_the_requester",
            ),
            models.CheckConstraint(
                condition=~models.Q(on_behalf_of=models.F("requester_id"))
                | models.Q(on_behalf_of__isnull=True),
                name="approval_decision_never_for_the_requester",
            ),
            models.CheckConstraint(
                condition=models.Q(choice="APPROVE") | models.Q(comment__regex=r"\S"),
                name="approval_decision_reject_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(carried_from__isnull=True)
                | models.Q(choice="APPROVE") & models.Q(carried_because__regex=r"\S"),
                name="approval_decision_carried_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "membership", "decided_at"],
                name="approval_decision_by",
            )
        ]

    @property
    def made_for(self) -> UUID:
        """Return whose seats it answers: its maker's, or theirs for whom the maker stood in."""
        return self.on_behalf_of_id or self.membership_id

    @property
    def maker_name(self) -> str:
        """Return how its maker is called; no SQL when the user was selected along."""
        return self.membership.user.name or self.membership.user.email

    @property
    def made_by(self) -> str:
        """Say who made it: ``Dana``, or ``Dana for Erin``; no SQL with both users at hand."""
        if self.on_behalf_of is None:
            return self.maker_name
        return (
            f"{self.maker_name} for {self.on_behalf_of.user.name or self.on_behalf_of.user.email}"
        )
