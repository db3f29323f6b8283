"""The form of how long decisions take."""

from django import forms


class DecidingTimesForm(forms.Form):
    """By when to decide, when to remind, who is asked next, and when a request ends."""

    hours_to_decide = forms.IntegerField(
        min_value=1,
        label="Working hours to decide",
        help_text="For each stage, from when it opens. A question to the requester stops it.",
    )
    remind_hours_before = forms.IntegerField(
        min_value=0,
        label="Remind so many working hours before",
        help_text="0 reminds nobody.",
    )
    escalates = forms.BooleanField(
        required=False,
        label="When the time is over, ask the next in line, too",
        help_text="The deputy, then whoever holds the seat above, then the manager, at last the "
        "administrators. Whoever was asked first can still decide.",
    )
    expire_after_days = forms.IntegerField(
        min_value=1,
        label="Working days until an undecided request ends",
        help_text="Nothing is ordered then, and the requester can ask again.",
    )
    warn_days_before = forms.IntegerField(
        min_value=0,
        label="Warn so many working days before",
        help_text="Who asks and who is asked; 0 warns nobody.",
    )
