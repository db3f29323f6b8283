"""What was bought before, in another system: never to be taken for live orders."""

from decimal import Decimal

from django.db import models

from accounts.models import Membership, OrgGroup
from catalogs.models import Category, Supplier
from procurement.core.models import TenantModel


def _amount() -> "models.DecimalField[Decimal | int, Decimal]":
    """Return a column for an amount in the import's currency."""
    return models.DecimalField(max_digits=16, decimal_places=2)


class HistoryImport(TenantModel):
    """One file of purchase history, known by its content.

    ``layout`` says how the file was read and ``report`` what has come of it so far;
    ``loaded`` is the sequence of the last order that is stored, so that an interrupted import
    goes on behind it.
    """

    class Status(models.TextChoices):
        """Whether every order of the file is stored."""

        RUNNING = "RUNNING", "Loading"
        DONE = "DONE", "Loaded"

    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=300)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.RUNNING)
    currency = models.CharField(max_length=3)
    rows = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    amount = _amount()
    loaded = models.PositiveIntegerField(default=0)
    layout = models.JSONField()
    report = models.JSONField()
    actor_label = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "digest"], name="history_import_content_once"
            ),
            models.CheckConstraint(
                condition=models.Q(loaded__lte=models.F("orders")),
                name="history_import_within_orders",
            ),
            models.CheckConstraint(
                condition=models.Q(status="RUNNING", finished_at__isnull=True)
                | models.Q(status="DONE", finished_at__isnull=False, loaded=models.F("orders")),
                name="history_import_done_when_all_is_loaded",
            ),
        ]


class ImportedOrder(TenantModel):
    """One order of the past, with what would have become of it under the policies in force.

    ``sequence`` counts the orders of an import by date; ``number`` is the file's own and may be
    blank. ``group`` is the nearest group that all lines have in common. ``approvals`` names who
    would have been asked, ``explanation`` holds the sentences that say why.
    """

    history_import = models.ForeignKey(
        HistoryImport, on_delete=models.PROTECT, related_name="imported_orders", db_index=False
    )
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=200, blank=True)
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, db_index=False)
    buyer = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, db_index=False)
    buyer_name = models.CharField(max_length=200, blank=True)
    posted_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = _amount()
    outcome = models.CharField(max_length=16)
    approvals = models.JSONField()
    explanation = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "history_import", "sequence"],
                name="imported_order_sequence_once",
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "group"], name="imported_order_group"),
            models.Index(fields=["organization_id", "number"], name="imported_order_number"),
        ]


class ImportedLine(TenantModel):
    """One line of an imported order, at its own group and on its own posting date.

    ``line`` is the physical line in the file; ``supplier_spelling``, ``account`` and ``mcc`` are
    what stood there, whatever they are folded or mapped to.
    """

    order = models.ForeignKey(
        ImportedOrder, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    line = models.PositiveIntegerField()
    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, db_index=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, db_index=False)
    supplier_spelling = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, db_index=False)
    account = models.CharField(max_length=200, blank=True)
    mcc = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    posted_on = models.DateField()
    transacted_on = models.DateField(null=True)
    amount = _amount()
    guidance = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "order", "line"], name="imported_line_once"
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "group"], name="imported_line_group"),
            models.Index(fields=["organization_id", "supplier"], name="imported_line_supplier"),
            models.Index(fields=["organization_id", "category"], name="imported_line_category"),
        ]
