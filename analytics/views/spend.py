"""Pages of insights: spend from every side, the orders behind it, and its files."""

import re
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_GET

from accounts.models import Organization
from accounts.web import OrgRequest, org_reverse
from analytics import pages, reports, selectors, services
from analytics.display import Addresses
from analytics.filters import Source, SpendFilter
from analytics.reports import Report
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError
from procurement.core.paging import page_of


@require_GET
def spend(request: OrgRequest) -> HttpResponse:
    """Show what was spent: the whole, by month, group, supplier and category."""
    now = clock.now()
    today = clock.local_date(now, request.organization.time_zone)
    asked, problem = _asked(request, today)
    view = selectors.spend_view(request.actor, asked)
    page = pages.insights_page(
        actor=request.actor,
        view=view,
        currency=request.organization.currency,
        addresses=_addresses(request.organization, asked),
        today=today,
        now=now,
    )
    context: dict[str, Any] = {
        "page": page,
        "asked": asked,
        "problem": problem,
        "currency": request.organization.currency,
        "orders_url": _address(request.organization, "analytics:orders", asked),
        "lines_url": _addresses(request.organization, asked).download(Report.LINES),
    }
    return render(request, "analytics/spend.html", context)


@require_GET
def orders(request: OrgRequest) -> HttpResponse:
    """List the orders behind a view, the newest first."""
    today = clock.local_date(clock.now(), request.organization.time_zone)
    asked, problem = _asked(request, today)
    view = selectors.spend_view(request.actor, asked)
    page = page_of(request, selectors.Orders(view), per_page=50)
    context = {
        "view": view,
        "page": page,
        "rows": [(order, _order_url(request.organization, order)) for order in page.items],
        "total": selectors.spend(view).total,
        "problem": problem,
        "chips": pages.narrowings(
            view, lambda wider: _address(request.organization, "analytics:orders", wider)
        ),
        "currency": request.organization.currency,
        "spend_url": _address(request.organization, "analytics:spend", asked),
        "lines_url": _addresses(request.organization, asked).download(Report.LINES),
    }
    return render(request, "analytics/orders.html", context)


@require_GET
def download(request: OrgRequest, report: str) -> StreamingHttpResponse:
    """Send a view as CSV, row by row, and have the trail say so."""
    try:
        wanted = Report(report)
    except ValueError as error:
        raise Http404 from error
    now = clock.now()
    today = clock.local_date(now, request.organization.time_zone)
    asked = SpendFilter.parse(request.GET.dict(), today=today)
    view = selectors.spend_view(request.actor, asked)
    services.record_download(
        actor=request.actor,
        view=view,
        report=wanted,
        total=selectors.spend(view).total,
        now=now,
    )
    period = re.sub(r"[^A-Za-z0-9-]+", "-", asked.period.code)
    name = f"spend-by-{wanted}-{request.organization.slug}-{period}"
    return csv_download(reports.stream(view, wanted, currency=request.organization.currency), name)


def _asked(request: HttpRequest, today: date) -> tuple[SpendFilter, DomainError | None]:
    """Read the address; one that cannot be used shows everything, and says what was wrong."""
    try:
        return SpendFilter.parse(request.GET.dict(), today=today), None
    except DomainError as problem:
        return SpendFilter.parse({}, today=today), problem


def _address(organization: Organization, route: str, asked: SpendFilter, **kwargs: str) -> str:
    query = asked.query
    return org_reverse(organization, route, **kwargs) + (f"?{query}" if query else "")


def _addresses(organization: Organization, asked: SpendFilter) -> Addresses:
    return Addresses(
        view=lambda narrower: _address(organization, "analytics:spend", narrower),
        orders=lambda narrower: _address(organization, "analytics:orders", narrower),
        download=lambda report: _address(
            organization, "analytics:download", asked, report=str(report)
        ),
    )


def _order_url(organization: Organization, order: selectors.Order) -> str:
    """Return the page of an order; "" where there is none."""
    routes = {
        Source.LIVE: ("orders:purchase_order", "purchase_order_id"),
        Source.IMPORTED: ("orders:imported_order", "order_id"),
    }
    route, key = routes[order.source]
    try:
        return org_reverse(organization, route, **{key: order.id})
    except NoReverseMatch:
        return ""
