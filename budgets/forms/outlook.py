"""What somebody supposes about the days to come."""

from decimal import Decimal
from typing import Any

from django import forms

from budgets.forms.fields import AmountField
from budgets.outlook import Assumption


class WhatIfForm(forms.Form):
    """Suppose another cap, another pace, an amount on a day; nothing of it is kept."""

    raise_by = forms.DecimalField(
        label="Raise the cap by, percent",
        required=False,
        min_value=Decimal(-100),
        max_value=Decimal(1000),
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": "Enter a share in figures, such as 10.",
            "min_value": "A cap cannot be lowered by more than all of it.",
            "max_value": "Enter at most 1000.",
        },
        help_text="10 makes $1,000 of every $10,000 more; −10 lowers it.",
    )
    pace = forms.ChoiceField(
        label="Spend goes on",
        required=False,
        choices=[("", "As in the last quarter"), ("month", "As in the last 30 days")],
    )
    extra = AmountField(label="One more purchase of", required=False, min_value=Decimal(0))
    extra_on = forms.DateField(
        label="On which day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Enter a day, such as 2026-12-10."},
        help_text="Without a day, tomorrow.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the amount where there is only a day."""
        given = super().clean() or self.cleaned_data
        if given.get("extra_on") and not given.get("extra") and "extra" not in self.errors:
            self.add_error("extra", "Enter the amount of the purchase on that day.")
        return given

    def assumption(self) -> Assumption:
        """Return what is supposed; a field that is wrong supposes nothing."""
        self.is_valid()
        given = self.cleaned_data
        return Assumption(
            raise_percent=given.get("raise_by") or Decimal(0),
            is_like_last_month=given.get("pace") == "month",
            extra=given.get("extra") or Decimal(0),
            extra_on=given.get("extra_on"),
        )
