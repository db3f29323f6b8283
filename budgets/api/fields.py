"""Fields that several endpoints of budgets share."""

from typing import Any

from rest_framework import serializers


def amount(**options: Any) -> serializers.DecimalField:
    """Return a field for an amount in the organization's currency, as decimal text."""
    return serializers.DecimalField(max_digits=16, decimal_places=2, **options)
