"""What people have to know before they buy, and that they do."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.membership import Membership
from accounts.models.role import Role
from procurement.core.models import TenantModel


class TrainingPage(TenantModel):
    """A short page of training. What it says stands in its versions."""

    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)
    place = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "slug"], name="training_page_slug_once"
            )
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class TrainingVersion(TenantModel):
    """What a training page says from its publication on. Written once; a change is a new version.

    ``links`` are ``{"label", "url", "kind", "seconds"}`` of slides, videos and catalogs.
    ``must_repeat`` asks those who have read an earlier version to read this one.
    """

    page = models.ForeignKey(
        TrainingPage, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    body = models.TextField()
    links = models.JSONField(default=list)
    must_repeat = models.BooleanField(default=False)
    published_by = models.CharField(max_length=200)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "page", "number"], name="training_version_number_once"
            )
        ]


class TrainingRequirement(TenantModel):
    """A page that the holders of roles have to have read.

    ``before_buying`` keeps them from placing orders until they have; ``every_months`` asks them
    again (None: once is enough).
    """

    page = models.ForeignKey(
        TrainingPage, on_delete=models.PROTECT, related_name="requirements", db_index=False
    )
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    before_buying = models.BooleanField(default=True)
    every_months = models.PositiveSmallIntegerField(null=True)
    required_from = models.DateField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "page"],
                condition=models.Q(ended_at__isnull=True),
                name="training_requirement_one_open",
            )
        ]


class TrainingAcknowledgement(TenantModel):
    """That somebody has read a version of a page. Append-only."""

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="acknowledgements", db_index=False
    )
    version = models.ForeignKey(
        TrainingVersion, on_delete=models.PROTECT, related_name="acknowledgements", db_index=False
    )
    acknowledged_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["organization_id", "membership", "version"],
                name="training_acknowledgement_who",
            )
        ]
