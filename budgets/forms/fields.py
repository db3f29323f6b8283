"""Fields that several forms of budgets share."""

from decimal import Decimal
from typing import Any

from django import forms


class AmountField(forms.DecimalField):
    """An amount of money, as people write it: with thousands separators, or a dollar sign."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=16,
            decimal_places=2,
            error_messages={
                "required": "Enter an amount, such as 20,000.00.",
                "invalid": "Enter an amount in figures, such as 20,000.00.",
                "max_decimal_places": "Enter it to the cent, no finer.",
            },
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as at run time
        """Return the amount, or None where nothing was entered."""
        if isinstance(value, str):
            value = value.replace(",", "").replace("\N{NO-BREAK SPACE}", "").strip().lstrip("$ ")
        return super().to_python(value)
