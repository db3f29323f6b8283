"""Pages of category owners: who was named where, who answers, naming and ending one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals import selectors as approvals
from approvals import services
from approvals.forms import Asked, asked_of
from approvals.models import CategoryOwner
from catalogs import selectors
from catalogs.forms import PERSON, SEAT, OwnerForm
from procurement.core import clock, tenancy
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.forms import show_refusal
from procurement.core.paging import page_of

_CHUNK = 1_000
_HEAD = (
    "Category",
    "Category name",
    "Holds for",
    "Inherited from",
    "Owner",
    "Who answers",
    "Address",
    "Since",
    "Until",
)


@require_GET
def owners(request: OrgRequest) -> HttpResponse:
    """List the owners by category, all that the reader keeps or those that count for one group."""
    _require_keeper(request)
    asked = asked_of(request)
    group, problem = _group_of(request)
    page = page_of(request, _listed(request, asked, group))
    rows = approvals.owner_rows(page.items, at=asked.at if asked.day else None, group=group)
    context = {
        "asked": asked,
        "page": replace(page, items=rows),
        "group": group,
        "of": request.GET.get("of", ""),
        "problem": problem,
        "query": request.GET.urlencode(),
    }
    status = 422 if problem else asked.status
    return render(request, "catalogs/owners.html", context, status=status)


@require_GET
def owners_csv(request: OrgRequest) -> StreamingHttpResponse:
    """Download the owners that the list shows, however many there are."""
    _require_keeper(request)
    group, _problem = _group_of(request)
    lines = _lines(request, asked_of(request), group)
    return csv_download(csv_file(_HEAD, lines), "category-owners")


@require_http_methods(["GET", "POST"])
def name_owner(request: OrgRequest) -> HttpResponse:
    """Name the owner of a category; one that the group has is followed by it."""
    _require_keeper(request)
    form = OwnerForm.of(request, actor=request.actor, initial=_as_it_is(request))
    if form.is_bound and form.is_valid():
        try:
            owner = services.name_category_owner(
                actor=request.actor,
                group=form.cleaned_data["group"],
                category=form.cleaned_data["category"],
                owner=form.cleaned_data["owner"],
                now=clock.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, f"{owner.category_name} has an owner for {owner.group.name} and below."
            )
            return redirect(org_reverse(request.organization, "catalogs:owners"))
    context = {"form": form, "is_change": "owner" in request.GET}
    return render(request, "catalogs/owner.html", context, status=422 if form.errors else 200)


@require_POST
def end_owner(request: OrgRequest, owner_id: UUID) -> HttpResponse:
    """End an owner at once."""
    owner = approvals.owner_for(request.actor, owner_id)
    services.end_category_owner(actor=request.actor, owner=owner, now=clock.now())
    messages.success(request, f"{owner.title} owns {owner.category_name} no more.")
    return redirect(org_reverse(request.organization, "catalogs:owners"))


def _as_it_is(request: OrgRequest) -> dict[str, Any]:
    """Return the owner that the address names, so that the form starts from there."""
    owner_id = uuid_or_none(request.GET.get("owner"))
    if owner_id is None or request.method != "GET":
        return {}
    owner = approvals.owner_for(request.actor, owner_id)
    return {
        "category": owner.category_code,
        "group": str(owner.group_id),
        "kind": PERSON if owner.membership_id else SEAT,
        "position": owner.position_id,
        "seat_group": str(owner.seat_group_id or ""),
        "membership": str(owner.membership_id or ""),
    }


def _group_of(request: OrgRequest) -> tuple[OrgGroup | None, str]:
    """Return the group that the address asks for, and what is wrong with how it does."""
    text = request.GET.get("of", "").strip()
    if not text:
        return None, ""
    try:
        return selectors.group_called(request.actor, text), ""
    except DomainError as refusal:
        return None, refusal.message


def _listed(request: OrgRequest, asked: Asked, group: OrgGroup | None) -> Any:
    if group is not None:
        return approvals.owners_for(group, query=asked.query, at=asked.at)
    return approvals.owners_in_sight(request.actor, query=asked.query, at=asked.at)


def _require_keeper(request: OrgRequest) -> None:
    if not request.actor.can_anywhere(Permission.MANAGE_POLICIES):
        raise NotAllowed("Category owners are named by those who write approval policies.")


def _lines(request: OrgRequest, asked: Asked, group: OrgGroup | None) -> Iterator[list[Cell]]:
    """Yield the lines in pieces; the request's scope has ended by then, so each opens its own."""
    start, zone = 0, ZoneInfo(request.organization.time_zone)
    found: list[CategoryOwner] = []
    while start == 0 or found:
        with tenancy.scope(request.organization.id):
            found = list(_listed(request, asked, group)[start : start + _CHUNK])
            rows = approvals.owner_rows(found, at=asked.at if asked.day else None, group=group)
        start += _CHUNK
        for row in rows:
            person = row.answer.person if row.answer else None
            yield [
                row.owner.category_code,
                row.owner.category_name,
                row.owner.group.name,
                row.inherited_from,
                row.owner.title,
                person.name if person else "",
                person.email if person else "",
                row.owner.since.astimezone(zone),
                row.owner.until.astimezone(zone) if row.owner.until else None,
            ]
