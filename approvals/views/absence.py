"""Pages of absences: one's own, those for which one stands in, and everybody's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Membership
from accounts.permissions import Permission
from accounts.selectors import member_for, members_by_id
from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.forms import AbsenceForm, AbsenceOfForm, AbsencesFilterForm, presets
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.paging import page_of

# Of these there are a handful; whoever has more finds the next ones first.
_SHOWN = 50


@require_GET
def absence(request: OrgRequest) -> HttpResponse:
    """Show who decides for the reader, and for whom they stand in."""
    now = clock.now()
    context = {
        "own": selectors.own_delegations(request.actor, now)[:_SHOWN],
        "others": selectors.delegations_to(request.actor, now)[:_SHOWN],
        "presets": _presets(request, now),
        "feeds": selectors.own_feeds(request.actor),
        "now": now,
        "keeps_others": request.actor.can_anywhere(Permission.MANAGE_PEOPLE),
    }
    return render(request, "approvals/absence.html", context)


@require_http_methods(["GET", "POST"])
def set_absence(request: OrgRequest) -> HttpResponse:
    """Have somebody decide in the reader's place."""
    offered = selectors.groups_to_narrow(request.actor.membership_id)
    form = AbsenceForm.of(request, actor=request.actor, offered=offered)
    if form.is_bound and form.is_valid():
        member = members_by_id([request.actor.membership_id])[request.actor.membership_id]
        if _is_set(request, form, member):
            return redirect(org_reverse(request.organization, "approvals:absence"))
    return _form(request, form, back="approvals:absence", is_own=True)


@require_http_methods(["GET", "POST"])
def set_absence_of(request: OrgRequest) -> HttpResponse:
    """Have somebody decide in the place of somebody whom the reader manages."""
    _require_keeper(request)
    offered = selectors.groups_to_narrow(None)
    form = AbsenceOfForm.of(request, actor=request.actor, offered=offered)
    if form.is_bound and form.is_valid():
        chosen: Membership = form.cleaned_data["membership"]
        try:
            member = member_for(request.actor, chosen.id, Permission.MANAGE_PEOPLE)
        except DomainError as refusal:
            form.refuse("membership", refusal.message)
        else:
            if _is_set(request, form, member):
                return redirect(org_reverse(request.organization, "approvals:absences"))
    return _form(request, form, back="approvals:absences", is_own=False)


@require_POST
def end_absence(request: OrgRequest, delegation_id: UUID) -> HttpResponse:
    """End an absence at once, or call off one that is to come."""
    ended = services.end_delegation(
        actor=request.actor, delegation_id=delegation_id, now=clock.now()
    )
    messages.success(
        request, f"{ended.deputy.user} does not decide for {ended.membership.user} any more."
    )
    is_own = ended.membership_id == request.actor.membership_id
    back = "approvals:absence" if is_own else "approvals:absences"
    return redirect(org_reverse(request.organization, back))


@require_GET
def absences(request: OrgRequest) -> HttpResponse:
    """List the absences of the people whom the reader manages, now and to come, or those over."""
    _require_keeper(request)
    now = clock.now()
    form = AbsencesFilterForm(request.GET)
    form.is_valid()
    query, past = form.cleaned_data.get("q", "").strip(), form.cleaned_data.get("past", False)
    found = selectors.delegations_in_sight(request.actor, query=query, past=past, now=now)
    context = {
        "page": page_of(request, found),
        "query": query,
        "past": past,
        "form": form,
        "now": now,
        "keeps_feeds": selectors.keeps_feeds(request.actor),
        "feeds": selectors.organization_feeds(request.actor),
    }
    return render(request, "approvals/absences.html", context)


def _is_set(request: OrgRequest, form: AbsenceForm, member: Membership) -> bool:
    """Set what a valid form asks for; tell whether it is, or have the form say why not."""
    deputy: Membership = form.cleaned_data["deputy"]
    try:
        outcome = services.set_delegation(
            actor=request.actor,
            membership=member,
            deputy=deputy,
            terms=form.terms(request.organization.time_zone),
            now=clock.now(),
        )
    except DomainError as refusal:
        form.refuse(refusal.field, refusal.message)
        return False
    is_own = member.id == request.actor.membership_id
    whose = "you while you are" if is_own else f"{member.user} while they are"
    messages.success(request, f"{deputy.user} decides for {whose} away.")
    if outcome.warning:
        messages.warning(request, outcome.warning)
    return True


def _form(request: OrgRequest, form: AbsenceForm, *, back: str, is_own: bool) -> HttpResponse:
    context = {
        "form": form,
        "is_own": is_own,
        "back": org_reverse(request.organization, back),
        "presets": _presets(request, clock.now()),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "approvals/absence_form.html", context, status=status)


def _presets(request: OrgRequest, now: datetime) -> list[dict[str, Any]]:
    today = local_date(now, request.organization.time_zone)
    return [
        {"words": words, "query": f"?starts_on={first}&ends_on={last}"}
        for words, first, last in presets(today)
    ]


def _require_keeper(request: OrgRequest) -> None:
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Everybody's absences are shown to those who manage people.")
