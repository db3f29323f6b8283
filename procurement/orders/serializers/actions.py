"""What the API takes and gives where an order is cancelled, appealed, rebuilt or mended."""

from typing import Any

from rest_framework import serializers

from procurement.orders.serializers.orders import RefusalOut, price_field
from procurement.orders.services import AppealOutcome


class CancelIn(serializers.Serializer[Any]):
    """Why an order is given up."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class AppealIn(serializers.Serializer[Any]):
    """What speaks against a rejection."""

    reason = serializers.CharField(
        max_length=2000, help_text="Whoever decides reads it beside the reason for the rejection."
    )


class AppealOut(serializers.Serializer[Any]):
    """What became of an appeal. A refused order stays rejected, for the reasons given."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in AppealOutcome])
    id = serializers.UUIDField(source="requisition_id")
    number = serializers.CharField()
    hearing = serializers.ListField(
        child=serializers.CharField(), help_text="The names of those who decide on it."
    )
    refusals = RefusalOut(many=True)


class RepricedOut(serializers.Serializer[Any]):
    """A line that costs something else by now."""

    title = serializers.CharField()
    was = price_field()
    becomes = price_field()
    currency = serializers.CharField()


class RebuiltOut(serializers.Serializer[Any]):
    """A new cart that was filled from an order, and in what it differs from it."""

    id = serializers.UUIDField(source="cart.id")
    number = serializers.CharField(source="cart.number")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Titles of what is not offered any more."
    )
    repriced = RepricedOut(many=True)
    other_group = serializers.CharField(
        help_text="The group that the cart buys for, where it cannot be the order's; else empty."
    )


class TakePreferredIn(serializers.Serializer[Any]):
    """A line of an order, and the preferred item to take in its place."""

    line = serializers.UUIDField()
    item = serializers.UUIDField()


class InsteadOut(serializers.Serializer[Any]):
    """The preferred item that is suggested in place of a line."""

    line = serializers.UUIDField(source="line_id")
    item = serializers.UUIDField(source="card.item_id")
    title = serializers.CharField(source="card.title")
    supplier = serializers.CharField(source="card.supplier_name")
    unit_price = price_field(source="card.price")
    currency = serializers.CharField(source="card.currency")
