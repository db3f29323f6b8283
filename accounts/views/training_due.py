"""The page and the file of who has training due."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import selectors
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.selectors import DueFilters, DueRow
from accounts.views.training import tabs, today
from accounts.web import OrgRequest, uuid_or_none
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.paging import page_of

_HEAD = ("Person", "Address", "Group", "Training page", "Due since", "Keeps from buying from")


@require_GET
def training_due(request: OrgRequest) -> HttpResponse:
    """Show who has which page to read, and since when, of those whom the reader manages."""
    filters, group = _filters(request)
    rows = _rows(request, filters)
    context = {
        **tabs(request, "due"),
        "page": page_of(request, rows),
        "people": len({row.membership_id for row in rows}),
        "blocked": len({row.membership_id for row in rows if row.is_blocking}),
        "filters": filters,
        "group": group,
        "is_narrowed": filters != DueFilters(),
        "pages": [kept.page for kept in selectors.kept_pages() if kept.requirement],
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/training/due.html", context)


@require_GET
def training_due_csv(request: OrgRequest) -> HttpResponseBase:
    """Download it, all of what the same address shows as a page."""
    filters, _ = _filters(request)
    rows = _rows(request, filters)
    return csv_download(csv_file(_HEAD, _cells(rows)), "training-due")


def _filters(request: OrgRequest) -> tuple[DueFilters, OrgGroup | None]:
    """Return how the list is narrowed, and the group that it is narrowed to."""
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("This list is for those who manage the people of some group.")
    group_id = uuid_or_none(request.GET.get("group"))
    group = (
        selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE) if group_id else None
    )
    filters = DueFilters(
        page=request.GET.get("training", ""),
        group_id=group.id if group else None,
        blocking=request.GET.get("show") == "blocked",
    )
    return filters, group


def _rows(request: OrgRequest, filters: DueFilters) -> list[DueRow]:
    zone = request.organization.time_zone
    return selectors.due_rows(
        request.actor, filters, on=today(request), time_zone=zone, now=clock.now()
    )


def _cells(rows: list[DueRow]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [row.name, row.email, row.group_name, row.page_title, row.since, row.blocks_on]
