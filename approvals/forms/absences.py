"""Forms of absences, and of the calendars that they are read from."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from accounts.forms import PersonField, PickingForm
from accounts.models import OrgGroup
from approvals.services import AbsenceTerms
from procurement.core.clock import start_of


class AbsenceForm(PickingForm):
    """Who decides for somebody, from which day to which, and what of it."""

    deputy = PersonField(label="Who decides meanwhile?", as_colleague=True)
    starts_on = forms.DateField(
        label="First day away",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the first day away."},
    )
    ends_on = forms.DateField(
        label="Last day away",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Enter the last day away."},
        help_text="Up to the end of this day.",
    )
    groups = forms.MultipleChoiceField(
        required=False,
        label="Only for orders of",
        widget=forms.CheckboxSelectMultiple,
        help_text="With everything below. Tick none for all orders.",
    )
    up_to = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        label="Only up to",
        help_text="Empty for any amount.",
    )
    reason = forms.CharField(
        required=False,
        max_length=300,
        label="Reason",
        help_text="For the record and for whoever stands in, such as “parental leave”.",
    )

    def __init__(self, *args: Any, offered: list[OrgGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(group.id): group for group in offered}
        groups = self.fields["groups"]
        assert isinstance(groups, forms.MultipleChoiceField)
        groups.choices = [(key, group.name) for key, group in self.offered.items()]

    def terms(self, time_zone: str) -> AbsenceTerms:
        """Return what a valid form asks for; days begin and end in the organization's time zone."""
        given = self.cleaned_data
        return AbsenceTerms(
            starts_at=start_of(given["starts_on"], time_zone),
            ends_at=_end_of(given["ends_on"], time_zone),
            groups=tuple(self.offered[key] for key in given["groups"]),
            up_to=given["up_to"],
            reason=given["reason"],
        )

    def refuse(self, field: str | None, sentence: str) -> None:
        """Show a refusal beside the field that caused it."""
        own = {"starts_at": "starts_on", "ends_at": "ends_on"}.get(field or "", field)
        self.add_error(own if own in self.fields else None, sentence)


class AbsenceOfForm(AbsenceForm):
    """The same, set for somebody by whoever manages the people of their group."""

    membership = PersonField(label="Who is away?")
    field_order = ("membership", "deputy")


class FeedForm(PickingForm):
    """A calendar that absences are read from, and who decides meanwhile."""

    name = forms.CharField(
        max_length=200, label="Name", help_text="As it is listed, such as “My calendar”."
    )
    url = forms.CharField(
        max_length=2000,
        label="Address",
        widget=forms.URLInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        help_text="The secret iCal address from the calendar’s settings; it begins with https://.",
    )
    deputy = PersonField(
        required=False,
        label="Who decides meanwhile?",
        as_colleague=True,
        empty_label="The deputy of the seat, or else the manager",
    )


class AbsencesFilterForm(forms.Form):
    """How the list of everybody's absences is narrowed."""

    q = forms.CharField(required=False, max_length=200, label="Name or address")
    past = forms.BooleanField(required=False, label="Those that are over")


def _end_of(day: date, time_zone: str) -> datetime:
    return start_of(day + timedelta(days=1), time_zone)


def presets(today: date) -> list[tuple[str, date, date]]:
    """Return times that people are often away: the words, the first and the last day."""
    monday = today + timedelta(days=7 - today.weekday())
    return [
        ("Today", today, today),
        ("Tomorrow", today + timedelta(days=1), today + timedelta(days=1)),
        ("Next week", monday, monday + timedelta(days=6)),
        ("The next two weeks", monday, monday + timedelta(days=13)),
    ]
