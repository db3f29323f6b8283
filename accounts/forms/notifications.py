"""The form in which people choose how they are told about things."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms import BoundField

from accounts.models import NotificationChoice
from accounts.notifying import EVENT_WORDS, NotificationEvent
from accounts.services.telling import HOURS_FIELDS, ChosenHours
from accounts.telling import MANDATORY, Choice, EmailChoice, Wishes

_EMAIL = NotificationChoice._meta.get_field("email").choices or ()
_TIME = {"type": "time"}


@dataclass(frozen=True, slots=True)
class Row:
    """One event on the page: its words and its two controls."""

    label: str
    hint: str
    is_mandatory: bool
    email: BoundField
    push: BoundField


class NotificationsForm(forms.Form):
    """By which channel somebody is told about each event, and when they are left alone."""

    quiet_from = forms.TimeField(
        required=False, label="Quiet from", widget=forms.TimeInput(attrs=_TIME, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        required=False,
        label="Until",
        widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
        help_text="Earlier than its beginning: until the next day.",
    )
    quiet_weekends = forms.BooleanField(required=False, label="Quiet on Saturdays and Sundays, too")
    digest_hour = forms.TypedChoiceField(
        coerce=int,
        choices=[(hour, f"{time(hour):%-I:%M %p}") for hour in range(24)],
        label="Daily summary at",
    )
    time_zone = forms.ChoiceField(required=False, label="By the clock of")

    def __init__(self, *args: Any, own_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for event in NotificationEvent:
            label, _ = EVENT_WORDS[event]
            self.fields[f"email_{event}"] = forms.ChoiceField(
                choices=_EMAIL, label=f"{label}, by email"
            )
            self.fields[f"push_{event}"] = forms.BooleanField(
                required=False, label=f"{label}, on your devices"
            )
        zones = [("", f"your organization ({own_zone})")]
        zones += [(name, name) for name in sorted(available_timezones())]
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = zones

    @staticmethod
    def initial_of(wishes: Wishes, hours: ChosenHours) -> dict[str, Any]:
        """Return what the form shows of what holds."""
        found: dict[str, Any] = asdict(hours)
        for event in NotificationEvent:
            choice = wishes.choice_of(event)
            found[f"email_{event}"] = choice.email.value
            found[f"push_{event}"] = choice.push
        return found

    def rows(self) -> Iterator[Row]:
        """Yield one row for each event."""
        for event in NotificationEvent:
            label, hint = EVENT_WORDS[event]
            yield Row(
                label,
                hint,
                event in MANDATORY,
                self[f"email_{event}"],
                self[f"push_{event}"],
            )

    def choices(self) -> Mapping[NotificationEvent, Choice]:
        """Return what was chosen for each event."""
        return {
            event: Choice(
                EmailChoice(self.cleaned_data[f"email_{event}"]),
                self.cleaned_data[f"push_{event}"],
            )
            for event in NotificationEvent
        }

    def hours(self) -> ChosenHours:
        """Return the hours that were chosen."""
        return ChosenHours(**{name: self.cleaned_data[name] for name in HOURS_FIELDS})

    def field_of(self, name: str | None) -> str | None:
        """Return the control beside which a refusal belongs."""
        if name in self.fields:
            return name
        return f"email_{name}" if f"email_{name}" in self.fields else None
