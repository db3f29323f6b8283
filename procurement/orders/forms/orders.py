"""Forms of the cart and of the orders that left it; services decide, forms only read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from accounts.models import OrgGroup
from approvals.forms import AcceptingForm
from catalogs.guidance import Outcome, Target
from procurement.orders.assessment import SHORTEST_JUSTIFICATION
from procurement.orders.display import plain_quantity
from procurement.orders.draft import Draft, DraftLine
from procurement.orders.models import Requisition

QUANTITY_NEEDED = "Enter a quantity, or remove the line."
QUANTITY_NOT_A_NUMBER = "Enter a number, such as 3."


class AddForm(forms.Form):
    """Put an item into the cart."""

    item_id = forms.UUIDField(widget=forms.HiddenInput)
    quantity = forms.DecimalField(max_digits=12, decimal_places=3, required=False, label="Quantity")
    group = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_quantity(self) -> Decimal:
        """Take no quantity for one."""
        found: Decimal | None = self.cleaned_data["quantity"]
        return Decimal(1) if found is None else found


@dataclass(frozen=True, slots=True)
class LineChange:
    """What somebody typed for a line; None leaves a value as it is."""

    line_id: UUID
    quantity: Decimal | None
    justification: str | None


class CartForm(forms.Form):
    """All that can be typed on the cart page, in one form, so that no button loses any of it.

    A field that was not posted (a line that another window has added since) changes nothing.
    """

    def __init__(
        self, draft: Draft, groups: Sequence[OrgGroup], data: QueryDict | None = None
    ) -> None:
        self.draft = draft
        self.buying_groups = {group.id: group.name for group in groups}
        fields: dict[str, forms.Field] = {}
        for line in draft.lines:
            fields[quantity_name(line.id)] = _quantity_field(line)
            fields[justification_name(line.id)] = _justification_field(line)
        fields["group"] = _group_field(draft, groups)
        fields["wanted_on"] = _wanted_field(draft)
        fields["note"] = _note_field(draft)
        if data is not None:
            data = data.copy()
            for name, field in fields.items():
                data.setdefault(name, field.initial)
        super().__init__(data)
        self.fields |= fields

    def clean(self) -> dict[str, Any]:
        """Ask for a quantity where it was emptied."""
        for line in self.draft.lines:
            name = quantity_name(line.id)
            if name not in self.errors and self.cleaned_data.get(name) is None:
                self.add_error(name, QUANTITY_NEEDED)
        return self.cleaned_data

    @property
    def changes(self) -> Iterator[LineChange]:
        """Yield the lines that differ from the draft, as far as what was typed can be read."""
        for line in self.draft.lines:
            quantity = self.cleaned_data.get(quantity_name(line.id))
            justification = self.cleaned_data.get(justification_name(line.id))
            change = LineChange(
                line.id,
                None if quantity == line.quantity else quantity,
                None if justification == line.justification else justification,
            )
            if change.quantity is not None or change.justification is not None:
                yield change

    @property
    def group_id(self) -> UUID:
        """Return the group that was chosen, or else the draft's."""
        found = self.cleaned_data.get("group") if self.is_bound else None
        return found or self.draft.group_id

    @property
    def note(self) -> str:
        """Return the note that was written, or else the draft's."""
        return str(self.cleaned_data.get("note", self.draft.note))

    @property
    def wanted_on(self) -> date | None:
        """Return the day that was chosen, or none; the draft's where it could not be read."""
        found: date | None = self.cleaned_data.get("wanted_on", self.draft.wanted_on)
        return found

    @property
    def changes_settings(self) -> bool:
        """Tell whether group, day or note differ from the draft."""
        draft = self.draft
        said = (self.group_id, self.wanted_on, self.note)
        return said != (draft.group_id, draft.wanted_on, draft.note)

    @property
    def group_problem(self) -> str:
        """Return why the group cannot be bought for, or nothing."""
        if self.group_id in self.buying_groups:
            return ""
        return f"You may not buy for {self.draft.group_name} any more. Choose another group."


def quantity_name(line_id: UUID) -> str:
    """Return the name of the field for a line's quantity."""
    return f"quantity-{line_id}"


def justification_name(line_id: UUID) -> str:
    """Return the name of the field for a line's justification."""
    return f"justification-{line_id}"


class WithdrawForm(forms.Form):
    """Take an order back."""

    reason = forms.CharField(
        label="Why do you take it back?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CancelForm(forms.Form):
    """Give an order up for good."""

    reason = forms.CharField(
        label="Why is it not needed any more?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AppealForm(forms.Form):
    """Say what speaks against a rejection."""

    reason = forms.CharField(
        label="What speaks against the rejection?",
        max_length=2000,
        help_text="Whoever decides reads it beside the reason for the rejection.",
        error_messages={"required": "Say what speaks against the rejection."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """Answer a question that somebody asked before deciding."""

    answer = forms.CharField(
        label="Your answer",
        max_length=4000,
        error_messages={"required": "Write an answer."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TakePreferredForm(forms.Form):
    """Take the preferred item that was suggested in place of a line."""

    line = forms.UUIDField(widget=forms.HiddenInput)
    item = forms.UUIDField(widget=forms.HiddenInput)


class OrderFilterForm(forms.Form):
    """Narrow a list of orders; what cannot be read narrows nothing."""

    q = forms.CharField(label="Search orders", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any status"), *Requisition.Status.choices],
    )
    guidance = forms.ChoiceField(
        label="Guided buying",
        required=False,
        choices=[
            ("", "With and without exceptions"),
            (Outcome.BLOCKED.value, "Exceptions only"),
            (Outcome.RESTRICTED.value, "Restricted only"),
        ],
    )


def _quantity_field(line: DraftLine) -> forms.DecimalField:
    return forms.DecimalField(
        label=f"Quantity of {line.title}",
        required=False,
        max_digits=12,
        decimal_places=3,
        initial=plain_quantity(line.quantity),
        error_messages={
            "invalid": QUANTITY_NOT_A_NUMBER,
            "max_digits": QUANTITY_NOT_A_NUMBER,
            "max_whole_digits": QUANTITY_NOT_A_NUMBER,
            "max_decimal_places": "Enter three decimals at most.",
        },
        widget=forms.NumberInput(
            attrs={"min": "0", "step": "any", "inputmode": "decimal", "class": "input-s"}
        ),
    )


def _justification_field(line: DraftLine) -> forms.CharField:
    return forms.CharField(
        label="Why do you need this one?",
        required=False,
        initial=line.justification,
        max_length=4000,
        help_text=f"What it is for, and why nothing preferred does. At least "
        f"{SHORTEST_JUSTIFICATION} characters; approvers read it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _group_field(draft: Draft, groups: Sequence[OrgGroup]) -> forms.TypedChoiceField:
    choices = [(str(group.id), group.name) for group in groups]
    if all(group.id != draft.group_id for group in groups):
        choices.insert(0, (str(draft.group_id), draft.group_name))
    return forms.TypedChoiceField(
        label="Buying for",
        required=False,
        coerce=UUID,
        empty_value=None,
        choices=choices,
        initial=str(draft.group_id),
    )


def _wanted_field(draft: Draft) -> forms.DateField:
    counts = (
        " It counts in the budgets of that day, where it is later than today."
        if draft.counts_by_delivery
        else ""
    )
    return forms.DateField(
        label="Wanted on",
        required=False,
        initial=draft.wanted_on,
        help_text=f"The day on which you need it, if there is one.{counts}",
        error_messages={"invalid": "Enter a day, such as 2026-12-04."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input-s"}),
    )


def _note_field(draft: Draft) -> forms.CharField:
    return forms.CharField(
        label="Note to the approvers",
        required=False,
        max_length=4000,
        initial=draft.note,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExceptionsForm(forms.Form):
    """Which exceptions to look at; what is left out is the last quarter, by item."""

    by = forms.ChoiceField(
        choices=[(target.value, target.label) for target in Target],
        required=False,
        widget=forms.HiddenInput,
    )
    since = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="From"
    )
    until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="To"
    )


class AdoptForm(AcceptingForm):
    """Why a proposed rule is put in force, and for which group it was shown."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why this rule?",
        help_text="Everybody who meets the rule can read it.",
    )
    group = forms.UUIDField(widget=forms.HiddenInput)
