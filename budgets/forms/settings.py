"""Forms of how budgets run."""

import calendar
from datetime import date
from typing import Any

from django import forms

from budgets.fiscal import NamedFor, Pattern, YearEnd, YearRule
from budgets.models import BudgetSettings, FiscalYearRule

_MONTHS = [(number, calendar.month_name[number]) for number in range(1, 13)]
_DAYS = [(number, calendar.day_name[number]) for number in range(7)]
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BudgetSettingsForm(forms.Form):
    """Which day decides, when periods close, and how long a transfer can be asked for."""

    charged_on = forms.ChoiceField(
        label="An order counts in the period of",
        choices=BudgetSettings.ChargedOn.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose which day decides."},
    )
    close_after_days = forms.IntegerField(
        label="Periods close by themselves after",
        required=False,
        min_value=0,
        max_value=365,
        help_text="Days after their end. Left empty, they stay open until somebody closes them.",
    )
    transfers_expire_after_days = forms.IntegerField(
        label="What another budget was asked for ends after",
        min_value=1,
        max_value=365,
        help_text="Days without an answer. Whoever asked gets a mail, and can ask again.",
        error_messages={"required": "Say after how many days."},
    )


class CalendarForm(forms.Form):
    """How fiscal years run, from a day on."""

    pattern = forms.ChoiceField(
        label="A year is made of",
        choices=FiscalYearRule.Pattern.choices,
        widget=forms.RadioSelect,
    )
    start_month = forms.TypedChoiceField(
        label="It begins in",
        coerce=int,
        choices=_MONTHS,
        help_text="A year of weeks begins around the first of this month.",
    )
    weekday = forms.TypedChoiceField(
        label="Weeks begin on",
        coerce=int,
        choices=_DAYS,
        help_text="Only where the year is made of weeks.",
    )
    year_end = forms.ChoiceField(
        label="A year of weeks ends on",
        choices=FiscalYearRule.YearEnd.choices,
        help_text="Of the weekday before the one that weeks begin on.",
    )
    named_for = forms.ChoiceField(
        label="A year is named for", choices=FiscalYearRule.NamedFor.choices
    )
    from_on = forms.DateField(
        label="From",
        required=False,
        widget=_DAY,
        error_messages={"invalid": "Enter a day."},
    )

    def __init__(self, *args: Any, asks_from: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_from:
            del self.fields["from_on"]
        else:
            self.fields["from_on"].required = True

    def rule(self) -> YearRule:
        """Return the rule that a valid form says."""
        given = self.cleaned_data
        return YearRule(
            from_on=given.get("from_on") or date.min,
            start_month=given["start_month"],
            pattern=Pattern(given["pattern"]),
            weekday=given["weekday"],
            year_end=YearEnd(given["year_end"]),
            named_for=NamedFor(given["named_for"]),
        )
