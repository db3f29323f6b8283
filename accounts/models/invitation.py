"""People on their way in: what somebody pasted or uploaded, line by line, and the invitations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.group import OrgGroup
from accounts.models.membership import Membership
from procurement.core.models import TenantModel


class InvitationBatch(TenantModel):
    """Many invitations entered together: checked first, then sent by a worker.

    ``defaults`` is what was chosen for lines that do not say otherwise. ``processed`` counts the
    lines that the worker has done, so that a stopped one goes on behind them.
    """

    class Status(models.TextChoices):
        """How far the batch is."""

        CHECKED = "CHECKED", "Waiting to be sent"
        RUNNING = "RUNNING", "Being sent"
        DONE = "DONE", "Sent"
        DISCARDED = "DISCARDED", "Discarded"

    source = models.CharField(max_length=300)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.CHECKED)
    defaults = models.JSONField()
    columns = ArrayField(models.CharField(max_length=60), default=list)
    total = models.PositiveIntegerField()
    ready = models.PositiveIntegerField()
    processed = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-created_at"], name="invitation_batch_created")
        ]


class InvitationLine(TenantModel):
    """One line of a batch: what stood there, what it was taken for, and what becomes of it.

    ``raw`` holds the cells as they were, for the file of rejects. ``problems`` are sentences, each
    with the name of the column that it is about.
    """

    class Fate(models.TextChoices):
        """What becomes of the line."""

        READY = "READY", "Will be invited"
        KNOWN = "KNOWN", "Is a member already"
        DUPLICATE = "DUPLICATE", "Stands there twice"
        REJECTED = "REJECTED", "Has a problem"
        INVITED = "INVITED", "Invited"

    batch = models.ForeignKey(
        InvitationBatch, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField()
    raw = models.JSONField()
    email = models.CharField(max_length=320, blank=True)
    name = models.CharField(max_length=200, blank=True)
    group = models.ForeignKey(
        OrgGroup, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=16, blank=True)
    manager_email = models.CharField(max_length=320, blank=True)
    position_code = models.CharField(max_length=40, blank=True)
    fate = models.CharField(max_length=9, choices=Fate.choices)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "batch", "number"], name="invitation_line_number_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "batch", "fate", "number"], name="invitation_line_fate"
            )
        ]


class Invitation(TenantModel):
    """A person asked to join: who by, until when, and whether they have.

    ``sent`` counts the mails; each carries a link of its own, and only the last one leads anywhere.
    """

    class Status(models.TextChoices):
        """Where the invitation stands; whether it has expired follows from its time."""

        OPEN = "OPEN", "Waiting"
        ACCEPTED = "ACCEPTED", "Accepted"
        REVOKED = "REVOKED", "Revoked"

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="invitations", db_index=False
    )
    batch = models.ForeignKey(
        InvitationBatch, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    sent = models.PositiveSmallIntegerField(default=0)
    invited_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership"],
                condition=models.Q(status="OPEN"),
                name="invitation_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "-created_at"], name="invitation_created")
        ]
