"""Guided buying as an administrator writes it."""

from django.db import models
from django.db.models import F, Q

from accounts.models import OrgGroup
from catalogs.guidance import Effect, Target
from catalogs.models.category import Category
from catalogs.models.item import CatalogItem
from catalogs.models.supplier import Supplier
from procurement.core.models import TenantModel


def _exactly(target: Target) -> Q:
    """Return the condition under which a rule names one target, and of the kind it says."""
    columns = {
        Target.CATEGORY: "category__isnull",
        Target.SUPPLIER: "supplier__isnull",
        Target.ITEM: "item__isnull",
    }
    return Q(
        target_kind=target.value, **{column: kind is not target for kind, column in columns.items()}
    )


class BuyingRule(TenantModel):
    """Prefers, restricts or blocks one category, supplier or item for a group and below.

    In force from ``valid_from`` to ``valid_to``, both days included (None stands for no end),
    unless somebody has ended it before.
    """

    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, db_index=False, related_name="buying_rules"
    )
    effect = models.CharField(
        max_length=8, choices=[(effect.value, effect.value.capitalize()) for effect in Effect]
    )
    target_kind = models.CharField(
        max_length=8, choices=[(target.value, target.value.capitalize()) for target in Target]
    )
    category = models.ForeignKey(
        Category, null=True, on_delete=models.PROTECT, db_index=False, related_name="rules"
    )
    supplier = models.ForeignKey(
        Supplier, null=True, on_delete=models.PROTECT, db_index=False, related_name="rules"
    )
    item = models.ForeignKey(
        CatalogItem, null=True, on_delete=models.PROTECT, db_index=False, related_name="rules"
    )
    reason = models.CharField(max_length=300)
    exception_allowed = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_exactly(Target.CATEGORY)
                | _exactly(Target.SUPPLIER)
                | _exactly(Target.ITEM),
                name="buying_rule_one_target",
            ),
            models.CheckConstraint(
                condition=Q(effect__in=[effect.value for effect in Effect]),
                name="buying_rule_effect_known",
            ),
            models.CheckConstraint(
                condition=Q(effect=Effect.BLOCK.value) | Q(exception_allowed=False),
                name="buying_rule_exceptions_of_blocks",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="buying_rule_days_in_order",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="buying_rule_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["organization_id", "group"], name="buying_rule_group"),
            models.Index(fields=["organization_id", "item"], name="buying_rule_item"),
            models.Index(fields=["organization_id", "supplier"], name="buying_rule_supplier"),
            models.Index(fields=["organization_id", "category"], name="buying_rule_category"),
        ]
