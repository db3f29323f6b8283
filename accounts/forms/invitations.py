"""Forms of people on their way in."""

from typing import Any, Self

from django import forms
from django.http import HttpRequest

from accounts.forms.picking import FIND, GroupField, PickingForm
from accounts.models import Role
from accounts.permissions import Permission
from accounts.rosters import MOST, Roster, read_file, read_text
from procurement.core.errors import DomainError


class InviteForm(PickingForm):
    """Whom to invite, pasted or uploaded, and what holds for those who are not given more."""

    pasted = forms.CharField(
        required=False,
        label="Paste addresses",
        widget=forms.Textarea(
            attrs={"rows": 6, "placeholder": "Anna Smith <anna@example.com>, ben@example.com"}
        ),
        help_text="Parted by commas, semicolons, spaces or lines, with or without names.",
    )
    upload = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="Or upload a CSV file",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=(
            "Its first line names the columns: email, and any of name, group, role, manager, "
            f"position. Up to {MOST:,} lines."
        ),
    )
    group = GroupField(
        permission=Permission.MANAGE_PEOPLE,
        label="Group",
        help_text="For everybody whose line names none.",
    )
    role = forms.ChoiceField(
        choices=Role.choices,
        initial=Role.REQUISITIONER,
        help_text="For everybody whose line names none.",
    )
    message = forms.CharField(
        required=False,
        max_length=1000,
        label="A word of your own",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands in every mail.",
    )

    roster: Roster

    @classmethod
    def of(cls, request: HttpRequest, *, initial: dict[str, Any] | None = None, **kw: Any) -> Self:
        """Return the form of a request, with its file where it is sent to be carried out."""
        if request.method == "POST" and FIND not in request.POST:
            kw["files"] = request.FILES
        return super().of(request, initial=initial, **kw)

    @property
    def source(self) -> str:
        """Return what the people were read from, in words."""
        upload = self.cleaned_data.get("upload")
        return upload.name if upload else "a pasted list"

    def clean(self) -> dict[str, Any]:
        """Read the people; what cannot be read is told beside the field it came by."""
        cleaned: dict[str, Any] = super().clean() or {}
        pasted, upload = cleaned.get("pasted", ""), cleaned.get("upload")
        if upload and pasted.strip():
            self.add_error("upload", "Paste or upload, not both: empty one of the two.")
            return cleaned
        try:
            self.roster = read_file(upload.read()) if upload else read_text(pasted)
        except DomainError as refusal:
            self.add_error(refusal.field, refusal.message)
        return cleaned


class AcceptForm(forms.Form):
    """What somebody new is called, and how they will sign in."""

    name = forms.CharField(
        max_length=200, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        max_length=200,
        strip=False,
        label="Choose a password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 10 characters, and none that is easy to guess.",
    )
