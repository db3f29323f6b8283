"""How people want to be told about things."""

from django.db import models

from accounts.models.membership import Membership
from accounts.telling import EmailChoice
from procurement.core.models import TenantModel


class NotificationChoice(TenantModel):
    """What a member has chosen for one event (`accounts.notifying.NotificationEvent`).

    There is none where they have chosen nothing: what holds then is `telling.usual_choice`.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    event = models.CharField(max_length=24)
    email = models.CharField(
        max_length=8,
        choices=[
            (EmailChoice.AT_ONCE.value, "At once"),
            (EmailChoice.DIGEST.value, "In the daily summary"),
            (EmailChoice.OFF.value, "Not by mail"),
        ],
    )
    push = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership", "event"],
                name="notification_choice_once",
            )
        ]


class NotificationHours(TenantModel):
    """When a member is left alone, and when their daily summary comes; see `telling.Hours`.

    Without a ``time_zone`` it is the organization's.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    time_zone = models.CharField(max_length=60, blank=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    quiet_weekends = models.BooleanField(default=False)
    digest_hour = models.PositiveSmallIntegerField(default=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "membership"], name="notification_hours_once"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="notification_hours_end",
            ),
            models.CheckConstraint(
                condition=models.Q(digest_hour__lte=23), name="notification_hours_digest_hour"
            ),
        ]
