"""Pages and files of who can do what: asked of a person, and of a group."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from accounts import selectors
from accounts.forms import AccessForm
from accounts.models import Organization
from accounts.permissions import Permission
from accounts.selectors import Holders
from accounts.web import OrgRequest
from procurement.core import clock, tenancy
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError
from procurement.core.files import Cell, csv_file
from procurement.core.paging import Page, number_of, window

PER_PAGE = 25
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks for: a permission (of a group), and an instant."""

    form: forms.Form
    permission: Permission
    day: date | None
    at: datetime


@require_GET
def person_access(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Show what somebody can do, where, and by which grant; everybody may ask it of themselves."""
    member = selectors.member_or_self(request.actor, membership_id)
    asked = _asked(request)
    context = {
        "member": member,
        "asked": asked,
        "access": selectors.access_of(member.id, at=asked.at),
        "is_self": member.id == request.actor.membership_id,
    }
    return render(request, "accounts/person_access.html", context, status=_status(asked))


@require_GET
def person_access_csv(request: OrgRequest, membership_id: UUID) -> HttpResponseBase:
    """Download it: one line for each permission of each grant."""
    member = selectors.member_or_self(request.actor, membership_id)
    asked = _asked(request)
    access = selectors.access_of(member.id, at=asked.at)
    zone = ZoneInfo(request.organization.time_zone)
    head = (
        "Person",
        "Address",
        "Has access",
        "Permission",
        "Role",
        "Granted on",
        "Groups",
        "Since",
    )
    rows = (
        [
            member.user.name,
            member.user.email,
            "yes" if access.has_access else "no",
            permission.label,
            power.role_name,
            power.group_name,
            power.covers,
            power.since.astimezone(zone),
            power.until.astimezone(zone) if power.until else None,
        ]
        for power in access.powers
        for permission in power.permissions
    )
    return csv_download(csv_file((*head, "Until"), rows), f"access-{slugify(member.user.name)}")


@require_GET
def group_access(request: OrgRequest, group_id: UUID) -> HttpResponse:
    """Show who can do something on a group, directly or by a grant on a group above."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    asked = _asked(request)
    number = number_of(request)
    found = selectors.holders_on(
        group.id,
        asked.permission,
        at=asked.at,
        limit=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
    )
    page: Page[Any] = window(request, found.rows, total=found.total, per_page=PER_PAGE)
    context = {
        "group": group,
        "crumbs": selectors.ancestor_groups(group.path)[:-1],
        "asked": asked,
        "page": page,
    }
    return render(request, "accounts/group_access.html", context, status=_status(asked))


@require_GET
def group_access_csv(request: OrgRequest, group_id: UUID) -> HttpResponseBase:
    """Download it, however many people there are."""
    group = selectors.group_for(request.actor, group_id, Permission.MANAGE_PEOPLE)
    asked = _asked(request)
    lines = _lines_of_group(request.organization, group.id, asked.permission, asked.at)
    head = ("Person", "Address", "Role", "Granted on", "Inherited", "Spending limit", "Since")
    file = csv_file((*head, "Until"), lines)
    return csv_download(file, f"{slugify(asked.permission.label)}-{slugify(group.name)}")


def _lines_of_group(
    organization: Organization, group_id: UUID, permission: Permission, at: datetime
) -> Iterator[list[Cell]]:
    """Yield the lines in pieces; the request's scope has ended by then, so each opens its own."""
    zone = ZoneInfo(organization.time_zone)
    offset, found = 0, Holders((), 1)
    while offset < found.total:
        with tenancy.scope(organization.id):
            found = selectors.holders_on(group_id, permission, at=at, limit=_CHUNK, offset=offset)
        offset += _CHUNK
        for one in found.rows:
            yield [
                one.name,
                one.email,
                one.role_name,
                one.on_group_name,
                "yes" if one.is_inherited else "no",
                one.spending_limit,
                one.since.astimezone(zone),
                one.until.astimezone(zone) if one.until else None,
            ]


def _asked(request: OrgRequest) -> _Asked:
    now = clock.now()
    form = AccessForm({"permission": Permission.PLACE_ORDERS.value, **request.GET.dict()})
    is_valid = form.is_valid()
    permission = form.cleaned_data.get("permission") or Permission.PLACE_ORDERS.value
    day = form.cleaned_data.get("at") if is_valid else None
    try:
        at = selectors.instant_of(day, time_zone=request.organization.time_zone, now=now)
    except DomainError as refusal:
        form.add_error("at", refusal.message)
        day, at = None, now
    return _Asked(form, Permission(permission), day, at)


def _status(asked: _Asked) -> int:
    return 422 if asked.form.errors else 200
