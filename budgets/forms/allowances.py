"""Forms that give everybody of a group a budget of their own, change it and end it."""

from typing import Any

from django import forms

from accounts.forms import GroupField, PickingForm
from accounts.permissions import Permission
from budgets.forms.fields import AmountField
from budgets.forms.picking import CategoryField, SupplierField
from budgets.models import Budget
from budgets.rules import DEFAULT_WARN_PERCENT, FULL
from budgets.services import AllowanceTerms
from budgets.terms import Enforcement


class AllowanceForm(PickingForm):
    """Give everybody of a group a budget of their own."""

    group = GroupField(
        permission=Permission.MANAGE_BUDGETS,
        help_text="Everybody whose home group it is gets one, and whoever joins later. Who leaves "
        "loses it.",
    )
    reaches_below = forms.BooleanField(
        required=False, label="The people of all groups below it get one, too"
    )
    cap = AmountField(label="Each may use", help_text="The group’s own budgets count as before.")
    kind = forms.ChoiceField(
        label="Begins anew",
        choices=Budget.Kind.choices,
        initial=Budget.Kind.MONTH,
        widget=forms.RadioSelect,
    )
    category = CategoryField(help_text="It and all that is filed below it counts.")
    supplier = SupplierField()
    warn_percent = forms.IntegerField(
        label="Tell at percent used",
        initial=DEFAULT_WARN_PERCENT,
        min_value=1,
        max_value=FULL - 1,
        help_text="Finance and the administrators are told once in each period.",
    )
    enforcement = forms.ChoiceField(
        label="Orders beyond it",
        choices=[
            (Enforcement.HARD.value, "Stop until there is room"),
            (Enforcement.SOFT.value, "Go on with one more approval"),
        ],
        initial=Enforcement.HARD.value,
        widget=forms.RadioSelect,
    )

    @property
    def terms(self) -> AllowanceTerms:
        """Return the terms that were entered."""
        given: dict[str, Any] = self.cleaned_data
        category, supplier = given["category"], given["supplier"]
        return AllowanceTerms(
            category_id=category.id if category else None,
            supplier_id=supplier.id if supplier else None,
            warn_percent=given["warn_percent"],
            enforcement=Enforcement(given["enforcement"]),
            reaches_below=given["reaches_below"],
        )


class AllowanceChangeForm(forms.Form):
    """Change what everybody gets."""

    cap = AmountField(label="Each may use")
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
    )
