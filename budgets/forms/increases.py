"""Forms of budget increases."""

from decimal import Decimal
from typing import Any

from django import forms

from budgets.forms.fields import AmountField
from budgets.models import BudgetIncrease


class IncreaseForm(forms.Form):
    """Ask for more room on a budget."""

    amount = AmountField(
        label="How much more",
        min_value=Decimal("0.01"),
        help_text="What the cap should grow by.",
    )
    reason = forms.CharField(
        label="What it is for",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Whoever decides reads it first.",
        error_messages={"required": "Say what it is for: whoever decides reads it."},
    )
    is_lasting = forms.BooleanField(
        label="For good: the periods after this one get as much more", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].error_messages["min_value"] = "Ask for an amount above zero."


class IncreaseFilterForm(forms.Form):
    """Narrow increases down; what is not understood is left out rather than refused."""

    status = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All states"), *BudgetIncrease.Status.choices],
    )

    def chosen(self) -> str:
        """Return the state that was chosen, or nothing."""
        self.is_valid()
        return str(self.cleaned_data.get("status", ""))


class AnswerForm(forms.Form):
    """Answer a question that somebody asked before deciding."""

    answer = forms.CharField(
        label="Your answer",
        max_length=4_000,
        error_messages={"required": "Write an answer."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
