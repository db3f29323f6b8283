"""Columns that several tables of budgets share."""

from decimal import Decimal
from typing import Any

from django.db import models


def amount_column(**options: Any) -> "models.DecimalField[Decimal | int, Decimal]":
    """Return a column for an amount in the organization's currency."""
    return models.DecimalField(max_digits=16, decimal_places=2, **options)
