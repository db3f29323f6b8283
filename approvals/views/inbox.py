"""What waits for the reader, for the people around them, and what they have decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.selectors import calendar_of
from accounts.web import OrgRequest, uuid_or_none
from approvals import selectors
from approvals.inbox_rows import request_rows, seat_rows
from approvals.selectors import InboxFilters
from procurement.core import clock
from procurement.core.paging import page_of

MINE, TEAM, DELEGATED, DECIDED = "mine", "team", "delegated", "decided"


@dataclass(frozen=True, slots=True)
class _Tab:
    """A list of the inbox: its rows for an actor, and how a page of them is dressed."""

    found: Callable[[OrgRequest, datetime, InboxFilters], Any]
    rows: Callable[..., Sequence[Any]] | None = None


_TABS = {
    MINE: _Tab(
        lambda request, now, filters: selectors.inbox(request.actor, now=now, filters=filters),
        seat_rows,
    ),
    TEAM: _Tab(
        lambda request, now, filters: selectors.waiting_for_team(
            request.actor, now=now, filters=filters
        ),
        request_rows,
    ),
    DELEGATED: _Tab(
        lambda request, now, filters: selectors.inbox_for_others(
            request.actor, now=now, filters=filters
        ),
        seat_rows,
    ),
    DECIDED: _Tab(lambda request, _, filters: selectors.decided_by(request.actor, filters)),
}


@require_GET
def inbox(request: OrgRequest) -> HttpResponse:
    """List what waits for the reader, overdue first, then the oldest; or for others; or the past.

    At most 13 SQL queries, however many requests there are.
    """
    now = clock.now()
    shows = request.GET.get("show", MINE)
    tab = _TABS.get(shows, _TABS[MINE])
    filters = InboxFilters(
        query=request.GET.get("q", "").strip()[:100],
        group_id=uuid_or_none(request.GET.get("group")),
    )
    page = page_of(request, tab.found(request, now, filters))
    rows: Sequence[Any] = page.items
    if tab.rows is not None:
        ids = [_request_id(one) for one in page.items]
        calendar = calendar_of(request.organization.id)
        rows = tab.rows(
            page.items,
            selectors.asked_on(ids),
            reader_id=request.actor.id,
            now=now,
            calendar=calendar,
        )
    context = {
        "page": page,
        "rows": rows,
        "shows": shows if shows in _TABS else MINE,
        "groups": selectors.groups_waiting(request.actor) if shows == MINE else (),
        "filters": filters,
        "is_narrowed": bool(filters.query or filters.group_id),
        **_choosing(request),
        "can_choose": tab.rows is seat_rows and bool(page.items),
    }
    return render(request, "approvals/inbox.html", context)


def _choosing(request: OrgRequest) -> dict[str, Any]:
    """Return whether all rows of the page are chosen, and the address that turns it around."""
    chooses_all = request.GET.get("choose") == "all"
    parameters = request.GET.copy()
    parameters.pop("choose", None)
    if not chooses_all:
        parameters["choose"] = "all"
    return {"chooses_all": chooses_all, "choose_query": f"?{parameters.urlencode()}"}


def _request_id(one: Any) -> UUID:
    found: UUID = getattr(one, "request_id", None) or one.id
    return found
