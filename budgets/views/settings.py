"""The page of how an organization's budgets run."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, require
from accounts.selectors import root_group
from accounts.web import OrgRequest, org_reverse
from budgets import selectors, services
from budgets.calendar_changes import CalendarRefused, changed, coming, first_possible, year_words
from budgets.fiscal import FiscalCalendar, NamedFor, Pattern, YearEnd, YearRule
from budgets.forms import BudgetSettingsForm, CalendarForm
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal

_PRESETS = {
    "calendar": ("Calendar year", YearRule()),
    "april": ("From April", YearRule(start_month=4)),
    "weeks": (
        "Weeks, 4-4-5",
        YearRule(
            pattern=Pattern.WEEKS_445,
            weekday=6,
            year_end=YearEnd.NEAREST,
            named_for=NamedFor.ENDS,
        ),
    ),
}


@require_http_methods(["GET", "POST"])
def settings(request: OrgRequest) -> HttpResponse:
    """Show and change which day decides an order's period, and when periods close."""
    require(request.actor, Permission.MANAGE_BUDGETS, root_group())
    known = selectors.budget_settings()
    form = BudgetSettingsForm(
        request.POST or None,
        initial={
            "charged_on": known.charged_on,
            "close_after_days": known.close_after_days,
            "transfers_expire_after_days": known.transfers_expire_after_days,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_settings(actor=request.actor, now=clock.now(), **form.cleaned_data)
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "How budgets run is saved.")
            return redirect(org_reverse(request.organization, "budgets:settings"))
    today = local_date(clock.now(), request.organization.time_zone)
    calendar = selectors.fiscal_calendar()
    context = {
        "form": form,
        "rule": year_words(calendar.rule_on(today)),
        "later": [
            (rule.from_on, year_words(rule)) for rule in calendar.rules if rule.from_on > today
        ],
        "coming": coming(calendar, today),
    }
    return render(request, "budgets/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def fiscal_calendar(request: OrgRequest) -> HttpResponse:
    """Choose how fiscal years run; show what that makes of the next year before it is set."""
    require(request.actor, Permission.MANAGE_BUDGETS, root_group())
    today = local_date(clock.now(), request.organization.time_zone)
    calendar = selectors.fiscal_calendar()
    opened = selectors.opened_until()
    first = first_possible(opened)
    preset = request.GET.get("preset", "")
    start = _PRESETS[preset][1] if preset in _PRESETS else calendar.rules[-1]
    form = CalendarForm(
        request.POST or None, asks_from=first is not None, initial=_initial(start, first)
    )
    shown: FiscalCalendar | None = None
    if request.method == "POST" and form.is_valid():
        rule = form.rule()
        try:
            shown = changed(calendar, rule, opened_until=opened)
            if "preview" not in request.POST:
                services.set_fiscal_calendar(actor=request.actor, rule=rule, now=clock.now())
                messages.success(request, "The fiscal calendar is set.")
                return redirect(org_reverse(request.organization, "budgets:settings"))
        except (CalendarRefused, DomainError) as refusal:
            show_refusal(form, refusal)
    elif preset in _PRESETS:
        shown = _tried(calendar, start, first, opened)
    context = {
        "form": form,
        "first": first,
        "opened": opened,
        "presets": [(code, name) for code, (name, _) in _PRESETS.items()],
        "preset": preset,
        "coming": coming(shown, first or today) if shown else (),
    }
    status = 422 if form.errors else 200
    return render(request, "budgets/fiscal_calendar.html", context, status=status)


def _initial(rule: YearRule, first: date | None) -> dict[str, Any]:
    return {
        "pattern": rule.pattern.value,
        "start_month": rule.start_month,
        "weekday": rule.weekday,
        "year_end": rule.year_end.value,
        "named_for": rule.named_for.value,
        "from_on": first,
    }


def _tried(
    calendar: FiscalCalendar, rule: YearRule, first: date | None, opened: date | None
) -> FiscalCalendar | None:
    """Return the calendar with a rule from the first day that it can begin, if it can then."""
    try:
        return changed(calendar, replace(rule, from_on=first or date.min), opened_until=opened)
    except CalendarRefused:
        return None
