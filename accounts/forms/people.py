"""Forms of people, their roles and seats."""

from typing import Any

from django import forms

from accounts.models import Membership, Position, Role


class MemberForm(forms.Form):
    """Add a person to a group with a first role."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(max_length=320)
    title = forms.CharField(max_length=200, required=False, label="Job title")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.REQUISITIONER)


class GrantForm(forms.Form):
    """Grant a role to somebody on a group."""

    membership = forms.ModelChoiceField(queryset=Membership.objects.none(), label="Person")
    role = forms.ChoiceField(choices=Role.choices)

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = members
        field.label_from_instance = _name  # type: ignore[method-assign,assignment]


class SeatForm(forms.Form):
    """Fill a seat of a group; without a person the seat becomes vacant."""

    position = forms.ModelChoiceField(queryset=Position.objects.none(), label="Seat")
    membership = forms.ModelChoiceField(
        queryset=Membership.objects.none(),
        label="Person",
        required=False,
        empty_label="Nobody: leave it vacant",
    )

    def __init__(self, *args: Any, members: Any, positions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        membership, position = self.fields["membership"], self.fields["position"]
        assert isinstance(membership, forms.ModelChoiceField)
        assert isinstance(position, forms.ModelChoiceField)
        membership.queryset = members
        membership.label_from_instance = _name  # type: ignore[method-assign,assignment]
        position.queryset = positions


class SuspendForm(forms.Form):
    """End somebody's access."""

    reason = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), label="Why does their access end?"
    )


def _name(membership: Any) -> str:
    return f"{membership.user.name} ({membership.user.email})"
