"""Devices that show a member's notifications."""

from django.db import models

from accounts.models.membership import Membership
from procurement.core.models import TenantModel


class PushSubscription(TenantModel):
    """A browser on a device that shows one member's notifications, until it is ended.

    ``endpoint`` is the address at the browser's push service, ``p256dh`` and ``auth`` are what
    messages to it are encrypted with. ``last_used_at`` is when the device last confirmed it.
    """

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="push_subscriptions", db_index=False
    )
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "endpoint"],
                condition=models.Q(ended_at__isnull=True),
                name="push_subscription_endpoint_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "membership"],
                condition=models.Q(ended_at__isnull=True),
                name="push_subscription_member",
            )
        ]
