"""The form of an organization's particulars."""

from zoneinfo import available_timezones

from django import forms


class OrganizationForm(forms.Form):
    """What an organization is called, where it is taxed, its currency and time zone."""

    name = forms.CharField(max_length=200, help_text="As people here call it.")
    legal_name = forms.CharField(
        max_length=200, required=False, help_text="As it stands on purchase orders."
    )
    address = forms.CharField(
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    tax_country = forms.CharField(
        max_length=2,
        required=False,
        label="Country",
        help_text="Two letters, such as US or DE (ISO 3166-1).",
    )
    tax_number = forms.CharField(
        max_length=40, required=False, help_text="VAT number, EIN or what your country calls it."
    )
    currency = forms.CharField(
        max_length=3,
        help_text="Three letters, such as USD (ISO 4217). It stays once amounts are kept in it.",
    )
    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name) for name in sorted(available_timezones())],
        help_text="Days, months and quarters of budgets begin and end by it.",
    )
    sign_in_above = forms.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        label="Sign in to decide above",
        help_text=(
            "Approvers who come from a mail sign in before they decide on more than this. "
            "0 asks them always; left empty, the link in the mail is enough."
        ),
    )

    def clean_tax_country(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["tax_country"]).upper()

    def clean_currency(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["currency"]).upper()
