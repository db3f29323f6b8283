"""Who sells, and the many spellings of one name."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from catalogs.models.expressions import PlainWords, Weighted
from procurement.core.models import TenantModel


class Supplier(TenantModel):
    """Somebody to buy from.

    ``fold_key`` is what all automatic spellings of the name fold to; a supplier that was split off
    by hand has a key of its own, which no spelling folds to.
    """

    class Status(models.TextChoices):
        """Whether the supplier's items are offered."""

        ACTIVE = "ACTIVE", "Active"
        SUSPENDED = "SUSPENDED", "Suspended"

    name = models.CharField(max_length=300)
    fold_key = models.CharField(max_length=320)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.ACTIVE)
    contact_email = models.EmailField(blank=True)
    created_at = models.DateTimeField()
    words = models.GeneratedField(
        expression=Weighted(PlainWords(F("name")), weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "fold_key"], name="supplier_fold_key_once"
            ),
            models.CheckConstraint(condition=~models.Q(fold_key=""), name="supplier_has_a_key"),
            models.CheckConstraint(
                condition=models.Q(status__in=["ACTIVE", "SUSPENDED"]), name="supplier_status_known"
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "name"], name="supplier_name")]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class SupplierAlias(TenantModel):
    """One spelling of a supplier's name, exactly as a document had it."""

    class FoldedBy(models.TextChoices):
        """Who put the spelling with its supplier. A person's choice outlives every import."""

        AUTOMATIC = "AUTOMATIC", "By its spelling"
        MANUAL = "MANUAL", "By hand"

    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, db_index=False, related_name="aliases"
    )
    spelling = models.CharField(max_length=300)
    folded_by = models.CharField(max_length=9, choices=FoldedBy.choices)
    folded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "spelling"], name="supplier_alias_spelling_once"
            ),
            models.CheckConstraint(
                condition=models.Q(folded_by__in=["AUTOMATIC", "MANUAL"]),
                name="supplier_alias_folded_by_known",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "supplier"], name="supplier_alias_supplier")
        ]

    def __str__(self) -> str:
        """Return the spelling."""
        return self.spelling
