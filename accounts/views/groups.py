"""Pages of the hierarchy: the tree, one group, and the forms that create and describe groups."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import selectors, services
from accounts.forms import GroupForm
from accounts.permissions import Permission
from accounts.views.editing import edit
from accounts.web import OrgRequest
from procurement.core import clock


@require_GET
def groups(request: OrgRequest, group_id: UUID | None = None) -> HttpResponse:
    """Show the tree, and one group with its seats, people and where their powers come from."""
    tree = selectors.group_tree(request.actor)
    if group_id is None and tree:
        home = request.actor.home_group_id
        group_id = next((node.id for node in tree if node.id == home), tree[0].id)
    group = selectors.group_for(request.actor, group_id) if group_id else None
    may_see_seats = request.actor.can_anywhere(Permission.MANAGE_PEOPLE)
    context: dict[str, Any] = {
        "tree": tree,
        "group": group,
        "may_see_seats": may_see_seats,
        "vacant_seats": (
            selectors.vacancy_count(request.actor, now=clock.now()) if may_see_seats else 0
        ),
    }
    if group is not None:
        now = clock.now()
        context |= {
            "crumbs": selectors.ancestor_groups(group.path)[:-1],
            "seats": selectors.seat_overview(group),
            "members": selectors.members_of(group, at=now),
            "visitors": selectors.grants_reaching(group, at=now),
            "node": next(node for node in tree if node.id == group.id),
            "visible": {node.id for node in tree},
            "can_manage_groups": request.actor.can(Permission.MANAGE_GROUPS, group.path),
            "can_manage_people": request.actor.can(Permission.MANAGE_PEOPLE, group.path),
        }
    return render(request, "accounts/groups.html", context)


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
