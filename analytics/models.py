"""What analytics keeps of its own: a copy of each line that was bought, and how far it is."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

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
