"""Forms of people, their roles and seats."""

from typing import Any

from django import forms

from accounts.forms.picking import PersonField, PickingForm
from accounts.models import Position, Role


class MemberForm(forms.Form):
    """Add a person to a group with a first role."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(max_length=320)
    title = forms.CharField(max_length=200, required=False, label="Job title")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.REQUISITIONER)


class GrantForm(PickingForm):
    """Grant a role to somebody on a group."""

    membership = PersonField(label="Person")
    role = forms.ChoiceField(choices=Role.choices)


class SeatForm(PickingForm):
    """Fill a seat of a group; without a person the seat becomes vacant."""

    position = forms.ModelChoiceField(queryset=Position.objects.none(), label="Seat")
    is_deputy = forms.TypedChoiceField(
        choices=[("no", "Holder"), ("yes", "Deputy")],
        coerce=lambda value: value == "yes",
        initial="no",
        label="As",
        widget=forms.RadioSelect,
        help_text="A deputy answers where the holder cannot: without access, or asking themselves.",
    )
    membership = PersonField(label="Person", required=False, empty_label="Nobody: leave it vacant")

    def __init__(self, *args: Any, positions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        position = self.fields["position"]
        assert isinstance(position, forms.ModelChoiceField)
        position.queryset = positions


class SuspendForm(forms.Form):
    """End somebody's access."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), label="Why does their access end?"
    )
