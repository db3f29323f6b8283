"""Files of caps that somebody uploaded, and what looking the ledger through has found."""

from django.db import models

from procurement.core.models import TenantModel


class BudgetImport(TenantModel):
    """A file of caps: what it would change, until it is applied.

    ``content`` is the file itself, so that what is applied is what was looked at; ``plan`` counts
    and lists the changes; ``digest`` is the SHA-256 of the caps that it was computed on.

    A long one is APPLYING while the worker is at it: for the member ``asked_by``, with their
    ``reason``; ``attempts`` have been made, the latest at ``touched_at``. ``failure`` says why it
    was not applied the last time.
    """

    class Status(models.TextChoices):
        """How far the import is."""

        PLANNED = "PLANNED", "Waiting to be applied"
        APPLYING = "APPLYING", "Being applied"
        APPLIED = "APPLIED", "Applied"
        DISCARDED = "DISCARDED", "Discarded"

    file_name = models.CharField(max_length=300)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PLANNED)
    plan = models.JSONField()
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    asked_by = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="", db_default="")
    touched_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    failure = models.CharField(max_length=1000, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-created_at"], name="budget_import_made")
        ]

    @property
    def lines(self) -> int:
        """Return how many lines it has, as far as they name a cap."""
        counts = self.plan["counts"]
        return int(counts["additions"] + counts["changes"] + counts["unchanged"])


class LedgerCheck(TenantModel):
    """One comparison of counters, ledger and documents; nothing is repaired by it.

    ``findings`` are sentences with what they are about, at most a few hundred; ``found`` says how
    many there are in all.
    """

    periods = models.PositiveIntegerField()
    entries = models.PositiveBigIntegerField()
    documents = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    is_scheduled = models.BooleanField(default=False)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization_id", "-made_at"], name="ledger_check_made")]
