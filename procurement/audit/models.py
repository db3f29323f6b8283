"""The stored trail: events that nobody can change, and the seals that chain them by hash."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from procurement.core.models import TenantModel


class CurrentTransaction(models.Func):
    """The 64-bit id of the current transaction, which orders events for whoever follows them."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class AuditEvent(TenantModel):
    """One thing that was done. Written once; the database refuses every change to it.

    ``digest`` is an HMAC-SHA256 over the event's canonical content under the installation's audit
    key, so that an altered row is recognised by itself, also before it is sealed.
    """

    transaction_id = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=300)
    group_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization_id", "transaction_id", "id"], name="audit_event_order"
            ),
            models.Index(
                fields=["organization_id", "subject_id", "at"], name="audit_event_subject"
            ),
            models.Index(fields=["organization_id", "at"], name="audit_event_at"),
        ]


class AuditSeal(TenantModel):
    """A batch of events closed under one hash that includes the hash of the batch before.

    A batch covers the events after the previous seal's last position up to its own, ordered by
    (transaction_id, id). ``event_ids`` lists them, so that a missing one can be named.
    """

    number = models.PositiveIntegerField()
    event_ids = ArrayField(models.UUIDField())
    last_transaction_id = models.BigIntegerField()
    last_event_id = models.UUIDField()
    event_count = models.PositiveIntegerField()
    previous_digest = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "number"], name="audit_seal_number_once"
            )
        ]
