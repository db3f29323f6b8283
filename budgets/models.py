"""What budgets store. The counters of a period and its ledger always say the same, to the cent."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import OrgGroup
from procurement.core.models import TenantModel


def _amount(**options: Any) -> "models.DecimalField[Decimal | int, Decimal]":
    """Return a column for an amount in the organization's currency."""
    return models.DecimalField(max_digits=16, decimal_places=2, **options)


class Budget(TenantModel):
    """A cap on what a group and everything below it may use in each month, quarter or year.

    A group has at most one active budget of each kind. ``starts_on`` and ``ends_on`` bound the days
    whose orders it covers, and lie in the organization's time zone.
    """

    class Kind(models.TextChoices):
        """How often it begins anew; the same words as `budgets.rules.PeriodKind`."""

        MONTH = "MONTH", "Each month"
        QUARTER = "QUARTER", "Each quarter"
        YEAR = "YEAR", "Each year"

    group = models.ForeignKey(
        OrgGroup, on_delete=models.PROTECT, related_name="budgets", db_index=False
    )
    kind = models.CharField(max_length=7, choices=Kind.choices)
    cap = _amount()
    warn_percent = models.PositiveSmallIntegerField(default=80)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "group", "kind"],
                condition=Q(is_active=True),
                name="budget_kind_once",
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
        indexes = [models.Index(fields=["organization_id", "group"], name="budget_group")]


class BudgetPeriod(TenantModel):
    """One month, quarter or year of a budget, and its counters.

    The group's path is not copied here: what covers an order is decided when it is submitted, and
    from then on the order's own ledger entries say which periods it stands on, whatever moves in
    the tree. ``spent`` may fall below zero: a refund counts in the period in which the money came
    back, which may have seen less spending than refunds. ``overrun`` is how far imported history
    went beyond the cap. It keeps the last constraint true for a past that nobody asked us about,
    and gives no room: live orders are held to ``cap`` alone. ``entries`` is the number of the last
    ledger entry.
    """

    budget = models.ForeignKey(
        Budget, on_delete=models.PROTECT, related_name="periods", db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    cap = _amount()
    reserved = _amount(default=0)
    committed = _amount(default=0)
    spent = _amount(default=0)
    overrun = _amount(default=0)
    entries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "budget", "starts_on"], name="budget_period_once"
            ),
            models.CheckConstraint(
                condition=Q(cap__gte=0, reserved__gte=0, committed__gte=0, overrun__gte=0),
                name="budget_period_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(cap__gte=F("reserved") + F("committed") + F("spent") - F("overrun")),
                name="budget_period_within_cap",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="budget_period_ends_after_start"
            ),
        ]

    @property
    def used(self) -> Decimal:
        """Return what is reserved, committed and spent together."""
        return self.reserved + self.committed + self.spent


def _shape(*kinds: str, moves: tuple[str, ...] = (), **bounds: Any) -> Q:
    """Return the condition that lines of some kinds move certain counters and leave the others."""
    moved = {*moves, *(name.split("__", maxsplit=1)[0] for name in bounds)}
    counters = ("cap", "reserved", "committed", "spent", "overrun")
    still = {f"delta_{name}": 0 for name in counters if name not in moved}
    return Q(kind__in=kinds, **still, **{f"delta_{name}": value for name, value in bounds.items()})


_SHAPES = (
    _shape("OPEN", moves=("cap",))
    | _shape("CAP", moves=("cap", "overrun"))
    | _shape("RESERVE", reserved__gt=0)
    | _shape("COMMIT", reserved=-F("delta_committed"), committed__gt=0)
    | _shape("RELEASE", reserved__lte=0, committed__lte=0)
    | _shape("SPEND", reserved__lte=0, committed__lte=0, spent__gt=0)
    | _shape("CREDIT", spent__lt=0)
    | _shape("HISTORY", moves=("spent", "overrun"))
    | _shape("SHIFT", moves=("reserved", "committed"))
)


class LedgerEntry(TenantModel):
    """One movement on one budget period. Written once; the database refuses every change to it.

    Entries of a period are numbered without gaps, and ``used_after`` is the running balance, so
    that a page of the ledger costs the same however long it is, and a missing or altered line
    shows. ``key`` tells steps of one kind on one document apart: each is posted once to each
    period. ``document_id`` leads to what moved; it is no foreign key, since documents stand above
    budgets.
    """

    class Kind(models.TextChoices):
        """What the line records; the same words as `budgets.movements.EntryKind`."""

        OPEN = "OPEN", "Opened"
        CAP = "CAP", "Cap changed"
        RESERVE = "RESERVE", "Reserved"
        COMMIT = "COMMIT", "Committed"
        RELEASE = "RELEASE", "Released"
        SPEND = "SPEND", "Spent"
        CREDIT = "CREDIT", "Credited"
        HISTORY = "HISTORY", "Imported"
        SHIFT = "SHIFT", "Moved with its group"

    period = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=7, choices=Kind.choices)
    delta_cap = _amount(default=0)
    delta_reserved = _amount(default=0)
    delta_committed = _amount(default=0)
    delta_spent = _amount(default=0)
    delta_overrun = _amount(default=0)
    used_after = _amount()
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    document_label = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    occurred_on = models.DateField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "period", "number"], name="ledger_entry_number_once"
            ),
            models.UniqueConstraint(
                fields=["organization_id", "document_id", "kind", "key", "period"],
                name="ledger_entry_step_once",
            ),
            models.CheckConstraint(condition=_SHAPES, name="ledger_entry_shape"),
        ]


class BudgetAlert(TenantModel):
    """A threshold that a period's use has crossed; each is told once.

    ``told`` keeps the names of those whom the mail went to; it is empty until ``sent_at`` is set,
    and stays so where nobody answers for the group.
    """

    period = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="alerts", db_index=False
    )
    threshold = models.PositiveSmallIntegerField()
    crossed_at = models.DateTimeField()
    used = _amount()
    cap = _amount()
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    document_label = models.CharField(max_length=200)
    told = ArrayField(models.CharField(max_length=200), default=list)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "period", "threshold"], name="budget_alert_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "crossed_at"],
                name="budget_alert_unsent",
                condition=Q(sent_at__isnull=True),
            )
        ]
