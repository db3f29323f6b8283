"""Forms that set a budget, change its cap and end it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from accounts.selectors import GroupNode
from budgets.forms.fields import AmountField
from budgets.models import Budget
from budgets.rules import DEFAULT_WARN_PERCENT, FULL

# A select folds plain spaces; these show how deep a group stands.
_INDENT = "\N{NO-BREAK SPACE}" * 3


class BudgetForm(forms.Form):
    """Give a group a budget."""

    group = forms.TypedChoiceField(
        coerce=UUID,
        help_text="Orders of this group and of every group below it count against the budget.",
        error_messages={
            "required": "Choose a group.",
            "invalid_choice": "Choose a group whose budgets you may set.",
        },
    )
    kind = forms.ChoiceField(
        label="Begins anew",
        choices=Budget.Kind.choices,
        initial=Budget.Kind.QUARTER,
        widget=forms.RadioSelect,
    )
    cap = AmountField(help_text="What may be reserved, committed and spent together in one period.")
    warn_percent = forms.IntegerField(
        label="Warn at percent used",
        initial=DEFAULT_WARN_PERCENT,
        min_value=1,
        max_value=FULL,
        help_text="Finance and the administrators are told once in each period. 100% always stops.",
    )

    def __init__(self, *args: Any, groups: Sequence[GroupNode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "Choose a group"),
            *((str(node.id), _INDENT * (node.level - 1) + node.name) for node in groups),
        ]


class CapForm(forms.Form):
    """Change a budget's cap."""

    cap = AmountField(label="New cap")
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
    )


class EndForm(forms.Form):
    """End a budget."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
        error_messages={"required": "Say why, for the record."},
    )
