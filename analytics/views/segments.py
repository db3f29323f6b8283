"""What was bought under a budget by category, in two of its periods side by side."""

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts.permissions import Permission, require
from accounts.web import OrgRequest
from analytics import pages, reports, selectors, services
from budgets import selectors as budgets
from budgets.comparing import Difference
from budgets.rules import Covering
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import NotFound


@require_GET
def segments(request: OrgRequest, period_id: UUID) -> HttpResponse:
    """Show it; the page that lays two periods side by side takes the table from here."""
    now, before = _both(request, period_id)
    rows = selectors.segments_of_both(now, before) if before else ()
    instant = clock.now()
    today = clock.local_date(instant, request.organization.time_zone)
    context = {
        "covering": now,
        "before": before,
        "rows": rows,
        "total": _total(rows),
        "freshness": pages.freshness(request.organization.id, now=instant, today=today),
    }
    return render(request, "analytics/segments.html", context)


@require_GET
def segments_csv(request: OrgRequest, period_id: UUID) -> HttpResponseBase:
    """Send it as CSV, and have the trail say so."""
    now, before = _both(request, period_id)
    if before is None:
        raise NotFound("This budget has no other period to stand beside this one.")
    rows = selectors.segments_of_both(now, before)
    services.record_segments_download(
        actor=request.actor, covering=now, before=before, lines=len(rows), now=clock.now()
    )
    labels = f"{slugify(now.period.label)}-{slugify(before.period.label)}"
    name = f"categories-{slugify(now.group_name)}-{labels}"
    return csv_download(reports.segments_file(now, before, rows, _total(rows)), name)


def _both(request: OrgRequest, period_id: UUID) -> tuple[Covering, Covering | None]:
    """Return a period whose reports the actor may read, and the one beside it, if any."""
    now = budgets.period_for(request.actor, period_id)
    require(request.actor, Permission.VIEW_REPORTS, now.group_path)
    other = budgets.other_period(now, request.GET.get("with", ""))
    return now, budgets.period_for(request.actor, other) if other is not None else None


def _total(rows: tuple[selectors.Segment, ...]) -> Difference:
    return Difference(
        sum((row.bought.now or Decimal(0) for row in rows), Decimal(0)),
        sum((row.bought.before or Decimal(0) for row in rows), Decimal(0)),
    )
