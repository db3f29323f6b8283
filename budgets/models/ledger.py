"""Periods with their counters, the ledger behind them, and the marks they have passed.

The counters of a period and its ledger always say the same, to the cent.
"""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from budgets.fiscal import Period, PeriodKind
from budgets.models.budget import Budget
from budgets.models.columns import amount_column
from procurement.core.models import TenantModel


class BudgetPeriod(TenantModel):
    """One month, quarter, half-year or year of a budget, and its counters.

    The group's path is not copied here: what covers an order is decided when it is submitted, and
    from then on the order's own ledger entries say which periods it stands on, whatever moves in
    the tree. ``spent`` may fall below zero: a refund counts in the period in which the money came
    back, which may have seen less spending than refunds. ``overrun`` is how far imported history
    went beyond the cap, or orders that somebody agreed to beyond a soft one. It keeps the last
    constraint true for them, and gives no room: other orders are held to ``cap`` alone. ``code`` is
    the period's name in the fiscal calendar that it was opened by (`budgets.fiscal.Period`), and
    ``entries`` the number of the last ledger entry. ``kept_open_at`` says when its keepers were
    told that it cannot close by itself.
    """

    class Status(models.TextChoices):
        """What it still takes; the same words as `budgets.rules.PeriodStatus`."""

        OPEN = "OPEN", "Open"
        FROZEN = "FROZEN", "Frozen"
        CLOSED = "CLOSED", "Closed"
        REOPENED = "REOPENED", "Reopened for late invoices"

    budget = models.ForeignKey(
        Budget, on_delete=models.PROTECT, related_name="periods", db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    code = models.CharField(max_length=12)
    status = models.CharField(
        max_length=8, choices=Status.choices, default=Status.OPEN, db_default=Status.OPEN
    )
    cap = amount_column()
    reserved = amount_column(default=0)
    committed = amount_column(default=0)
    spent = amount_column(default=0)
    overrun = amount_column(default=0)
    entries = models.PositiveIntegerField(default=0)
    kept_open_at = models.DateTimeField(null=True)

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
    def span(self) -> Period:
        """Return its days and name; reads the budget along for its kind."""
        return Period(self.starts_on, self.ends_on, PeriodKind(self.budget.kind), self.code)

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


# What any movement of what is used may take back, or add on a soft budget.
_SHAPES = (
    _shape("OPEN", moves=("cap",))
    | _shape("CAP", "CARRY", "TRANSFER", moves=("cap", "overrun"))
    | _shape("RESERVE", moves=("overrun",), reserved__gt=0)
    | _shape("CHANGE", "SHIFT", "ROLL", moves=("reserved", "committed", "overrun"))
    | _shape("COMMIT", reserved=-F("delta_committed"), committed__gt=0)
    | _shape("RELEASE", moves=("overrun",), reserved__lte=0, committed__lte=0)
    | _shape("SPEND", moves=("overrun",), reserved__lte=0, committed__lte=0, spent__gt=0)
    | _shape("CREDIT", moves=("overrun",), spent__lt=0)
    | _shape("HISTORY", "ADJUST", moves=("spent", "overrun"))
    | _shape("FREEZE", "THAW", "CLOSE", "REOPEN")
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
        CHANGE = "CHANGE", "Changed with its order"
        ROLL = "ROLL", "Moved to another period"
        CARRY = "CARRY", "Unused room carried over"
        TRANSFER = "TRANSFER", "Transferred"
        ADJUST = "ADJUST", "Adjusted"
        FREEZE = "FREEZE", "Frozen"
        THAW = "THAW", "Taken up again"
        CLOSE = "CLOSE", "Closed"
        REOPEN = "REOPEN", "Reopened"

    period = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    delta_cap = amount_column(default=0)
    delta_reserved = amount_column(default=0)
    delta_committed = amount_column(default=0)
    delta_spent = amount_column(default=0)
    delta_overrun = amount_column(default=0)
    used_after = amount_column()
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    document_label = models.CharField(max_length=200)
    key = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True, default="", db_default="")
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
        indexes = [
            # A busy period has many lines, and few of them move its cap.
            models.Index(
                fields=["organization_id", "period"],
                condition=~Q(delta_cap=0),
                name="ledger_entry_moves_cap",
            )
        ]


class BudgetAlert(TenantModel):
    """A threshold that a period's use has crossed; each is told once.

    It can be told again once ``rearmed_at`` says when the use fell below it again. ``told`` keeps
    the names of those whom the mail went to; it is empty until ``sent_at`` is set, and stays so
    where nobody answers for the group.
    """

    period = models.ForeignKey(
        BudgetPeriod, on_delete=models.PROTECT, related_name="alerts", db_index=False
    )
    threshold = models.PositiveSmallIntegerField()
    crossed_at = models.DateTimeField()
    used = amount_column()
    cap = amount_column()
    document_kind = models.CharField(max_length=20)
    document_id = models.UUIDField()
    document_label = models.CharField(max_length=200)
    told = ArrayField(models.CharField(max_length=200), default=list)
    sent_at = models.DateTimeField(null=True)
    rearmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "period", "threshold"],
                condition=Q(rearmed_at__isnull=True),
                name="budget_alert_armed_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "crossed_at"],
                name="budget_alert_unsent",
                condition=Q(sent_at__isnull=True),
            )
        ]
