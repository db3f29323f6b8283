"""Forms of people, their roles and seats."""

from django import forms

from accounts.forms.picking import PersonField, PickingForm
from accounts.models import Role
from accounts.permissions import Permission


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
    spending_limit = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        label="Own limit for one order",
        help_text="For those who buy. Empty leaves it to the group\u2019s limit.",
    )


class LimitForm(forms.Form):
    """How much buyers of a group may order at once."""

    amount = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        label="Most that one order may come to",
        help_text="Holds here and below; the lowest on the way up counts. Empty takes it away.",
    )


class SuspendForm(forms.Form):
    """End somebody's access."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), label="Why does their access end?"
    )


class AccessForm(forms.Form):
    """What is asked of access: which permission, and on which day."""

    permission = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Permission],
        required=False,
        label="Who can …",
        initial=Permission.PLACE_ORDERS.value,
    )
    at = forms.DateField(
        required=False,
        label="On which day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty for now. A day of the past is taken at its end.",
    )
