"""How an organization's budgets run: its fiscal calendar and what it has chosen."""

from datetime import date

from django.db.models import Max

from budgets.fiscal import CALENDAR_YEAR, FiscalCalendar, NamedFor, Pattern, YearEnd, YearRule
from budgets.models import BudgetPeriod, BudgetSettings, FiscalYearRule


def fiscal_calendar() -> FiscalCalendar:
    """Return the organization's fiscal calendar, by default the calendar year. One SQL query."""
    rules = FiscalYearRule.objects.order_by("from_on").values_list(
        "from_on", "start_month", "pattern", "weekday", "year_end", "named_for"
    )
    found = tuple(
        YearRule(from_on, month, Pattern(pattern), weekday, YearEnd(end), NamedFor(named))
        for from_on, month, pattern, weekday, end, named in rules
    )
    return FiscalCalendar(found) if found else CALENDAR_YEAR


def budget_settings() -> BudgetSettings:
    """Return what the organization has chosen, or what is usual, unsaved. One SQL query."""
    return BudgetSettings.objects.first() or BudgetSettings()


def opened_until() -> date | None:
    """Return the last day of all periods that have been opened, if any. One SQL query."""
    last: date | None = BudgetPeriod.objects.aggregate(last=Max("ends_on"))["last"]
    return last
