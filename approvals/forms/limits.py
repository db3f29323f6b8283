"""Forms of approval limits, and how lists that keep their past are narrowed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms

from accounts.forms import PersonField, PickingForm
from accounts.selectors import instant_of
from accounts.web import OrgRequest
from procurement.core import clock
from procurement.core.errors import DomainError


class HistoryForm(forms.Form):
    """Which rows of a list to show, and as of which day."""

    q = forms.CharField(required=False, max_length=200, label="Search")
    at = forms.DateField(
        required=False, label="On which day", widget=forms.DateInput(attrs={"type": "date"})
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of such a list: words, a day of the past or None, and its instant."""

    form: HistoryForm
    query: str
    day: date | None
    at: datetime

    @property
    def status(self) -> int:
        """Return 422 where the form could not be read; the list then shows the present."""
        return 422 if self.form.errors else 200


def asked_of(request: OrgRequest) -> Asked:
    """Return what a request asks for; a day of the past is taken at its end. No SQL."""
    now = clock.now()
    form = HistoryForm(request.GET)
    form.is_valid()
    day = form.cleaned_data.get("at")
    try:
        at = instant_of(day, time_zone=request.organization.time_zone, now=now)
    except DomainError as refusal:
        form.add_error("at", refusal.message)
        day, at = None, now
    query = form.cleaned_data.get("q", "").strip()
    return Asked(form, query, None if at == now else day, at)


class ApprovalLimitForm(PickingForm):
    """Up to which amount somebody's agreement counts."""

    membership = PersonField(label="Person")
    amount = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=2,
        label="Agrees to orders of up to",
        help_text="Where a policy asks managers up to the limit, the first whose limit covers the "
        "order is the last to be asked.",
    )
    is_unlimited = forms.BooleanField(required=False, label="Any amount, without an upper limit")

    def clean(self) -> dict[str, Any]:
        """Ask for an amount, or for none at all."""
        cleaned = self.cleaned_data
        if "amount" in cleaned and (cleaned["amount"] is None) != cleaned["is_unlimited"]:
            self.add_error(
                "amount",
                "Enter an amount, or tick that any is fine."
                if cleaned["amount"] is None
                else "Leave the amount empty where any is fine.",
            )
        return cleaned
