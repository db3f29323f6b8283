"""What narrows a ledger down."""

from django import forms

from budgets.models import LedgerEntry


class LedgerFilterForm(forms.Form):
    """Narrow a ledger down; what is not understood is left out rather than refused."""

    kind = forms.ChoiceField(
        required=False, choices=[("", "All movements"), *LedgerEntry.Kind.choices]
    )
    q = forms.CharField(required=False, max_length=100)

    def narrowed(self) -> dict[str, str]:
        """Return the filters that hold, as arguments of `selectors.ledger_of`."""
        self.is_valid()
        return {
            "kind": self.cleaned_data.get("kind", ""),
            "document": self.cleaned_data.get("q", ""),
        }
