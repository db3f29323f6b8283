"""What things are filed under: the UNSPSC tree, own categories, and other systems' codes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from catalogs.models.expressions import PlainWords, Weighted
from catalogs.unspsc import Level
from procurement.core.models import TenantModel


class Category(TenantModel):
    """A category. ``path`` holds the codes of all its ancestors, root first, and its own last.

    For a UNSPSC code the path holds segment, family and class even where these are not stored as
    categories themselves, so that a rule on a family reaches everything in it.
    """

    code = models.CharField(max_length=60)
    level = models.CharField(
        max_length=9, choices=[(level.value, level.value.capitalize()) for level in Level]
    )
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, db_index=False, related_name="children"
    )
    name = models.CharField(max_length=200)
    path = ArrayField(models.CharField(max_length=60))
    words = models.GeneratedField(
        expression=Weighted(PlainWords(F("name")), weight="B"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "code"], name="category_code_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=[level.value for level in Level]),
                name="category_level_known",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "parent"], name="category_parent")]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class CategoryMapping(TenantModel):
    """Says which category a code of another system stands for."""

    class Scheme(models.TextChoices):
        """Whose codes they are."""

        GL = "GL", "G/L account"
        MCC = "MCC", "Merchant category code"

    scheme = models.CharField(max_length=3, choices=Scheme.choices)
    source_code = models.CharField(max_length=60)
    source_name = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, db_index=False, related_name="mappings"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "scheme", "source_code"], name="category_mapping_once"
            ),
            models.CheckConstraint(
                condition=models.Q(scheme__in=["GL", "MCC"]), name="category_mapping_scheme_known"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "category"], name="category_mapping_category")
        ]
