"""What happens around a decision: absences, questions, the story of a request, its clock."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import models

from accounts.models import Membership, OrgGroup
from approvals.absence import last_moment
from approvals.models.request import ApprovalRequest, Stage, StageSeat
from procurement.core.models import TenantModel


class AbsenceFeed(TenantModel):
    """An iCalendar address whose events set absences.

    One of a ``membership`` sets theirs; one without sets those of everybody whom its events name.
    ``deputy`` stands in where the feed's owner chose somebody; None asks each person's manager.
    """

    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    deputy = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=200)
    url = models.TextField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    unmatched = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership", "url"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="absence_feed_once",
            )
        ]

    @property
    def host(self) -> str:
        """Return where the calendar is; the rest of its address is a secret."""
        return urlsplit(self.url).hostname or ""


class Delegation(TenantModel):
    """Somebody decides for somebody else, from one instant to another.

    Holds for the groups of its `DelegationGroup` rows and below, for all where there are none, and
    for amounts up to ``up_to`` (organization's currency, None for any). Never deleted: one that is
    called off has ``ended_at``. ``uid`` names the calendar event it came from.
    """

    class Source(models.TextChoices):
        """Who set it."""

        SELF = "SELF", "Set by themselves"
        ADMINISTRATOR = "ADMINISTRATOR", "Set by an administrator"
        CALENDAR = "CALENDAR", "From a calendar"

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="delegations", db_index=False
    )
    deputy = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="delegated_to", db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    up_to = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=13, choices=Source.choices)
    set_by = models.CharField(max_length=200)
    feed = models.ForeignKey(
        AbsenceFeed, null=True, on_delete=models.PROTECT, related_name="delegations", db_index=False
    )
    uid = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(membership=models.F("deputy")),
                name="delegation_to_somebody_else",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="delegation_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(up_to__isnull=True) | models.Q(up_to__gte=0),
                name="delegation_not_negative",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "membership", "ends_at"],
                condition=models.Q(ended_at__isnull=True),
                name="delegation_of",
            ),
            models.Index(
                fields=["organization_id", "deputy", "ends_at"],
                condition=models.Q(ended_at__isnull=True),
                name="delegation_to",
            ),
        ]

    @property
    def last_moment(self) -> datetime:
        """Return the last moment in which it holds, which falls on its last day."""
        return last_moment(self.ends_at)


class DelegationGroup(TenantModel):
    """One of the groups that a delegation is narrowed to, with everything below it."""

    delegation = models.ForeignKey(
        Delegation, on_delete=models.PROTECT, related_name="groups", db_index=False
    )
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "delegation", "group"], name="delegation_group_once"
            )
        ]


class DeputyLink(TenantModel):
    """What the link in a deputy's mail leads to: a seat of somebody else, and who may use it."""

    seat = models.ForeignKey(
        StageSeat, on_delete=models.PROTECT, related_name="deputy_links", db_index=False
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "seat", "membership"], name="deputy_link_once"
            )
        ]


class Question(TenantModel):
    """What somebody who is asked wants to know first. While it is open, the stage's clock stands.

    The requester answers, or whoever looks after the subject.
    """

    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.PROTECT, related_name="questions", db_index=False
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    text = models.TextField()
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, answer="")
                | models.Q(answered_at__isnull=False, closed_at__isnull=False)
                & models.Q(answer__regex=r"\S"),
                name="question_answered_in_words",
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "request", "asked_at"], name="question_request")
        ]


class RequestEvent(TenantModel):
    """One line of a request's story, beside its decisions. Append-only.

    ``by`` is who did it (None for the clock), ``about`` whom it concerns, ``text`` what they said
    or why. Only what people are shown; the audit trail has its own line for each.
    """

    class Kind(models.TextChoices):
        """What happened."""

        QUESTION = "QUESTION", "Asked"
        ANSWER = "ANSWER", "Answered"
        HANDED_OVER = "HANDED_OVER", "Handed over"
        ADDED = "ADDED", "Added an approver"
        REMOVED = "REMOVED", "Removed an approver"
        EXTENDED = "EXTENDED", "Extended the time"
        REMINDED = "REMINDED", "Reminded"
        ESCALATED = "ESCALATED", "Asked the next in line"
        WARNED = "WARNED", "Warned that it expires"
        EXPIRED = "EXPIRED", "Expired"
        CARRIED = "CARRIED", "Kept decisions"
        LINES_REJECTED = "LINES_REJECTED", "Rejected lines"
        APPEALED = "APPEALED", "Appealed"
        REPLACED = "REPLACED", "Replaced"

    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    stage = models.ForeignKey(
        Stage, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=14, choices=Kind.choices)
    by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    about = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "request", "at"], name="request_event_request")
        ]


class DecidingSettings(TenantModel):
    """How long an organization takes to decide, and what follows when nobody does.

    Times are working hours and working days of the organization's calendar. One row for each
    organization; none stands for the defaults.
    """

    hours_to_decide = models.PositiveSmallIntegerField(default=16)
    remind_hours_before = models.PositiveSmallIntegerField(default=4)
    escalates = models.BooleanField(default=True)
    expire_after_days = models.PositiveSmallIntegerField(default=20)
    warn_days_before = models.PositiveSmallIntegerField(default=3)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id"], name="deciding_settings_one"),
            models.CheckConstraint(
                condition=models.Q(hours_to_decide__gte=1) & models.Q(expire_after_days__gte=1),
                name="deciding_settings_some_time",
            ),
        ]
