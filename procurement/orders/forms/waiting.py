"""The form of a requester whom budgets stop: by how much they should be raised, and why."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from procurement.core.money import format_money
from procurement.orders.blocked import Blocked
from procurement.orders.services import Wish


class RoomForm(forms.Form):
    """An amount for each budget that stops an order, filled with what is missing, and a reason."""

    reason = forms.CharField(
        label="What is it needed for?",
        max_length=2000,
        help_text="Whoever decides on the increase reads it.",
        error_messages={"required": "Say what the money is needed for."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, blocked: Sequence[Blocked], data: Any = None) -> None:
        super().__init__(data)
        self.blocked = blocked
        amounts = {amount_name(one.budget_id): _amount_field(one) for one in blocked}
        self.fields = {**amounts, **self.fields}

    @property
    def wishes(self) -> list[Wish]:
        """Return what was asked for, budget by budget."""
        return [
            Wish(one.budget_id, self.cleaned_data[amount_name(one.budget_id)])
            for one in self.blocked
        ]


def amount_name(budget_id: UUID) -> str:
    """Return the name of the field for a budget's amount."""
    return f"amount-{budget_id}"


def _amount_field(blocked: Blocked) -> forms.DecimalField:
    missing = format_money(blocked.missing, blocked.currency)
    return forms.DecimalField(
        label=f"More for {blocked.title}, {blocked.period}",
        min_value=blocked.missing,
        max_digits=16,
        decimal_places=2,
        initial=blocked.missing,
        help_text=f"{missing} is missing for this order. Ask for more if more is coming.",
        error_messages={
            "required": "Enter an amount.",
            "invalid": "Enter an amount, such as 140.00.",
            "min_value": f"The order does not fit with less than {missing} more.",
        },
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
