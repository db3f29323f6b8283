"""Policies that somebody is still writing."""

from django.db import models

from accounts.models import Membership, OrgGroup
from procurement.core.models import TenantModel


class PolicyDraft(TenantModel):
    """What stood in the editor's fields when its author put the next version of a policy aside.

    One for each group and author: two people who think about the same policy do not write over
    each other. ``fields`` are the (name, value) pairs of the form as they were typed, so a draft
    need not be a policy yet. ``based_on`` is the number of the version it started from, 0 for none.
    """

    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="policy_drafts")
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="policy_drafts")
    fields = models.JSONField()
    name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    based_on = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group", "author"], name="policy_draft_one_per_author"
            )
        ]
