"""Forms that set a budget, change it and end it."""

import re
from typing import Any
from uuid import UUID

from django import forms

from accounts.forms import GroupField, PersonField, PickingForm
from accounts.permissions import Permission
from budgets.forms.fields import AmountField
from budgets.forms.picking import CategoryField, SupplierField
from budgets.models import Budget
from budgets.rules import DEFAULT_WARN_PERCENT, FULL
from budgets.selectors import seat_choices
from budgets.services import BudgetChanges
from budgets.terms import LONGEST_NAME, BudgetTerms, Enforcement

_TERM_NAMES = (
    "name",
    "warn_percent",
    "marks",
    "enforcement",
    "block_percent",
    "children_percent",
    "carries_over",
)


class MarksField(forms.CharField):
    """Percents with commas or spaces between: ``50, 90``; stored as whole numbers."""

    def to_python(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]  # as at run time
        """Return the percents; raises ValidationError where one is no whole number."""
        given = super().to_python(value) or ""
        parts = [part for part in re.split(r"[\s,;%]+", given) if part]
        if not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):  # noqa: PLR2004 – digits of a percent
            raise forms.ValidationError("Write whole percents with commas between: 50, 90.")
        return tuple(int(part) for part in parts)


def _percent(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **options,
    )


class TermsForm(PickingForm):
    """How a budget is held."""

    name = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        help_text="What people call it, such as “Laptops”. Left open, pages say what it counts.",
    )
    warn_percent = _percent(
        label="Tell at percent used",
        initial=DEFAULT_WARN_PERCENT,
        max_value=FULL,
        help_text="Finance and the administrators are told once in each period.",
    )
    marks = MarksField(
        required=False,
        label="Tell again at",
        help_text="Further percents with commas between: 50, 90.",
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
    block_percent = _percent(
        label="From percent used",
        initial=FULL,
        max_value=FULL,
        help_text="100 is the whole cap; 95 keeps the last twentieth back.",
    )
    children_percent = _percent(
        required=False,
        label="The budgets below may together come to at most percent of it",
        max_value=1000,
        help_text="100 holds them to this cap, 120 lets them be overbooked by a fifth. Left open, "
        "they are set freely. It counts for the next budgets below of the same kind and scope.",
    )
    carries_over = forms.BooleanField(
        required=False, label="What is left goes over to the next period"
    )

    @property
    def term_fields(self) -> list[forms.BoundField]:
        """Return the fields of how it is held, in their order."""
        return [self[name] for name in _TERM_NAMES if name != "name"]


class BudgetForm(TermsForm):
    """Give a group a budget."""

    group = GroupField(
        permission=Permission.MANAGE_BUDGETS,
        help_text="Orders of this group and of every group below it count against the budget.",
    )
    kind = forms.ChoiceField(
        label="Begins anew",
        choices=Budget.Kind.choices,
        initial=Budget.Kind.QUARTER,
        widget=forms.RadioSelect,
    )
    cap = AmountField(help_text="What may be reserved, committed and spent together in one period.")
    category = CategoryField(help_text="It and all that is filed below it counts.")
    supplier = SupplierField()
    membership = PersonField(
        required=False,
        as_colleague=True,
        label="Person",
        empty_label="Everybody",
        help_text="Their own orders alone count.",
    )
    position = forms.TypedChoiceField(
        required=False,
        coerce=UUID,
        empty_value=None,
        label="Seat",
        help_text="Whoever fills this seat of the group: their orders count.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["position"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *((str(one), name) for one, name in seat_choices())]

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """Return the fields of whose budget it is and how much."""
        return [self["group"], self["kind"], self["cap"], self["name"]]

    @property
    def scope_fields(self) -> list[forms.BoundField]:
        """Return the fields of what counts."""
        return [self[name] for name in ("category", "supplier", "membership", "position")]

    @property
    def terms(self) -> BudgetTerms:
        """Return the terms that were entered."""
        given = self.cleaned_data
        category, supplier, member = (
            given.get(name) for name in ("category", "supplier", "membership")
        )
        return BudgetTerms(
            category_id=category.id if category else None,
            supplier_id=supplier.id if supplier else None,
            membership_id=member.id if member else None,
            position_id=given["position"],
            **_held(given),
        )


class ChangeForm(TermsForm):
    """Change a budget's cap and how it is held."""

    cap = AmountField(label="Cap")
    reason = forms.CharField(
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
    )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """Return the fields of its cap and name."""
        return [self["cap"], self["name"]]

    @property
    def last_fields(self) -> list[forms.BoundField]:
        """Return the field of the reason."""
        return [self["reason"]]

    @property
    def changes(self) -> BudgetChanges:
        """Return what was entered, as the service takes it."""
        given = self.cleaned_data
        return {
            "cap": given["cap"],
            "name": given["name"],
            "warn_percent": given["warn_percent"],
            "marks": given["marks"],
            "enforcement": Enforcement(given["enforcement"]),
            "block_percent": given["block_percent"],
            "children_percent": given["children_percent"],
            "carries_over": given["carries_over"],
        }


class EndForm(forms.Form):
    """End a budget."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the audit trail.",
        error_messages={"required": "Say why, for the record."},
    )


def _held(given: dict[str, Any]) -> dict[str, Any]:
    held = {name: given[name] for name in _TERM_NAMES}
    return held | {"enforcement": Enforcement(given["enforcement"])}
