"""Pages of training for its readers."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import selectors, services
from accounts.models import TrainingVersion
from accounts.permissions import Permission
from accounts.prose import blocks_of
from accounts.training import GRACE, Link
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import Conflict
from procurement.core.paging import page_of


@require_GET
def own_training(request: OrgRequest) -> HttpResponse:
    """Show a reader the training pages, those first that they have to read by now."""
    zone = request.organization.time_zone
    found = selectors.own_training(request.actor, on=today(request), time_zone=zone)
    context = {
        **tabs(request, "own"),
        "page": page_of(request, found),
        "due": sum(one.is_due for one in found),
        "is_blocked": any(one.is_blocking for one in found),
        "grace": GRACE.days,
    }
    return render(request, "accounts/training/own.html", context)


@require_http_methods(["GET", "POST"])
def training_page(request: OrgRequest, slug: str) -> HttpResponse:
    """Show a page; record that its reader has read the version that they were shown.

    Where another version has been published meanwhile, that one is shown instead.
    """
    version = selectors.training_version(slug)
    if request.method != "POST":
        return _page(request, version)
    shown = request.POST.get("version", "")
    try:
        services.acknowledge_training(
            actor=request.actor,
            page=version.page,
            number=int(shown) if shown.isdecimal() else 0,
            now=clock.now(),
        )
    except Conflict as moved_on:
        return _page(request, version, moved_on=moved_on.message, status=409)
    messages.success(request, f"Noted: you have read “{version.page.title}”.")
    return redirect(org_reverse(request.organization, "training:own"))


def _page(
    request: OrgRequest, version: TrainingVersion, *, moved_on: str = "", status: int = 200
) -> HttpResponse:
    on, zone = today(request), request.organization.time_zone
    standings = selectors.own_standings(request.actor, time_zone=zone)
    standing = next((one for one in standings if one.obligation.page_id == version.page_id), None)
    read = selectors.last_read(request.actor, version.page)
    is_due = standing is not None and standing.is_due(on)
    context = {
        "version": version,
        "blocks": blocks_of(version.body),
        "links": links_of(version),
        "standing": standing,
        "is_due": is_due,
        "is_blocking": standing is not None and standing.blocks(on),
        "read": read,
        "asks": is_due or read is None or read.version_id != version.id,
        "moved_on": moved_on,
        "grace": GRACE.days,
        "may_write": manages_training(request),
    }
    return render(request, "accounts/training/page.html", context, status=status)


def links_of(version: TrainingVersion) -> list[Link]:
    """Return the links of a version."""
    return [Link(**link) for link in version.links]


def today(request: OrgRequest) -> date:
    """Return the day that it is in the organization."""
    return local_date(clock.now(), request.organization.time_zone)


def manages_training(request: OrgRequest) -> bool:
    """Tell whether the reader writes training pages. One SQL query, none for most."""
    return request.actor.can_anywhere(Permission.MANAGE_PEOPLE) and request.actor.can(
        Permission.MANAGE_PEOPLE, selectors.root_group().path
    )


def tabs(request: OrgRequest, tab: str) -> dict[str, Any]:
    """Return which of the pages about training a reader is offered, and which one is shown."""
    return {
        "tab": tab,
        "sees_due": request.actor.can_anywhere(Permission.MANAGE_PEOPLE),
        "may_write": manages_training(request),
    }
