"""Pages of the hierarchy: the tree, one group, and the forms that create and describe groups."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import selectors, services
from accounts.forms import GroupForm
from accounts.models import OrgGroup
from accounts.permissions import Permission
from accounts.views.editing import edit
from accounts.web import OrgRequest
from procurement.core import clock
from procurement.core.paging import page_of

_SEARCH_SHOWS = 50


@require_GET
def groups(request: OrgRequest, group_id: UUID | None = None) -> HttpResponse:
    """Show the tree around one group, with its seats, people and where their powers come from."""
    now = clock.now()
    if group_id is None:
        group_id = selectors.first_group(request.actor, request.actor.home_group_id)
    group = selectors.group_for(request.actor, group_id) if group_id else None
    may_see_seats = request.actor.can_anywhere(Permission.MANAGE_PEOPLE)
    context: dict[str, Any] = {
        "group": group,
        "may_see_seats": may_see_seats,
        "can_check": group is not None
        and request.actor.can(Permission.MANAGE_GROUPS, group.path[:1]),
        "can_export": group is not None
        and request.actor.can(Permission.VIEW_GROUP, group.path[:1]),
        "vacant_seats": selectors.vacancy_count(request.actor, now=now) if may_see_seats else 0,
        **_tree(request, group, now),
    }
    if group is not None:
        members = page_of(request, selectors.members_of(group, at=now))
        visitors = selectors.grants_reaching(group, at=now)
        context |= {
            "crumbs": selectors.ancestor_groups(group.path)[:-1],
            "limits": selectors.role_limits_on(group.path),
            "seats": selectors.seat_overview(group),
            "page": members,
            "members": members.items,
            "visitors": visitors if members.number == members.pages else (),
            "visitor_count": len(visitors),
            "node": context["tree"].node(group.id),
            "visible": {node.id for node in context["tree"].nodes},
            "can_manage_groups": request.actor.can(Permission.MANAGE_GROUPS, group.path),
            "can_manage_people": request.actor.can(Permission.MANAGE_PEOPLE, group.path),
        }
    return render(request, "accounts/groups.html", context)


def _tree(request: OrgRequest, group: OrgGroup | None, now: datetime) -> dict[str, Any]:
    """Return the tree around a group, and what a search for groups has found."""
    query = request.GET.get("q", "").strip()
    archived = request.GET.get("archived") == "yes"
    shown = request.GET.get("shown", "")
    tree = selectors.tree_around(
        request.actor,
        group,
        shown=max(int(shown), selectors.STEP) if shown.isdecimal() else selectors.STEP,
        archived=archived,
        on=clock.local_date(now, request.organization.time_zone),
        now=now,
    )
    return {
        "tree": tree,
        "query": query,
        "archived": archived,
        "more": (int(shown) if shown.isdecimal() else selectors.STEP) + selectors.STEP,
        "found": (
            selectors.find_groups(request.actor, query, Permission.VIEW_GROUP, limit=_SEARCH_SHOWS)
            if query
            else None
        ),
    }


@require_http_methods(["GET", "POST"])
def create_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Create a group below another."""
    parent = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)

    def save(form: forms.Form) -> str:
        group = services.create_group(
            actor=request.actor, parent=parent, now=clock.now(), **form.cleaned_data
        )
        return f"{group.name} now stands below {parent.name}."

    return edit(request, GroupForm(request.POST or None), parent, "New group", save)


@require_http_methods(["GET", "POST"])
def change_group(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Rename or describe a group."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_GROUPS)
    initial = {
        "name": group.name,
        "kind": group.kind,
        "code": group.code,
        "starts_on": group.starts_on,
        "ends_on": group.ends_on,
    }

    def save(form: forms.Form) -> str:
        services.change_group(
            actor=request.actor, group=group, now=clock.now(), **form.cleaned_data
        )
        return "The group has been changed."

    return edit(
        request, GroupForm(request.POST or None, initial=initial), group, "Edit group", save
    )
