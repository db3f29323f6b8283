"""Forms of the working calendar."""

from typing import Any

from django import forms

from accounts.public_holidays import countries, subdivisions

WEEKDAYS = (
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
)


# Another country shows its regions and holidays at once; without a script, once it is saved.
_TRY = {
    "hx-get": "?",
    "hx-trigger": "change",
    "hx-target": "#region",
    "hx-select": "#region",
    "hx-swap": "outerHTML",
    "hx-select-oob": "#holidays",
}


class WorkingHoursForm(forms.Form):
    """When an organization works, and whose public holidays it keeps.

    The regions are those of the country that is chosen; one that is not of it is dropped.
    """

    weekdays = forms.MultipleChoiceField(
        choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, label="Days"
    )
    opens = forms.TimeField(label="From", widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    closes = forms.TimeField(
        label="Until", widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    country = forms.ChoiceField(
        required=False,
        label="Public holidays of",
        choices=lambda: [("", "No country"), *countries().items()],
        widget=forms.Select(attrs=_TRY),
    )
    subdivision = forms.CharField(required=False, max_length=40, label="Region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = str(self.data.get("country") if self.is_bound else self.initial.get("country"))
        self.regions = subdivisions(country)
        self.fields["subdivision"].widget = forms.Select(
            choices=[("", "The whole country"), *self.regions.items()],
            attrs={**_TRY, "hx-include": "#id_country"},
        )

    def clean_weekdays(self) -> tuple[int, ...]:
        """Return the ISO numbers of the days."""
        return tuple(int(day) for day in self.cleaned_data["weekdays"])

    def clean_subdivision(self) -> str:
        """Return the region, or none where it is one of another country."""
        found = str(self.cleaned_data["subdivision"])
        return found if found in self.regions else ""


class OwnDayForm(forms.Form):
    """A day of the organization's own."""

    on = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(max_length=100, label="What it is", help_text="Such as Company outing.")
    is_working = forms.BooleanField(required=False, label="We work on this day")
