"""Forms of budgets; services decide, forms only read."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import OrgGroup
from budgets.models import Budget, LedgerEntry
from budgets.rules import DEFAULT_WARN_PERCENT, FULL


class AmountField(forms.DecimalField):
    """An amount of money, as people write it: with thousands separators, or a dollar sign."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_digits=13,
            decimal_places=2,
            error_messages={
                "required": "Enter an amount, such as 20,000.00.",
                "invalid": "Enter an amount in figures, such as 20,000.00.",
                "max_decimal_places": "Enter it to the cent, no finer.",
            },
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **options,
        )

    def to_python(self, value: Any) -> Decimal | None:
        """Return the amount, or None where nothing was entered."""
        if isinstance(value, str):
            value = value.replace(",", "").replace("\N{NO-BREAK SPACE}", "").strip().lstrip("$ ")
        return super().to_python(value)


class GroupChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among groups, each by its name."""

    def label_from_instance(self, obj: OrgGroup) -> str:
        """Return the group's name, with its cost-centre code where it has one."""
        return f"{obj.name} ({obj.code})" if obj.code else obj.name


class BudgetForm(forms.Form):
    """Give a group a budget."""

    group = GroupChoice(
        queryset=OrgGroup.objects.none(),
        empty_label="Choose a group",
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

    def __init__(self, *args: Any, groups: QuerySet[OrgGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = groups


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


class LedgerFilterForm(forms.Form):
    """Narrow a ledger down; what is not understood is left out rather than refused."""

    kind = forms.ChoiceField(
        required=False, choices=[("", "All movements"), *LedgerEntry.Kind.choices]
    )
    q = forms.CharField(required=False, max_length=100)

    def narrowed(self) -> dict[str, str]:
        """Return the filters that hold, as arguments of `selectors.ledger_of`."""
        self.is_valid()
        return {
            "kind": self.cleaned_data.get("kind", ""),
            "document": self.cleaned_data.get("q", ""),
        }
