"""Pages of people: who there is, what is known of each, joining, and access that ends."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import (
    MemberChangeForm,
    MemberForm,
    PeopleFilterForm,
    ReinstateForm,
    SuspendForm,
)
from accounts.models import Membership
from accounts.permissions import Permission
from accounts.selectors import PeopleFilters
from accounts.views.agreeing import agree
from accounts.views.editing import edit, person_place
from accounts.web import OrgRequest, uuid_or_none
from procurement.core import clock, tenancy
from procurement.core.downloads import csv_download
from procurement.core.errors import NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.paging import page_of

_CHUNK = 1_000
_HEAD = ("Name", "Address", "Job title", "Group", "Manager", "Site", "Access", "Roles")


@require_GET
def people(request: OrgRequest) -> HttpResponse:
    """List the people whom the reader manages, narrowed as the address says."""
    form, filters = _filters(request)
    now = clock.now()
    page = page_of(request, selectors.managed_people(request.actor, filters, at=now))
    group = selectors.group_for(request.actor, filters.group_id) if filters.group_id else None
    context = {
        "form": form,
        "page": page,
        "group": group,
        "counts": selectors.people_by_status(request.actor),
        "moves": selectors.planned_moves_within(request.actor).count(),
        "is_narrowed": filters != PeopleFilters(),
        "query": request.GET.urlencode(),
    }
    return render(request, "accounts/people.html", context)


@require_GET
def people_csv(request: OrgRequest) -> StreamingHttpResponse:
    """Download the people that the list shows, with their roles, however many there are."""
    _form, filters = _filters(request)
    return csv_download(csv_file(_HEAD, _lines(request, filters)), "people")


@require_GET
def person(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Show what is known of somebody: roles, seats, what is planned, and what was."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    now = clock.now()
    context = {
        "member": member,
        "crumbs": selectors.ancestor_groups(member.group.path),
        "overview": selectors.person_overview(member, now=now),
        "returned": selectors.returned_from(member),
        "page": page_of(request, selectors.person_history(member, now=now)),
        "is_self": member.id == request.actor.membership_id,
        "can_audit": request.actor.can(Permission.VIEW_AUDIT, member.group.path),
    }
    return render(request, "accounts/person.html", context)


@require_http_methods(["GET", "POST"])
def add_member(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Add a person with a first role."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)

    def save(form: forms.Form) -> str:
        now, role = clock.now(), form.cleaned_data.pop("role")
        member = services.add_member(actor=request.actor, group=group, now=now, **form.cleaned_data)
        services.grant_role(actor=request.actor, membership=member, group=group, role=role, now=now)
        return f"{member.user.name} belongs to {group.name} now."

    return edit(request, MemberForm(request.POST or None), group, "Add a person", save)


@require_http_methods(["GET", "POST"])
def change_member(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Change somebody's job title, site and manager."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    initial = {
        "title": member.title,
        "site": member.site,
        "manager": str(member.manager_id) if member.manager_id else "",
    }
    form = MemberChangeForm.of(request, actor=request.actor, initial=initial)

    def save(form: forms.Form) -> str:
        services.change_member(
            actor=request.actor, membership=member, now=clock.now(), **form.cleaned_data
        )
        return f"What is known of {member.user.name} has been changed."

    place = person_place(request, member)
    return edit(request, form, member.group, f"Edit {member.user.name}", save, place=place)


@require_http_methods(["GET", "POST"])
def suspend_member(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """End somebody's access, with a reason; what that changes is shown first."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    initial = {"successor": str(member.manager_id)} if member.manager_id else {}
    form = SuspendForm.of(request, actor=request.actor, initial=initial)

    def save(seen: str | None) -> str:
        services.suspend_member(
            actor=request.actor, membership=member, seen=seen, now=clock.now(), **form.cleaned_data
        )
        return f"{member.user.name} has no access any more."

    return agree(
        request,
        form,
        member.group,
        f"End {member.user.name}’s access",
        preview=lambda: services.preview_suspension(
            actor=request.actor,
            membership=member,
            successor=form.cleaned_data["successor"],
            now=clock.now(),
        ),
        save=save,
        place=person_place(request, member),
    )


@require_http_methods(["GET", "POST"])
def reinstate_member(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Open somebody's access again, with the roles and seats that they had."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)

    def save(form: forms.Form) -> str:
        services.reinstate_member(
            actor=request.actor, membership=member, now=clock.now(), **form.cleaned_data
        )
        return f"{member.user.name} has access again."

    return edit(
        request,
        ReinstateForm(request.POST or None),
        member.group,
        f"Open {member.user.name}’s access again",
        save,
        place=person_place(request, member),
    )


@require_POST
def end_grant(request: OrgRequest, membership_id: UUID, grant_id: UUID) -> HttpResponse:
    """End one role of somebody; what that changes is shown first."""
    member = selectors.member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    now = clock.now()
    grant = selectors.grant_of(member, grant_id, now=now)
    title = f"End {grant.get_role_display()} of {grant.group.name}"
    return agree(
        request,
        forms.Form(request.POST),
        member.group,
        title,
        preview=lambda: services.preview_end_grant(actor=request.actor, grant=grant, now=now),
        save=lambda seen: _ended(request, grant, seen),
        place=person_place(request, member),
    )


def _ended(request: OrgRequest, grant: Any, seen: str | None) -> str:
    services.end_grant(actor=request.actor, grant=grant, seen=seen, now=clock.now())
    return f"{grant.get_role_display()} ended on {grant.group.name}."


def _filters(request: OrgRequest) -> tuple[PeopleFilterForm, PeopleFilters]:
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("People are listed for those who manage the people of some group.")
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    return form, PeopleFilters(
        query=form.cleaned_data.get("q", "").strip(),
        status=form.cleaned_data.get("status", ""),
        role=form.cleaned_data.get("role", ""),
        group_id=uuid_or_none(request.GET.get("group")),
    )


def _lines(request: OrgRequest, filters: PeopleFilters) -> Iterator[list[Cell]]:
    """Yield the lines in pieces; the request's scope has ended by then, so each opens its own."""
    now, start = clock.now(), 0
    found: list[Membership] = []
    while start == 0 or found:
        with tenancy.scope(request.organization.id):
            listed = selectors.managed_people(request.actor, filters, at=now)
            found = list(listed[start : start + _CHUNK])
        start += _CHUNK
        for member in found:
            yield [
                member.user.name,
                member.user.email,
                member.title,
                member.group.name,
                member.manager.user.name if member.manager else "",
                member.site,
                member.get_status_display(),
                "; ".join(
                    f"{grant.get_role_display()} of {grant.group.name}"
                    for grant in member.grants.all()
                ),
            ]
