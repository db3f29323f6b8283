"""Forms of category owners; services decide, forms only read."""

from typing import Any

from django import forms

from accounts.forms import GroupField, PersonField, PickingForm
from accounts.models import Position
from accounts.permissions import Permission
from accounts.selectors import positions
from approvals.services import OwnedCategory, Owner
from catalogs.guidance import Target
from catalogs.models import Category
from catalogs.selectors import target_named
from procurement.core.errors import DomainError

SEAT, PERSON = "SEAT", "PERSON"


class OwnerForm(PickingForm):
    """Who owns a category for a group and below: the seat of a group, or a person."""

    category = forms.CharField(
        max_length=200,
        label="Category",
        help_text="Its code or its name. What is filed below it belongs to its owner, too.",
    )
    group = GroupField(
        permission=Permission.MANAGE_POLICIES,
        label="For which group?",
        help_text="The owner counts for it and every group below that names none of its own.",
    )
    kind = forms.ChoiceField(
        label="Who owns it?",
        widget=forms.RadioSelect,
        choices=[
            (SEAT, "A seat: whoever fills it, while people come and go"),
            (PERSON, "A person"),
        ],
        initial=SEAT,
    )
    position = forms.ModelChoiceField(
        queryset=Position.objects.none(), required=False, label="Seat", empty_label="–"
    )
    seat_group = GroupField(
        permission=Permission.MANAGE_POLICIES,
        required=False,
        label="The seat of which group?",
        help_text="For a seat. It need not be the group above: Marketing’s director may own design "
        "software for everybody. Left open, it is the group’s own.",
    )
    membership = PersonField(
        required=False, label="Person", help_text="For a person.", empty_label="Nobody"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["position"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = positions()

    def clean(self) -> dict[str, Any]:
        """Find the category, and put together who is to own it."""
        cleaned = self.cleaned_data
        if "category" in cleaned:
            try:
                found = target_named(Target.CATEGORY, cleaned["category"])
            except DomainError as refusal:
                self.add_error("category", refusal.message)
            else:
                assert isinstance(found, Category)
                cleaned["category"] = OwnedCategory(found.code, found.name)
        if cleaned.get("kind") == PERSON:
            if cleaned.get("membership") is None and "membership" not in self.errors:
                self.add_error("membership", "Choose a person.")
            cleaned["owner"] = Owner(membership=cleaned.get("membership"))
        elif cleaned.get("kind") == SEAT:
            if cleaned.get("position") is None and "position" not in self.errors:
                self.add_error("position", "Choose a seat.")
            cleaned["owner"] = Owner(
                position=cleaned.get("position"),
                seat_group=cleaned.get("seat_group") or cleaned.get("group"),
            )
        return cleaned
