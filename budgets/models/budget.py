"""Caps on groups, and the rule that gives each person of a group one of their own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Membership, OrgGroup, Position
from budgets.models.columns import amount_column
from catalogs.models import Category, Supplier
from procurement.core.models import TenantModel


class Allowance(TenantModel):
    """Gives everybody of a group a budget of their own within the group's: joiners get theirs.

    ``reaches_below`` gives it to the people of all groups below, too. Whoever leaves has theirs
    ended. Once ``ended_at`` is set, nobody gets another one.
    """

    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7)
    category = models.ForeignKey(
        Category, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    supplier = models.ForeignKey(
        Supplier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cap = amount_column()
    warn_percent = models.PositiveSmallIntegerField(default=80)
    enforcement = models.CharField(max_length=4, default="HARD")
    reaches_below = models.BooleanField(default=False)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cap__gt=0), name="allowance_cap_positive"),
            models.UniqueConstraint(
                fields=["organization_id", "group", "kind", "category", "supplier"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="allowance_once",
            ),
        ]


class Budget(TenantModel):
    """A cap on what a group and everything below it may use in each period of its kind.

    It counts every order, or those of a category and what is below it, of a supplier, of a person,
    of whoever fills a seat; a group has at most one active budget of each kind and scope.
    ``starts_on`` and ``ends_on`` bound the days whose orders it covers, and lie in the
    organization's time zone.

    People are told at ``warn_percent``, at each of ``marks`` and at ``block_percent`` of the cap;
    from there a HARD budget refuses, and a SOFT one has the order agreed to once more.
    ``children_percent`` bounds what the budgets of the same kind and scope next below come to
    together, as a share of the cap: 100 holds them to it, 120 lets them be overbooked by a fifth,
    None leaves them alone. ``allowance`` is the rule that gave it to its person.
    """

    class Kind(models.TextChoices):
        """How often it begins anew; the same words as `budgets.fiscal.PeriodKind`."""

        MONTH = "MONTH", "Each month"
        QUARTER = "QUARTER", "Each quarter"
        HALF = "HALF", "Each half-year"
        YEAR = "YEAR", "Each year"

    class Enforcement(models.TextChoices):
        """What happens to an order beyond it."""

        HARD = "HARD", "Stop the order until there is room"
        SOFT = "SOFT", "Let it go on, with one more approval"

    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="budgets", db_index=False
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    name = models.CharField(max_length=100, blank=True, default="")
    category = models.ForeignKey(
        Category, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    supplier = models.ForeignKey(
        Supplier, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    membership = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    position = models.ForeignKey(
        Position, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    allowance = models.ForeignKey(
        Allowance, null=True, on_delete=models.PROTECT, related_name="budgets", db_index=False
    )
    cap = amount_column()
    enforcement = models.CharField(
        max_length=4, choices=Enforcement.choices, default=Enforcement.HARD
    )
    warn_percent = models.PositiveSmallIntegerField(default=80)
    block_percent = models.PositiveSmallIntegerField(default=100)
    marks = ArrayField(models.PositiveSmallIntegerField(), default=list)
    children_percent = models.PositiveSmallIntegerField(null=True)
    carries_over = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "organization_id",
                    "group",
                    "kind",
                    "category",
                    "supplier",
                    "membership",
                    "position",
                ],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="budget_scope_once",
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=True) | Q(position__isnull=True),
                name="budget_person_or_seat",
            ),
            models.CheckConstraint(
                condition=Q(block_percent__gte=1, block_percent__lte=100),
                name="budget_block_percent",
            ),
            models.CheckConstraint(
                condition=Q(children_percent__isnull=True)
                | Q(children_percent__gte=1, children_percent__lte=1000),
                name="budget_children_percent",
            ),
            models.CheckConstraint(condition=Q(cap__gte=0), name="budget_cap_not_negative"),
            models.CheckConstraint(
                condition=Q(warn_percent__gte=1, warn_percent__lte=100), name="budget_warn_percent"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="budget_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "group"], name="budget_group"),
            models.Index(
                fields=["organization_id", "membership"],
                condition=Q(membership__isnull=False),
                name="budget_membership",
            ),
            models.Index(
                fields=["organization_id", "allowance"],
                condition=Q(allowance__isnull=False),
                name="budget_allowance",
            ),
        ]
