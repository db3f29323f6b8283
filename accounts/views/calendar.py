"""Pages of the working calendar."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import OwnDayForm, WorkingHoursForm
from accounts.models import CalendarDay
from accounts.permissions import Permission, require
from accounts.public_holidays import is_country, public_holidays, subdivisions
from accounts.services import OwnDay, WorkingHours
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.errors import DomainError
from procurement.core.forms import show_refusal


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A public holiday as the page lists it; ``own`` is what the organization says of that day."""

    on: date
    name: str
    own: CalendarDay | None


@require_http_methods(["GET", "POST"])
def working_hours(request: OrgRequest) -> HttpResponse:
    """Show and change when the organization works.

    ``?country=`` and ``?subdivision=`` try others before they are saved.
    """
    _require_keeper(request)
    known = services.working_hours_of(selectors.working_calendar())
    shown = asdict(known) | _tried(request)
    form = WorkingHoursForm(request.POST or None, initial=shown)
    if form.is_bound and form.is_valid():
        try:
            services.change_calendar(
                actor=request.actor, hours=WorkingHours(**form.cleaned_data), now=clock.now()
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The working hours are saved.")
            return redirect(org_reverse(request.organization, "setup:working-hours"))
    return _page(request, form, OwnDayForm(), shown)


@require_POST
def set_day(request: OrgRequest) -> HttpResponse:
    """Keep a day free, or work on it."""
    _require_keeper(request)
    form = OwnDayForm(request.POST)
    if form.is_valid():
        try:
            services.set_calendar_day(
                actor=request.actor, day=OwnDay(**form.cleaned_data), now=clock.now()
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "The day is kept.")
            return redirect(org_reverse(request.organization, "setup:working-hours"))
    known = asdict(services.working_hours_of(selectors.working_calendar()))
    return _page(request, WorkingHoursForm(initial=known), form, known)


@require_POST
def remove_day(request: OrgRequest, day_id: UUID) -> HttpResponse:
    """Treat a day as its weekday and the holidays say."""
    _require_keeper(request)
    services.remove_calendar_day(actor=request.actor, day_id=day_id, now=clock.now())
    messages.success(request, "The day is like any other again.")
    return redirect(org_reverse(request.organization, "setup:working-hours"))


def _page(
    request: OrgRequest, form: WorkingHoursForm, day_form: OwnDayForm, shown: dict[str, Any]
) -> HttpResponse:
    days = selectors.calendar_days()
    own = {day.on: day for day in days}
    today = clock.local_date(clock.now(), request.organization.time_zone)
    years = [
        (
            year,
            [
                HolidayRow(on, name, own.get(on))
                for on, name in public_holidays(
                    shown["country"], shown["subdivision"], year
                ).items()
            ],
        )
        for year in (today.year, today.year + 1)
    ]
    context = {
        "form": form,
        "day_form": day_form,
        "days": days,
        "years": years,
        "today": today,
        "has_country": bool(shown["country"]),
    }
    status = 422 if form.errors or day_form.errors else 200
    return render(request, "accounts/working_hours.html", context, status=status)


def _tried(request: OrgRequest) -> dict[str, str]:
    """Return the country and region that the address names, to look at them before saving."""
    country = request.GET.get("country")
    if country is None or (country and not is_country(country)):
        return {}
    region = request.GET.get("subdivision", "")
    return {
        "country": country,
        "subdivision": region if region in subdivisions(country) else "",
    }


def _require_keeper(request: OrgRequest) -> None:
    require(request.actor, Permission.MANAGE_GROUPS, selectors.root_group())
