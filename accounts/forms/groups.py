"""Forms of groups."""

from django import forms

from accounts.models import OrgGroup


class GroupForm(forms.Form):
    """Name and describe a group."""

    name = forms.CharField(max_length=200)
    kind = forms.ChoiceField(
        choices=[choice for choice in OrgGroup.Kind.choices if choice[0] != OrgGroup.Kind.ROOT],
        initial=OrgGroup.Kind.TEAM,
    )
    code = forms.CharField(
        max_length=60, required=False, label="Cost-centre code", help_text="As your books write it."
    )
