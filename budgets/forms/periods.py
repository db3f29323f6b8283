"""Forms of a period's life: reasons, adjustments, earmarks."""

from typing import Any
from uuid import UUID

from django import forms

from budgets.forms.fields import AmountField
from procurement.core.ids import new_id

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReferenceField(forms.UUIDField):
    """A hidden id under which something is done once, however often the form is sent."""

    def __init__(self) -> None:
        super().__init__(
            initial=new_id,
            widget=forms.HiddenInput,
            error_messages={"required": "Open the form again.", "invalid": "Open the form again."},
        )


class ReasonForm(forms.Form):
    """Say why, for the record."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the ledger and in the audit trail.",
        error_messages={"required": "Say why, for the record."},
    )


class AdjustForm(ReasonForm):
    """Correct what is spent."""

    amount = AmountField(
        help_text="Added to what is spent. Put a minus in front to take something away.",
    )
    reference = ReferenceField()

    field_order = ("amount", "reason", "reference")


class EarmarkForm(forms.Form):
    """Set room aside for a purpose."""

    purpose = forms.CharField(
        max_length=200,
        help_text="What it is kept for, such as “Winter tyres”.",
        error_messages={"required": "Say what it is for."},
    )
    amount = AmountField(help_text="Orders cannot use it while it is set aside.")
    expires_on = forms.DateField(
        label="Free again on",
        widget=_DAY,
        help_text="On this day it goes back by itself, at the latest on the period’s last.",
        error_messages={"required": "Choose a day.", "invalid": "Enter a day."},
    )
    reference = ReferenceField()


class TransferForm(forms.Form):
    """Ask another budget for room."""

    giver = forms.TypedChoiceField(
        label="From",
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the budget that gives.",
            "invalid_choice": "Choose a budget of the list.",
        },
    )
    amount = AmountField()
    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever keeps the other budget reads it.",
        error_messages={"required": "Say why, for the record."},
    )
    reference = ReferenceField()

    def __init__(self, *args: Any, givers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["giver"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = givers


class TransferAnswerForm(forms.Form):
    """Agree to give room, or refuse with words."""

    answer = forms.CharField(
        label="Words to whoever asked",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where you refuse.",
    )
