"""Forms of items, suppliers and buying rules; services decide, forms only read."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.models import OrgGroup
from accounts.web import uuid_or_none
from catalogs.guidance import Effect, Outcome, Target
from catalogs.item_rows import read_price
from catalogs.models import Supplier
from catalogs.selectors import Filters, Sort, target_named
from procurement.core.errors import DomainError


def read_filters(parameters: QueryDict | MultiValueDict[str, str], currency: str) -> Filters:
    """Return what an address narrows a search by; what cannot be read narrows nothing."""
    suppliers = (uuid_or_none(text) for text in parameters.getlist("supplier"))
    return Filters(
        guidance=_member(Outcome, parameters.get("guidance", "")),
        categories=tuple(code for code in parameters.getlist("category") if code),
        suppliers=tuple(found for found in suppliers if found is not None),
        price_from=read_price(parameters.get("from", ""), currency),
        price_to=read_price(parameters.get("to", ""), currency),
        sort=_member(Sort, parameters.get("sort", "")) or Sort.BEST,
    )


def _member(kind: Any, text: str) -> Any:
    return next((one for one in kind if one.value == text), None)


def page_number(parameters: QueryDict) -> int:
    """Return the page that an address asks for; the first where it asks for none."""
    text = parameters.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 1  # noqa: PLR2004 – a billion


class SupplierForm(forms.Form):
    """What is kept of a supplier."""

    name = forms.CharField(max_length=300)
    contact_email = forms.EmailField(
        label="Email for orders",
        required=False,
        help_text="Purchase orders are sent here. Without one, the buyer passes them on.",
    )
    status = forms.ChoiceField(
        choices=Supplier.Status.choices,
        help_text="A suspended supplier's items are not found and cannot be ordered.",
    )


class FoldForm(forms.Form):
    """Say which supplier a spelling belongs to."""

    supplier = forms.CharField(
        label="Belongs to", max_length=300, help_text="Any spelling of that supplier's name."
    )


class RuleForm(forms.Form):
    """Prefer, restrict or block something for a group and below."""

    group = forms.ModelChoiceField(
        queryset=OrgGroup.objects.none(),
        label="For",
        empty_label=None,
        help_text="The rule holds for this group and every group below it.",
    )
    effect = forms.ChoiceField(
        label="What it does",
        widget=forms.RadioSelect,
        choices=[
            (Effect.PREFER.value, "Prefer: shown first, with a green seal"),
            (Effect.RESTRICT.value, "Restrict: needs a reason and one more approval"),
            (Effect.BLOCK.value, "Block: shown last, with a red stop sign; cannot be ordered"),
        ],
        initial=Effect.PREFER.value,
    )
    kind = forms.ChoiceField(
        label="About a",
        choices=[(target.value, target.value.capitalize()) for target in Target],
    )
    target = forms.CharField(
        label="Which one",
        max_length=300,
        help_text="A category by its code or name, a supplier by any spelling, an item by its SKU.",
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody who meets the rule reads this sentence.",
    )
    exception_allowed = forms.BooleanField(
        label="People may ask for an exception, and say why",
        required=False,
        help_text="For blocks only. The order then needs one more approval.",
    )
    valid_from = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_to = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Leave it empty for a rule without an end.",
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["group"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = groups

    def clean(self) -> dict[str, Any]:
        """Find what the rule is about."""
        cleaned = self.cleaned_data
        if "kind" in cleaned and "target" in cleaned:
            try:
                cleaned["target"] = target_named(Target(cleaned["kind"]), cleaned["target"])
            except DomainError as refusal:
                self.add_error("target", refusal.message)
        return cleaned
