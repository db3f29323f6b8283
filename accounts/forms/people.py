"""Forms of people, their roles and seats."""

from django import forms

from accounts.forms.picking import GroupField, PersonField, PickingForm
from accounts.models import Membership, Role
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


class SuspendForm(PickingForm):
    """End somebody's access."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), label="Why does their access end?"
    )
    successor = PersonField(
        required=False,
        label="Who takes over?",
        help_text="Carts become theirs, and they look after orders that wait for approval.",
    )


class ReinstateForm(forms.Form):
    """Open somebody's access again."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), label="Why does their access open again?"
    )


class MemberChangeForm(PickingForm):
    """What is known of somebody beside their roles."""

    title = forms.CharField(max_length=200, required=False, label="Job title")
    site = forms.CharField(
        max_length=200, required=False, help_text="Where they work, as your directory has it."
    )
    manager = PersonField(
        required=False,
        label="Manager",
        help_text="Policies can ask the requester’s manager. Orders that wait stay with whom they "
        "have asked.",
    )


class MemberMoveForm(PickingForm):
    """Where somebody moves, and when."""

    target = GroupField(permission=Permission.MANAGE_PEOPLE, label="To which group?")
    manager = PersonField(
        required=False, label="New manager", empty_label="Keeps the one they have"
    )
    effective_at = forms.DateField(
        required=False,
        label="First day in the new group",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty for at once.",
    )
    overlap_until = forms.DateField(
        required=False,
        label="Last day of the overlap",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Up to the end of this day they keep what they could do before. Empty for none.",
    )
    reason = forms.CharField(
        required=False,
        label="Why?",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For the record, which auditors read.",
    )


class PeopleFilterForm(forms.Form):
    """How a list of people is narrowed."""

    q = forms.CharField(required=False, max_length=200, label="Name, address or job title")
    status = forms.ChoiceField(
        choices=[("", "Everybody"), *Membership.Status.choices], required=False
    )
    role = forms.ChoiceField(choices=[("", "Any role"), *Role.choices], required=False)


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
