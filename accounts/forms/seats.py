"""Forms of seats and of duties that should be apart."""

from collections.abc import Collection
from typing import Any

from django import forms

from accounts.forms.picking import PersonField, PickingForm
from accounts.models import Position


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


class PositionForm(forms.Form):
    """Name a kind of seat."""

    name = forms.CharField(
        max_length=100, help_text="As policies and pages call it, such as HR partner."
    )

    def __init__(self, *args: Any, taken: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = {name.casefold() for name in taken}

    def clean_name(self) -> str:
        """Refuse the name of a seat that there is."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if name.casefold() in self._taken:
            raise forms.ValidationError(f"There is a seat called “{name}” already.")
        return name


class DutyForm(forms.Form):
    """Accept a conflict of duties."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why is it acceptable?",
        help_text="What keeps it safe meanwhile: who looks over it, and how.",
    )
    until_on = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Within a year. The day after, the conflict stands again.",
    )
