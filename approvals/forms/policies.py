"""Forms of policies and their files; services decide, forms only read."""

from typing import Any

from django import forms

from approvals.policy_files.nodes import MOST_CHARACTERS
from procurement.core.forms import UploadField


class AcceptingForm(forms.Form):
    """Dead ends that are taken into account, and why; shown where the check has found some."""

    accept = forms.BooleanField(required=False, label="Publish in spite of what is marked red")
    accepted = forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="Why in spite of it?",
        help_text="Kept in the audit trail with what was found.",
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the reason where dead ends are accepted."""
        cleaned = super().clean() or {}
        if cleaned.get("accept") and not cleaned.get("accepted", "").strip():
            self.add_error("accepted", "Say why, for whoever finds an order stuck.")
        return cleaned

    @property
    def acceptance(self) -> str:
        """Return why dead ends are accepted, of a valid form; empty where they are not."""
        return self.cleaned_data["accepted"] if self.cleaned_data["accept"] else ""

    def refuse_dead_ends(self) -> None:
        """Say at the tick what it takes to publish in spite of what the check has found."""
        self.add_error("accept", "Mend what is marked red, or tick this and say why.")


class PublishForm(AcceptingForm):
    """What goes with a new version: why, and from when."""

    name = forms.CharField(
        max_length=200,
        required=False,
        label="Name of the policy",
        help_text="As people read it beside their orders.",
    )
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why this change?",
        help_text="Kept with the version, for whoever asks in a year.",
    )
    in_force_on = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        label="In force from",
        help_text="Left empty, at once. Orders on their way keep the version they started on.",
    )
    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RepublishForm(AcceptingForm):
    """Why an earlier version is published again, and on top of which."""

    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why go back?",
        help_text="Kept with the version, for whoever asks in a year.",
    )
    based_on = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class PolicyFileForm(forms.Form):
    """A file of policies to look at."""

    file = UploadField(
        label="YAML file",
        accept=".yaml,.yml,application/yaml",
        most_bytes=4 * MOST_CHARACTERS,
        too_large="This file is too large for policies.",
        help_text="Nothing is published before you have looked at what it would change.",
    )


class PolicyImportForm(AcceptingForm):
    """A file that was looked at, and why it is published."""

    content = forms.CharField(max_length=MOST_CHARACTERS, strip=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label="Why these changes?",
        help_text="Kept with each version, for whoever asks in a year.",
    )
