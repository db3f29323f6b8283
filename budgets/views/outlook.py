"""How long a budget will last, what if, and how it stands beside an earlier period."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from accounts.web import OrgRequest
from budgets import outlook_page, selectors
from budgets.comparing import compare as lay_beside
from budgets.exports import outlook_response
from budgets.forms import WhatIfForm
from budgets.outlook import RANGE_PERCENT, Assumption, Outlook
from budgets.outlook import outlook as look_ahead
from budgets.rules import ZERO, Covering, effects
from procurement.core import clock
from procurement.core.clock import local_date


@require_GET
def outlook(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Show how long a period's budget will last, with what is under way and what if."""
    covering = selectors.period_for(request.actor, period_id)
    form = WhatIfForm(request.GET)
    found = _outlook(request, covering, form.assumption())
    return render(
        request,
        "budgets/outlook.html",
        {
            "covering": found.covering,
            "own_cap": covering.cap,
            "found": found,
            "meter": effects([found.covering], ZERO)[0].meter,
            "form": form,
            "verdict": outlook_page.verdict(found),
            "between": outlook_page.range_sentence(found),
            "drawing": outlook_page.drawing(found) if found.points else None,
            "rows": outlook_page.rows(found),
            "unusual": [
                outlook_page.unusual_sentence(week, covering.currency) for week in found.unusual
            ],
            "pipeline": selectors.pipeline_of(covering),
            "range_percent": RANGE_PERCENT,
            "query": request.GET.urlencode(),
            "can_manage": request.actor.can(Permission.MANAGE_BUDGETS, covering.group_path),
        },
        status=422 if form.errors else 200,
    )


@require_GET
def outlook_csv(request: OrgRequest, period_id: UUID) -> HttpResponseBase:
    """Download the outlook day by day, under what the address supposes."""
    covering = selectors.period_for(request.actor, period_id)
    found = _outlook(request, covering, WhatIfForm(request.GET).assumption())
    name = f"outlook-{slugify(covering.group_name)}-{slugify(covering.period.label)}"
    return outlook_response(outlook_page.every_row(found), covering.currency, name)


@require_GET
def compare(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Show a period beside the one before it, or another one of the same budget."""
    now = selectors.period_for(request.actor, period_id)
    other = selectors.other_period(now, request.GET.get("with", ""))
    context: dict[str, object] = {"covering": now, "periods": selectors.periods_of(now)}
    if other is not None:
        before = selectors.period_for(request.actor, other)
        days_now, days_before = selectors.days_of_both(now, before)
        context |= {
            "before": before,
            "found": lay_beside(
                now,
                before,
                days_now=days_now,
                days_before=days_before,
                today=local_date(clock.now(), request.organization.time_zone),
                calendar=selectors.fiscal_calendar(),
            ),
            "within": selectors.budgets_within(now, before),
            "sees_reports": request.actor.can(Permission.VIEW_REPORTS, now.group_path),
        }
    return render(request, "budgets/compare.html", context)


def _outlook(request: OrgRequest, covering: Covering, assumption: Assumption) -> Outlook:
    today = local_date(clock.now(), request.organization.time_zone)
    days = selectors.days_of(covering, today)
    return look_ahead(covering, days.history, days.so_far, today=today, assumption=assumption)
