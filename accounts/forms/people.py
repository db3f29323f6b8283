"""Forms of people, their roles and seats."""

from django import forms

from accounts.forms.picking import PersonField, PickingForm
from accounts.models import Role


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


class SuspendForm(forms.Form):
    """End somebody's access."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), label="Why does their access end?"
    )
