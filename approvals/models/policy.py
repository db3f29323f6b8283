"""The rules of a group, and their published versions."""

from django.db import models

from accounts.models import Membership, OrgGroup
from procurement.core.models import TenantModel


class ApprovalPolicy(TenantModel):
    """The approval policy of one group; what it says stands in its versions."""

    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="approval_policies")
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group"], name="approval_policy_one_per_group"
            )
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class PolicyVersion(TenantModel):
    """A published version. The database refuses every change to it, and its deletion.

    In force at a moment is the highest number whose ``in_force_from`` has come; a version is
    superseded when the next one comes into force, so no row has to change for it.
    """

    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    in_force_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="published_policies"
    )
    published_by_label = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "policy", "number"], name="policy_version_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="policy_version_number_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(in_force_from__gte=models.F("published_at")),
                name="policy_version_not_backdated",
            ),
        ]


class PolicyCheck(TenantModel):
    """What a check of all policies in force has found, by the calendar.

    ``findings`` are as `approvals.checking.Finding.to_json` writes them, each with its ``key``,
    ``policy`` and ``policy_group``. ``began`` counts those that the check before had not found;
    ``told`` names who had mail of them.
    """

    findings = models.JSONField()
    began = models.PositiveIntegerField(default=0)
    told = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-made_at"], name="policy_check_made")]
