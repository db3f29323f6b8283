"""What analytics keeps of its own: a copy of each line that was bought, and backtests."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Membership, OrgGroup
from analytics.backtesting.answers import Outcome
from analytics.filters import Source
from procurement.core.models import TenantModel


class SpendFact(TenantModel):
    """One order line as it was when the order was placed or imported; its id is the line's.

    A copy: nothing refers to it and it refers to nothing by constraint, so that reports neither
    slow the business down nor change when a group is moved. ``group_path`` and ``category_path``
    are the ancestors as they were, root first, the own one last. ``on`` is the organization's day.
    ``amount`` is in the organization's currency; a refund is below zero.
    """

    source = models.CharField(max_length=8, choices=[(s.value, s.label) for s in Source])
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=200)
    group_id = models.UUIDField()
    group_path = ArrayField(models.UUIDField())
    supplier_id = models.UUIDField()
    category_id = models.UUIDField(null=True)
    category_path = ArrayField(models.CharField(max_length=60))
    requester_id = models.UUIDField(null=True)
    requester_name = models.CharField(max_length=200, blank=True)
    guidance = models.CharField(max_length=10)
    title = models.TextField(blank=True)
    on = models.DateField()
    month = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        # Ancestors are matched by scanning the tenant's rows: under row-level security no index is
        # used for array operators, which are not leakproof.
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "on"], name="spend_fact_on"),
            models.Index(
                fields=["organization_id", "supplier_id", "on"], name="spend_fact_supplier"
            ),
            models.Index(fields=["organization_id", "order_id"], name="spend_fact_order"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(source__in=[s.value for s in Source]), name="spend_fact_source"
            ),
        ]


class TrailCursor(TenantModel):
    """How far the trail has been followed: everything up to ``caught_up_at`` is counted in."""

    transaction_id = models.BigIntegerField(default=0)
    event_id = models.UUIDField()
    caught_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization_id"], name="trail_cursor_once")
        ]


class BacktestRun(TenantModel):
    """A policy document tried on the past, in place of a group's own; or a buying ``rule``.

    ``basis`` names what was in force for the group then: ``policy “Facilities”, version 7``.
    ``processed`` of ``total`` orders have been read so far; ``attempt`` tells the worker that is at
    it from one that has been given up. ``report`` is what `analytics.backtesting.tally` adds up.
    """

    class Status(models.TextChoices):
        """How far the run is; all but the first two are final."""

        WAITING = "WAITING", "Waiting for the worker"
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Finished"
        CANCELLED = "CANCELLED", "Cancelled"
        FAILED = "FAILED", "Failed"

    group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="+", db_index=False)
    label = models.CharField(max_length=200)
    basis = models.CharField(max_length=300, blank=True)
    document = models.JSONField()
    rule = models.JSONField(null=True)
    first_on = models.DateField()
    last_on = models.DateField()
    sources = ArrayField(models.CharField(max_length=8))
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    total = models.PositiveIntegerField(default=0)
    processed = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(default=dict)
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "-created_at"], name="backtest_run_created"),
            models.Index(
                fields=["organization_id", "touched_at"],
                condition=models.Q(status__in=["WAITING", "RUNNING"]),
                name="backtest_run_under_way",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(first_on__lte=models.F("last_on")),
                name="backtest_run_first_before_last",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["WAITING", "RUNNING"], finished_at__isnull=True)
                | models.Q(status__in=["DONE", "CANCELLED", "FAILED"], finished_at__isnull=False),
                name="backtest_run_finished_when_final",
            ),
        ]

    def __str__(self) -> str:
        """Return the label."""
        return self.label

    @property
    def is_under_way(self) -> bool:
        """Tell whether a worker is, or will be, at it."""
        return self.status in (self.Status.WAITING, self.Status.RUNNING)


class BacktestChange(TenantModel):
    """An order of the past that fares differently under the policy that was tried.

    A copy of what the order was, as `SpendFact` is one: ``order_id`` is a requisition's or an
    imported order's. ``before`` and ``after`` hold the stages and the sentences of each side.
    """

    run = models.ForeignKey(
        BacktestRun, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    sequence = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=[(s.value, s.label) for s in Source])
    order_id = models.UUIDField()
    order_number = models.CharField(max_length=200)
    on = models.DateField()
    group_name = models.CharField(max_length=200)
    requester_name = models.CharField(max_length=200, blank=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    before_outcome = models.CharField(max_length=11, choices=[(o.value, o.label) for o in Outcome])
    after_outcome = models.CharField(max_length=11, choices=[(o.value, o.label) for o in Outcome])
    is_delayed = models.BooleanField()
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization_id", "run", "sequence"], name="backtest_change_sequence_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization_id", "run", "order_id"], name="backtest_change_order"
            ),
        ]

    def __str__(self) -> str:
        """Return the order's number."""
        return self.order_number

    @property
    def before_label(self) -> str:
        """Return what became of the order, in words."""
        return Outcome(self.before_outcome).label

    @property
    def after_label(self) -> str:
        """Return what would become of the order, in words."""
        return Outcome(self.after_outcome).label
