"""Forms of a decision, and of what people do around it; services decide, forms only read."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from approvals.models import Decision


def _words(label: str, **kwargs: Any) -> forms.CharField:
    rows = kwargs.pop("rows", 3)
    return forms.CharField(
        max_length=4000,
        label=label,
        widget=forms.Textarea(attrs={"rows": rows, "class": "textarea"}),
        **kwargs,
    )


class DecisionForm(forms.Form):
    """A decision on exactly the content that was shown."""

    comment = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Comment (needed to reject)",
    )
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=Decision.Choice.choices, widget=forms.HiddenInput)


class QuestionForm(forms.Form):
    """What somebody wants to know before they decide."""

    text = _words(
        "Your question",
        error_messages={"required": "Write what you would like to know."},
    )


class AnyOf(forms.MultipleChoiceField):
    """Some of the things that a page has listed; whoever takes them says which there are."""

    def valid_value(self, value: Any) -> bool:
        """Take whatever the page may have listed."""
        return bool(value)


class RejectLinesForm(forms.Form):
    """Which lines are rejected, and why; of exactly the content that was shown."""

    lines = AnyOf(
        label="Lines to reject",
        error_messages={"required": "Choose at least one line to reject."},
    )
    reason = _words(
        "Why they are rejected",
        rows=2,
        error_messages={
            "required": "Say why you reject them: the requester has to know what to do without."
        },
    )
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ExtendForm(forms.Form):
    """Until when a stage may take, and why."""

    stage = forms.UUIDField(widget=forms.HiddenInput)
    due_at = forms.DateTimeField(
        label="Decide by",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        error_messages={
            "required": "Choose a day and a time.",
            "invalid": "Enter a day and a time, such as 2026-12-03 16:00.",
        },
    )
    reason = _words(
        "Why it takes longer",
        rows=2,
        error_messages={"required": "Say why it takes longer."},
    )

    def clean_due_at(self) -> datetime:
        """Return the instant, read in the organization's time zone."""
        given: datetime = self.cleaned_data["due_at"]
        return given if timezone.is_aware(given) else timezone.make_aware(given)


class RemoveForm(forms.Form):
    """Which added approver is taken off, and why."""

    stage = forms.UUIDField(widget=forms.HiddenInput)
    reason = _words(
        "Why their agreement is not needed",
        rows=2,
        error_messages={"required": "Say why their agreement is not needed."},
    )


class PickForm(forms.Form):
    """Whom to hand a decision to, or to ask as well, and why."""

    person = forms.UUIDField(
        error_messages={
            "required": "Choose a person: search for a part of their name or address.",
            "invalid": "Choose a person: search for a part of their name or address.",
        },
    )
    q = forms.CharField(required=False, max_length=200)
    reason = _words("Why", rows=2)

    def __init__(self, *args: Any, why: str = "", otherwise: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = why or "Why"
        self.fields["reason"].error_messages["required"] = otherwise or "Say why."


class DecideManyForm(forms.Form):
    """What is decided of all that were chosen, and why, where it is a rejection."""

    choice = forms.ChoiceField(choices=Decision.Choice.choices, widget=forms.HiddenInput)
    comment = _words("Comment", required=False)
