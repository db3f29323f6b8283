"""Messages on their way out of the house."""

from django.db import models

from procurement.core.models import TenantModel


class OutboxMessage(TenantModel):
    """One message to one address, delivered at least once and retried until it is or is parked.

    ``context`` is plain data for the template; ``sealed`` holds secrets such as a link's token,
    encrypted, and is wiped once the message is sent: ``is_spent`` says that it cannot be written
    again since then. Messages of one ``thread`` make one conversation in a mail client, those of
    one ``bundle`` to one address go out as one mail. ``failure`` is a `kinds.Failure`. ``event``
    and ``person_id`` say what it tells whom, where it is told to a member; this floor does not know
    members.
    """

    class Status(models.TextChoices):
        """Where the message stands; ``GONE`` is a device that has been signed out."""

        PENDING = "PENDING"
        SENDING = "SENDING"
        SENT = "SENT"
        PARKED = "PARKED"
        GONE = "GONE"

    key = models.CharField(max_length=200)
    channel = models.CharField(max_length=16, default="EMAIL")
    recipient = models.CharField(max_length=320)
    template = models.CharField(max_length=80)
    context = models.JSONField()
    sealed = models.BinaryField(null=True)
    is_spent = models.BooleanField(default=False)
    thread = models.CharField(max_length=200, blank=True, default="")
    bundle = models.CharField(max_length=80, blank=True, default="")
    event = models.CharField(max_length=24, blank=True, default="")
    person_id = models.UUIDField(null=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=8, blank=True, default="")
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
            ),
            models.Index(
                fields=["organization_id", "created_at"],
                name="outbox_message_parked",
                condition=models.Q(status="PARKED"),
            ),
            models.Index(
                fields=["organization_id", "recipient", "bundle"],
                name="outbox_message_bundle",
                condition=~models.Q(bundle=""),
            ),
        ]
