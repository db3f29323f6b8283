"""Messages on their way out of the house."""

from django.db import models

from procurement.core.models import TenantModel


class OutboxMessage(TenantModel):
    """One message to one address, delivered at least once and retried until it is or is parked.

    ``context`` is plain data for the template; ``sealed`` holds secrets such as a link's token,
    encrypted, and is wiped once the message is sent.
    """

    class Status(models.TextChoices):
        """Where the message stands."""

        PENDING = "PENDING"
        SENDING = "SENDING"
        SENT = "SENT"
        PARKED = "PARKED"

    key = models.CharField(max_length=200)
    channel = models.CharField(max_length=16, default="EMAIL")
    recipient = models.CharField(max_length=320)
    template = models.CharField(max_length=80)
    context = models.JSONField()
    sealed = models.BinaryField(null=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "key"], name="outbox_message_key_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "due_at"],
                name="outbox_message_due",
                condition=models.Q(status__in=["PENDING", "SENDING"]),
            )
        ]
