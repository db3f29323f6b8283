"""Finding people and groups while somebody types into a form."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import selectors
from accounts.permissions import Permission
from accounts.web import OrgRequest, uuid_or_none
from procurement.core.errors import NotAllowed

_FIELD = "membership"
_TARGET = "target"
# What a form may want to do with a group that is found, other than to change it.
_WANTED = {
    one.value: one
    for one in (
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_POLICIES,
        Permission.MANAGE_BUDGETS,
    )
}


@require_GET
def find_people(request: OrgRequest) -> HttpResponse:
    """Show whom a search has found, as the radio buttons of a form's field.

    A part of the page that `accounts/_pick_person.html` renders whole. ``as=colleague`` is for
    what somebody hands on that is their own.
    """
    as_colleague = request.GET.get("as") == "colleague"
    if not as_colleague and not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Finding people takes the permission to manage those of some group.")
    name = request.GET.get("field", _FIELD)
    if not name.isidentifier():
        name = _FIELD
    query = request.GET.get(f"{name}_q", "")
    found = selectors.find_members(request.actor, query, as_colleague=as_colleague)
    chosen = selectors.picked_member(
        request.actor, uuid_or_none(request.GET.get(name)), as_colleague=as_colleague
    )
    context = {
        "name": name,
        "auto_id": f"id_{name}",
        "found": found,
        "chosen": chosen,
        "others": [person for person in found.people if person != chosen],
        "nobody": request.GET.get("nobody", ""),
    }
    return render(request, "accounts/_found_people.html", context)


@require_GET
def find_groups(request: OrgRequest) -> HttpResponse:
    """Show which groups a search has found, as the radio buttons of a form's field.

    A part of the page that `accounts/_pick_group.html` renders whole. Forms ask for groups to be
    shaped, or for those whose people, policies or budgets are kept.
    """
    permission = _WANTED.get(request.GET.get("may", ""), Permission.MANAGE_GROUPS)
    if not request.actor.can_anywhere(permission):
        raise NotAllowed("Finding groups takes the permission to change some.")
    name = request.GET.get("field", _TARGET)
    if not name.isidentifier():
        name = _TARGET
    found = selectors.find_groups(request.actor, request.GET.get(f"{name}_q", ""), permission)
    chosen = selectors.picked_group(request.actor, uuid_or_none(request.GET.get(name)), permission)
    context = {
        "name": name,
        "auto_id": f"id_{name}",
        "found": found,
        "chosen": chosen,
        "others": [group for group in found.groups if group != chosen],
    }
    return render(request, "accounts/_found_groups.html", context)
