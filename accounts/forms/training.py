"""Forms of training pages, their links and whom they are required of."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from accounts.models import Role
from accounts.services.training import LONGEST_TEXT, LONGEST_TITLE
from accounts.training import (
    LONGEST_VIDEO_SECONDS,
    MOST_LINKS,
    MOST_MONTHS,
    Link,
    LinkKind,
    wrong_with,
)

EMPTY_ROWS = 2


class TrainingForm(forms.Form):
    """Write a training page."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    body = forms.CharField(
        max_length=LONGEST_TEXT,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="An empty line begins a paragraph. “- ” begins an item of a list, “1. ” a step, "
        "“# ” a heading; **two stars** make words bold, and [words](https://…) a link.",
    )


class RevisionForm(TrainingForm):
    """Change a training page; what it says becomes a new version."""

    place = forms.IntegerField(
        min_value=0,
        max_value=32_000,
        label="Place in the list",
        help_text="The lowest comes first.",
    )
    must_repeat = forms.BooleanField(
        required=False,
        label="Ask those who have read it to read it again",
        help_text="For changes that matter. They have 30 days before it keeps them from buying.",
    )
    after = forms.IntegerField(widget=forms.HiddenInput)


class LinkForm(forms.Form):
    """One link of a training page; a row left empty is none."""

    kind = forms.ChoiceField(
        choices=[("", "No link"), *((kind.value, kind.label) for kind in LinkKind)],
        required=False,
        label="Leads to",
    )
    label = forms.CharField(max_length=200, required=False, label="Words of the link")
    url = forms.CharField(
        max_length=1000,
        required=False,
        label="Address",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )
    seconds = forms.IntegerField(
        required=False,
        label="Seconds",
        help_text=f"Of a video; {LONGEST_VIDEO_SECONDS} at most.",
    )

    def clean(self) -> dict[str, Any]:
        """Tell what is wrong beside its field; without any words the row is left out."""
        cleaned: dict[str, Any] = super().clean() or {}
        link = self.link
        wrong = wrong_with(link) if link is not None and not self.errors else None
        if wrong is not None:
            self.add_error(*wrong)
        return cleaned

    @property
    def link(self) -> Link | None:
        """Return the link, or None where the row was left empty."""
        given = self.cleaned_data
        kind, label, url = (str(given.get(name) or "") for name in ("kind", "label", "url"))
        if not (kind or label or url):
            return None
        return Link(kind, label, url, given.get("seconds"))


if TYPE_CHECKING:
    LinkForms = BaseFormSet[LinkForm]
else:
    LinkForms = BaseFormSet

_LinkFormSet = formset_factory(
    LinkForm, extra=EMPTY_ROWS, max_num=MOST_LINKS, absolute_max=MOST_LINKS
)


def link_forms(data: Any, links: list[dict[str, Any]]) -> LinkForms:
    """Return the rows of a page's links, with empty ones below."""
    return _LinkFormSet(data or None, initial=links, prefix="links")


def links_of(rows: LinkForms) -> list[Link]:
    """Return the links that have been entered into valid rows."""
    return [form.link for form in rows if form.link is not None]


class RequirementForm(forms.Form):
    """Say who has to have read a page, and when."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        label="Who has to read it",
        error_messages={"required": "Choose who has to read it."},
    )
    before_buying = forms.BooleanField(
        required=False,
        initial=True,
        label="Before they buy",
        help_text="Whoever has never read it cannot submit an order until they have.",
    )
    every_months = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        label="Again every … months",
        help_text="Such as 12. Empty: once is enough. Whoever is asked again has 30 days before it "
        "keeps them from buying.",
    )
    required_from = forms.DateField(
        label="From",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="A day to come leaves people time to read it first.",
    )
