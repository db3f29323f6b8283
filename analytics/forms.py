"""Forms of analytics; services decide, forms only read."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from analytics.backtesting.guiding import TriedRule
from analytics.filters import Source
from analytics.selectors import ToTry, tried_document
from approvals.routing import PolicyDocument
from budgets.forms import AmountField
from procurement.core.actors import Actor
from procurement.core.errors import DomainError

_DRAFT, _AMOUNTS, _VERSION, _DOCUMENT = "DRAFT", "AMOUNTS", "VERSION", "DOCUMENT"
_RULE = "RULE"


class BacktestForm(forms.Form):
    """What is to be tried on the past of a group: a draft, other amounts, a version, a document.

    A buying rule that a page proposes comes along in ``rule``, as `TriedRule.to_json` writes it.
    """

    what = forms.ChoiceField(label="What to try", widget=forms.RadioSelect)
    version = forms.ChoiceField(required=False, label="Version")
    document = forms.CharField(
        required=False,
        max_length=200_000,
        label="Document",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="A policy as YAML, as the export of policies writes it, or as JSON, as the API "
        "gives it. Of a file with several policies, the one of this group is tried.",
    )
    rule = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    label = forms.CharField(
        required=False,
        max_length=200,
        label="Name",
        help_text="What you call it in the list. Left empty, it is named for what is tried.",
    )
    first = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", widget=forms.DateInput(attrs={"type": "date"}))
    sources = forms.MultipleChoiceField(
        label="Orders",
        choices=[(source.value, source.label) for source in Source],
        initial=[source.value for source in Source],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose which orders to try it on."},
    )

    def __init__(self, *args: Any, actor: Actor, found: ToTry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.found = found
        self.tried_rule = _tried_rule(self.data.get("rule", ""))
        what, version = self.fields["what"], self.fields["version"]
        assert isinstance(what, forms.ChoiceField)
        assert isinstance(version, forms.ChoiceField)
        what.choices = [
            *([(_RULE, self.tried_rule.title)] if self.tried_rule else []),
            *([(_DRAFT, "Your draft of the next version")] if found.draft else []),
            (_AMOUNTS, "The policy in force with other amounts"),
            *([(_VERSION, "A published version")] if found.versions else []),
            (_DOCUMENT, "A document"),
        ]
        version.choices = [(choice.key, choice.label) for choice in found.versions]
        self.initial = {
            "what": _DRAFT if found.draft else _AMOUNTS,
            "first": found.first,
            "last": found.last,
            **self.initial,
        }
        for index, tier in enumerate(found.base.tiers):
            if tier.up_to is not None:
                self.fields[f"tier_{index}"] = AmountField(
                    required=False,
                    initial=tier.up_to,
                    label=_asked(found.base, index),
                )

    @property
    def tiers(self) -> list[forms.BoundField]:
        """Return the fields of the amounts, in rising order."""
        return [self[name] for name in self.fields if name.startswith("tier_")]

    @property
    def days(self) -> tuple[date, date]:
        """Return the first and the last day."""
        return self.cleaned_data["first"], self.cleaned_data["last"]

    def clean(self) -> dict[str, Any]:
        """Read the document that is to be tried, and name it."""
        cleaned = super().clean() or self.cleaned_data
        match cleaned.get("what"):
            case "DRAFT":
                assert self.found.draft is not None
                self._take(self.found.draft.document, self.found.draft.label)
            case "VERSION":
                self._take_version(cleaned.get("version", ""))
            case "DOCUMENT":
                self._take_document(cleaned.get("document", ""))
            case "AMOUNTS":
                self._take_amounts()
            case "RULE":
                assert self.tried_rule is not None
                self._take(self.found.base, self.tried_rule.label)
        return cleaned

    def _take_version(self, key: str) -> None:
        found = next((choice for choice in self.found.versions if choice.key == key), None)
        if found is None:
            self.add_error("version", "Choose a version.")
        else:
            self._take(found.document, found.label)

    def _take_document(self, text: str) -> None:
        try:
            self._take(tried_document(self.actor, self.found.group, text), "A document")
        except DomainError as refusal:
            self.add_error("document", refusal.message)

    def _take_amounts(self) -> None:
        base = self.found.base
        given = {index: self.cleaned_data.get(f"tier_{index}") for index in range(len(base.tiers))}
        tiers = tuple(
            tier if given[index] is None else replace(tier, up_to=given[index])
            for index, tier in enumerate(base.tiers)
        )
        said = " · ".join(str(replace(base, tiers=tiers).heading(i)) for i in range(len(tiers)))
        self._take(replace(base, tiers=tiers), said)

    def _take(self, document: PolicyDocument, label: str) -> None:
        self.cleaned_data["tried"] = document
        self.cleaned_data["label"] = self.cleaned_data.get("label") or label


def _tried_rule(text: str) -> TriedRule | None:
    """Return the buying rule that comes along, None where there is none that can be read."""
    try:
        return TriedRule.from_json(json.loads(text)) if text else None
    except (ValueError, KeyError, TypeError):
        return None


def _asked(document: PolicyDocument, index: int) -> str:
    stages = document.tiers[index].stages
    whom = ", then ".join(stage.phrase for stage in stages) or "automatic"
    return f"{'Then up to' if index else 'Up to'}: {whom}"
