"""What the API of waiting orders takes and gives. Money is decimal strings."""

from typing import Any

from rest_framework import serializers

from budgets.models import BudgetIncrease
from procurement.orders.serializers.orders import BlockedOut


class WishIn(serializers.Serializer[Any]):
    """By how much a budget should be raised; at least by what is missing."""

    budget = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)


class AskForRoomIn(serializers.Serializer[Any]):
    """Why increases are asked for, and by how much; what is missing where nothing is said."""

    wishes = WishIn(many=True, default=list)
    reason = serializers.CharField(max_length=2000, help_text="Whoever decides reads it.")


class WantedIncreaseOut(serializers.Serializer[Any]):
    """An increase that was asked for with an order."""

    id = serializers.UUIDField()
    group_name = serializers.CharField(source="period.budget.group.name")
    period = serializers.CharField(source="period.span.label")
    amount = serializers.DecimalField(max_digits=16, decimal_places=2)
    status = serializers.ChoiceField(choices=BudgetIncrease.Status.choices)
    asked_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class IncreaseRefusalOut(serializers.Serializer[Any]):
    """An increase that an order will not get, while others are still asked for."""

    budget = serializers.CharField(source="title")
    sentence = serializers.CharField(help_text="Who refused it and why.")
    renews_on = serializers.DateField()


class WaitOut(serializers.Serializer[Any]):
    """Which budgets stop an order at present, and what is under way to help it on."""

    id = serializers.UUIDField(source="order.id")
    status = serializers.CharField(source="order.status")
    waiting_since = serializers.DateTimeField(source="order.waiting_since", allow_null=True)
    place = serializers.SerializerMethodField(
        help_text="Its place among those that wait for the same budgets; null while it does not."
    )
    blocked = BlockedOut(many=True, source="wait.blocked")
    increases = WantedIncreaseOut(many=True, source="wait.increases")
    refusals = IncreaseRefusalOut(many=True, source="wait.refusals")

    def get_place(self, shown: dict[str, Any]) -> int | None:
        """Return its place while it waits."""
        place: int = shown["wait"].place
        return place if shown["order"].waiting_since else None
