"""Pages of approval limits: who has one, what it was before, setting and ending it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from accounts.selectors import member_for
from accounts.web import OrgRequest, org_reverse, uuid_or_none
from approvals import selectors, services
from approvals.forms import ApprovalLimitForm, Asked, asked_of
from approvals.models import ApprovalLimit
from procurement.core import clock, tenancy
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.paging import page_of

_CHUNK = 1_000
_HEAD = ("Name", "Address", "Job title", "Group", "Manager", "Agrees up to", "Since", "Until")


@require_GET
def limits(request: OrgRequest) -> HttpResponse:
    """List the people with a limit whom the reader manages, now or on a day of the past."""
    _require_keeper(request)
    asked = asked_of(request)
    found = selectors.limits_in_sight(request.actor, query=asked.query, at=asked.at)
    context = {"asked": asked, "page": page_of(request, found), "query": request.GET.urlencode()}
    return render(request, "approvals/limits.html", context, status=asked.status)


@require_GET
def limits_csv(request: OrgRequest) -> StreamingHttpResponse:
    """Download the limits that the list shows, however many there are."""
    _require_keeper(request)
    return csv_download(csv_file(_HEAD, _lines(request, asked_of(request))), "approval-limits")


@require_GET
def limit(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """Show somebody's limit and those that they had before."""
    member = member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    history = selectors.limit_history(request.actor, member)
    context = {
        "member": member,
        "history": history,
        "has_limit": bool(history) and history[0].until is None,
        "is_self": member.id == request.actor.membership_id,
    }
    return render(request, "approvals/limit.html", context)


@require_http_methods(["GET", "POST"])
def set_limit(request: OrgRequest) -> HttpResponse:
    """Set somebody's limit; one that is there is changed by it."""
    _require_keeper(request)
    form = ApprovalLimitForm.of(request, actor=request.actor, initial=_as_it_is(request))
    if form.is_bound and form.is_valid():
        member = form.cleaned_data["membership"]
        try:
            services.set_approval_limit(
                actor=request.actor,
                membership=member,
                amount=form.cleaned_data["amount"],
                now=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(
                refusal.field if refusal.field in form.fields else "membership", refusal.message
            )
        else:
            messages.success(request, f"The limit of {member.user.name} is set.")
            return redirect(org_reverse(request.organization, "approvals:limits"))
    context = {"form": form, "is_change": "membership" in form.initial}
    return render(request, "approvals/limit_form.html", context, status=422 if form.errors else 200)


@require_POST
def end_limit(request: OrgRequest, membership_id: UUID) -> HttpResponse:
    """End somebody's limit, so that no amount is covered."""
    member = member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    try:
        services.end_approval_limit(actor=request.actor, membership=member, now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{member.user.name} has no limit of their own any more.")
    return redirect(
        org_reverse(request.organization, "approvals:limit", membership_id=membership_id)
    )


def _as_it_is(request: OrgRequest) -> dict[str, Any]:
    """Return the limit of whom the address names, so that the form starts from there."""
    membership_id = uuid_or_none(request.GET.get("membership"))
    if membership_id is None or request.method != "GET":
        return {}
    member = member_for(request.actor, membership_id, Permission.MANAGE_PEOPLE)
    current = next(iter(selectors.limit_history(request.actor, member)), None)
    if current is None or current.until is not None:
        return {}
    return {"amount": current.amount, "is_unlimited": current.amount is None}


def _require_keeper(request: OrgRequest) -> None:
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Approval limits are kept by those who manage the people of some group.")


def _lines(request: OrgRequest, asked: Asked) -> Iterator[list[Cell]]:
    """Yield the lines in pieces; the request's scope has ended by then, so each opens its own."""
    start, zone = 0, ZoneInfo(request.organization.time_zone)
    found: list[ApprovalLimit] = []
    while start == 0 or found:
        with tenancy.scope(request.organization.id):
            listed = selectors.limits_in_sight(request.actor, query=asked.query, at=asked.at)
            found = list(listed[start : start + _CHUNK])
        start += _CHUNK
        for one in found:
            member = one.membership
            yield [
                member.user.name,
                member.user.email,
                member.title,
                member.group.name,
                member.manager.user.name if member.manager else "",
                one.amount if one.amount is not None else "any amount",
                one.since.astimezone(zone),
                one.until.astimezone(zone) if one.until else None,
            ]
