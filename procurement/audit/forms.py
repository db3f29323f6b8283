"""What an auditor narrows the trail by."""

from itertools import groupby
from typing import Any

from django import forms

from procurement.audit.actions import AuditAction
from procurement.audit.words import action_name

_DATE = {"type": "date"}


def _actions() -> list[tuple[str, Any]]:
    """Return all actions, those of one noun together, the whole noun first."""
    choices: list[tuple[str, Any]] = [("", "Everything")]
    codes = sorted(AuditAction, key=lambda action: action.partition(".")[0])
    for noun, actions in groupby(codes, key=lambda action: action.partition(".")[0]):
        name = noun.replace("_", " ").capitalize()
        listed = [(str(action), action_name(action)) for action in actions]
        choices.append((name, [(noun, f"{name}: anything"), *listed]))
    return choices


def _text(placeholder: str) -> forms.TextInput:
    return forms.TextInput(attrs={"placeholder": placeholder})


class TrailForm(forms.Form):
    """Reads the address of the trail; every field is optional."""

    subject = forms.CharField(
        required=False, max_length=300, label="About", widget=_text("Name, number or id")
    )
    who = forms.CharField(required=False, max_length=200, label="Who", widget=_text("Anybody"))
    what = forms.ChoiceField(
        required=False,
        choices=_actions,
        label="What",
        widget=forms.Select(attrs={"data-submits": True}),
    )
    group = forms.CharField(
        required=False, max_length=200, label="Group", widget=_text("Any group")
    )
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs=_DATE))
    until = forms.DateField(required=False, label="Until", widget=forms.DateInput(attrs=_DATE))

    def clean(self) -> dict[str, Any]:
        """Refuse a span of days that ends before it starts."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "Choose a day that is not before the first one.")
        return cleaned
