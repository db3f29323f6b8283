"""The tree looked over: files that would change it, and checks of its health."""

from django.db import models

from procurement.core.models import TenantModel


class TreeImport(TenantModel):
    """A file of groups that somebody uploaded: what it would change, until it is applied.

    ``content`` is the file itself, so that what is applied is what was looked at; ``plan`` counts
    and lists the changes, ``tree_digest`` says on which tree they were computed.
    """

    class Status(models.TextChoices):
        """How far the import is."""

        PLANNED = "PLANNED", "Waiting to be applied"
        APPLIED = "APPLIED", "Applied"
        DISCARDED = "DISCARDED", "Discarded"

    file_name = models.CharField(max_length=300)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    tree_digest = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    plan = models.JSONField()
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)


class HierarchyReview(TenantModel):
    """One look at the tree's health, on demand or by the calendar.

    ``findings`` are ``{"kind", "group_id", "group", "sentence"}``; ``asked_of`` names who was
    reminded of it.
    """

    findings = models.JSONField()
    counts = models.JSONField()
    is_scheduled = models.BooleanField(default=False)
    made_by = models.CharField(max_length=200)
    asked_of = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-made_at"], name="hierarchy_review_made")
        ]
