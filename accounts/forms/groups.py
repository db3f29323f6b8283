"""Forms of groups."""

from typing import Any

from django import forms

from accounts.forms.picking import GroupField, PickingForm
from accounts.models import OrgGroup
from accounts.permissions import Permission


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        required=False, label=label, widget=forms.DateInput(attrs={"type": "date"})
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        required=False,
        label="Why?",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the record, which auditors read.",
    )


class GroupForm(forms.Form):
    """Name and describe a group."""

    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(
        choices=[choice for choice in OrgGroup.Kind.choices if choice[0] != OrgGroup.Kind.ROOT],
        initial=OrgGroup.Kind.TEAM,
    )
    code = forms.CharField(
        max_length=120,
        required=False,
        label="Cost-centre code",
        help_text="As your books write it.",
    )
    starts_on = _day("First day")
    ends_on = _day("Last day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "ends_on"
        ].help_text = (
            "Nothing can be ordered for the group before its first and after its last day."
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day lies before the first; choose a later one.")
        return cleaned


class MoveForm(PickingForm):
    """Where a group is to stand."""

    target = GroupField(permission=Permission.MANAGE_GROUPS, label="Below which group?")
    reason = _reason()


class MergeForm(PickingForm):
    """Which group takes another over."""

    target = GroupField(permission=Permission.MANAGE_GROUPS, label="Into which group?")
    reason = _reason()


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = _reason()
