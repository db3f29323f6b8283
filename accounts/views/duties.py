"""Pages of duties that should be apart: the list, its file, and acceptances."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.duties import DutyKind
from accounts.forms import DutyForm
from accounts.permissions import Permission
from accounts.selectors import DutyRow, StandingConflict
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.clock import local_date
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.forms import show_refusal
from procurement.core.paging import page_of

_HEAD = (
    "Person",
    "Address",
    "Conflict",
    "Group",
    "Seats",
    "What could happen",
    "Accepted until",
    "Accepted by",
    "Reason",
)


@require_GET
def duties(request: OrgRequest) -> HttpResponse:
    """Show where duties meet in one person that should be apart."""
    standing = _standing(request)
    page = page_of(request, standing)
    context = {
        "tab": "duties",
        "page": page,
        "rows": selectors.duty_rows(page.items),
        "open": sum(one.acceptance is None for one in standing),
    }
    return render(request, "accounts/duties.html", context)


@require_GET
def duties_csv(request: OrgRequest) -> HttpResponseBase:
    """Download them all, with what has been accepted and why."""
    rows = selectors.duty_rows(_standing(request))
    return csv_download(csv_file(_HEAD, _cells(rows)), "duties")


@require_http_methods(["GET", "POST"])
def accept_duty(request: OrgRequest, holder_id: UUID, place_id: UUID, kind: str) -> HttpResponse:
    """Accept a conflict of duties with a reason and a last day."""
    group = selectors.group_for(request.actor, place_id, Permission.MANAGE_PEOPLE)
    now = clock.now()
    found = selectors.standing_conflict(
        request.actor,
        membership_id=holder_id,
        group_id=place_id,
        kind=kind,
        on=_today(request),
        now=now,
    )
    (row,) = selectors.duty_rows([found])
    form = DutyForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            services.accept_duty_conflict(
                actor=request.actor,
                membership=selectors.members_by_id([holder_id])[holder_id],
                group=group,
                kind=kind,
                now=now,
                **form.cleaned_data,
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, "Accepted. It stands here again when the last day is over.")
            return redirect(org_reverse(request.organization, "accounts:duties"))
    context = {"form": form, "row": row, "title": "Accept a conflict of duties"}
    status = 422 if form.errors else 200
    return render(request, "accounts/accept_duty.html", context, status=status)


@require_POST
def reopen_duty(request: OrgRequest, acceptance_id: UUID) -> HttpResponse:
    """Take an acceptance back."""
    acceptance = selectors.acceptance_for(request.actor, acceptance_id)
    services.reopen_duty_conflict(actor=request.actor, acceptance=acceptance, now=clock.now())
    messages.success(request, "The acceptance has been taken back; the conflict stands again.")
    return redirect(org_reverse(request.organization, "accounts:duties"))


def _standing(request: OrgRequest) -> list[StandingConflict]:
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Duties are shown to those who manage the people of some group.")
    return selectors.standing_conflicts(request.actor, on=_today(request), now=clock.now())


def _today(request: OrgRequest) -> date:
    return local_date(clock.now(), request.organization.time_zone)


def _cells(rows: list[DutyRow]) -> Iterator[list[Cell]]:
    for row in rows:
        accepted = row.acceptance
        yield [
            row.person.name,
            row.person.email,
            DutyKind(row.kind).label,
            row.group_name,
            ", ".join(row.seats),
            row.sentence,
            accepted.until_on if accepted else None,
            accepted.accepted_by if accepted else "",
            accepted.reason if accepted else "",
        ]
