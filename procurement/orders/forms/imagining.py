"""The form of an imagined order, sent by GET: nothing is written, and an answer can be shared.

What was typed is read here; the selector understands it, and complaints stand beside the field.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import OrgGroup
from budgets.forms import AmountField
from procurement.orders.imagining import MOST_LINES, Wish, WishedLine


class WishForm(forms.Form):
    """For whom and when."""

    group = forms.ChoiceField(
        error_messages={
            "required": "Choose a group.",
            "invalid_choice": "Choose a group that you may see.",
        },
    )
    requester = forms.CharField(
        required=False,
        max_length=300,
        help_text="A full name or an email address. Leave it empty to ask for yourself.",
    )
    on = forms.DateField(
        label="Submitted on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Enter a day.",
            "invalid": "Enter a day, such as 2026-12-01.",
        },
    )
    exception = forms.BooleanField(
        label="An exception is asked for what is blocked", required=False
    )

    draft = forms.BooleanField(label="Under my draft of the group’s next version", required=False)

    def __init__(
        self, *args: Any, groups: Sequence[OrgGroup], writes_policies: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not writes_policies:
            del self.fields["draft"]
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(group.id), group.name) for group in groups]


class WishedLineForm(forms.Form):
    """One line: an amount, or an item of the catalog; what it is and from whom."""

    amount = AmountField(required=False)
    category = forms.CharField(required=False, max_length=300, help_text="By its code or its name.")
    supplier = forms.CharField(
        required=False, max_length=300, help_text="By any spelling of its name."
    )
    item = forms.CharField(
        required=False,
        max_length=300,
        help_text="An item’s SKU, in place of category and supplier; without an amount, its price.",
    )
    quantity = forms.DecimalField(
        required=False,
        max_digits=12,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": "Enter a number, such as 3."},
        help_text="Of the item.",
    )

    def clean_amount(self) -> Any:
        """Refuse what no order comes to."""
        amount = self.cleaned_data["amount"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError("Enter an amount above zero.")
        return amount

    def clean_quantity(self) -> Any:
        """Take no quantity for one."""
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise forms.ValidationError("Enter a quantity above zero.")
        return quantity or 1


class TryForm:
    """All that is typed on the page: the order and its lines, each a form of its own."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        groups: Sequence[OrgGroup],
        chosen: str,
        today: date,
        writes_policies: bool,
    ) -> None:
        initial = {"group": chosen, "on": today}
        self.head = WishForm(data, groups=groups, writes_policies=writes_policies, initial=initial)
        self.lines = [
            WishedLineForm(data, prefix=f"lines-{index}") for index in range(_count(data))
        ]

    @property
    def may_grow(self) -> bool:
        """Tell whether another line may be added."""
        return len(self.lines) < MOST_LINES

    def is_valid(self) -> bool:
        """Tell whether everything typed can be read."""
        read = [form.is_valid() for form in (self.head, *self.lines)]
        return all(read)

    def wish(self) -> Wish:
        """Return what was typed, once it is valid."""
        typed = self.head.cleaned_data
        return Wish(
            lines=tuple(WishedLine(**line.cleaned_data) for line in self.lines),
            on=typed["on"],
            requester=typed["requester"],
            asks_exception=typed["exception"],
        )

    def complain(self, message: str, field: str | None) -> None:
        """Put a complaint beside the field that it is about, or on top."""
        for index, line in enumerate(self.lines):
            prefix = f"lines.{index}."
            if field is not None and field.startswith(prefix):
                line.add_error(field.removeprefix(prefix), message)
                return
        self.head.add_error(field if field in self.head.fields else None, message)


def _count(data: QueryDict | None) -> int:
    """Return how many lines there are: as many as were shown, and one more where it was asked."""
    text = "1" if data is None else data.get("count", "1")
    count = int(text) if text.isascii() and text.isdigit() else 1
    more = 1 if data is not None and "more" in data else 0
    return max(1, min(count + more, MOST_LINES))
