"""What narrows a ledger down."""

from django import forms

from budgets.forms.fields import AmountField
from budgets.models import LedgerEntry
from budgets.selectors import Narrowing


class LedgerFilterForm(forms.Form):
    """Narrow a ledger down; what is not understood is left out rather than refused."""

    q = forms.CharField(label="Document", required=False, max_length=100)
    kind = forms.ChoiceField(
        label="Movement", required=False, choices=[("", "All movements"), *LedgerEntry.Kind.choices]
    )
    by = forms.CharField(label="By", required=False, max_length=100)
    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    at_least = AmountField(label="At least", required=False)
    order = forms.ChoiceField(
        label="Order", required=False, choices=[("", "Newest first"), ("oldest", "Oldest first")]
    )

    def narrowing(self) -> Narrowing:
        """Return the filters that hold."""
        self.is_valid()
        given = self.cleaned_data
        return Narrowing(
            kind=given.get("kind") or "",
            document=given.get("q") or "",
            by=given.get("by") or "",
            since=given.get("since"),
            until=given.get("until"),
            at_least=given.get("at_least"),
            oldest_first=given.get("order") == "oldest",
        )
