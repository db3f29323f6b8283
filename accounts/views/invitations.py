"""Pages of invitations: entering people, the check, the way of a batch, and the list."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import selectors, services
from accounts.forms import InviteForm
from accounts.models import InvitationBatch, InvitationLine, Role
from accounts.permissions import Permission
from accounts.web import OrgRequest, org_reverse
from procurement.core import clock
from procurement.core.downloads import csv_download
from procurement.core.errors import DomainError, NotAllowed
from procurement.core.files import Cell, csv_file
from procurement.core.forms import show_refusal
from procurement.core.paging import page_of

_SHOWN = (
    ("", "All"),
    ("open", "Waiting"),
    ("expired", "Expired"),
    ("accepted", "Accepted"),
    ("revoked", "Revoked"),
)
_LINES = 50


@require_GET
def invitations(request: OrgRequest) -> HttpResponse:
    """Show who was invited, and where each invitation stands."""
    _require_manager(request)
    now = clock.now()
    show = request.GET.get("show", "")
    query = " ".join(request.GET.get("q", "").split())
    found = selectors.invitations_in_sight(request.actor, show=show, query=query, now=now)
    context = {
        "page": page_of(request, found),
        "batches": selectors.own_batches(request.actor)[:5],
        "tabs": _SHOWN,
        "show": show,
        "query": query,
        "now": now,
    }
    return render(request, "accounts/invitations.html", context)


@require_http_methods(["GET", "POST"])
def invite(request: OrgRequest) -> HttpResponse:
    """Enter people to be invited; the next page shows what becomes of each."""
    _require_manager(request)
    form = InviteForm.of(request, actor=request.actor)
    if form.is_bound and form.is_valid():
        try:
            batch = services.check_invitations(
                actor=request.actor,
                roster=form.roster,
                source=form.source,
                group=form.cleaned_data["group"],
                role=form.cleaned_data["role"],
                message=form.cleaned_data["message"],
                now=clock.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect(_address(request, batch))
    status = 422 if form.errors else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@require_GET
def invitation_batch(request: OrgRequest, batch_id: UUID) -> HttpResponse:
    """Show what becomes of each line of a batch, and how far the worker is."""
    batch = selectors.batch_for(request.actor, batch_id)
    is_running = batch.status == InvitationBatch.Status.RUNNING
    if request.headers.get("HX-Request"):
        answer = render(request, "accounts/_batch_progress.html", {"batch": batch})
        if not is_running:
            answer["HX-Refresh"] = "true"
        return answer
    fates = selectors.fates_of(batch)
    fate = request.GET.get("fate", "")
    page = page_of(request, selectors.lines_of(batch, fate), per_page=_LINES)
    context = {
        "batch": batch,
        "fates": [
            (value, label, fates[value])
            for value, label in InvitationLine.Fate.choices
            if fates[value]
        ],
        "fate": fate,
        "page": page,
        "rows": _rows(page.items),
        "rejects": fates["REJECTED"] + fates["DUPLICATE"],
        "left_out": batch.total - batch.ready,
        "role": Role(batch.defaults["role"]).label,
    }
    return render(request, "accounts/invitation_batch.html", context)


@require_GET
def invitation_rejects(request: OrgRequest, batch_id: UUID) -> HttpResponseBase:
    """Download the lines that were refused as they stood there, each with the reason."""
    batch = selectors.batch_for(request.actor, batch_id)
    rejects = list(selectors.rejects_of(batch))
    return csv_download(csv_file([*batch.columns, "reason"], _cells(batch, rejects)), "not-invited")


@require_POST
def send_invitations(request: OrgRequest, batch_id: UUID) -> HttpResponse:
    """Have everybody invited who is ready."""
    batch = selectors.batch_for(request.actor, batch_id)
    services.send_invitations(actor=request.actor, batch=batch, now=clock.now())
    return redirect(_address(request, batch))


@require_POST
def discard_invitations(request: OrgRequest, batch_id: UUID) -> HttpResponse:
    """Put a batch away that has not been sent."""
    batch = selectors.batch_for(request.actor, batch_id)
    services.discard_invitations(actor=request.actor, batch=batch, now=clock.now())
    messages.success(request, "Discarded. Nobody has been mailed.")
    return redirect(org_reverse(request.organization, "accounts:invitations"))


@require_POST
def resend_invitation(request: OrgRequest, invitation_id: UUID) -> HttpResponse:
    """Mail an invitation once more."""
    found = selectors.invitation_for(request.actor, invitation_id)
    services.resend_invitation(actor=request.actor, invitation=found, now=clock.now())
    messages.success(request, f"{found.membership.user} gets a new mail; the old link has ended.")
    return redirect(org_reverse(request.organization, "accounts:invitations"))


@require_POST
def revoke_invitation(request: OrgRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    found = selectors.invitation_for(request.actor, invitation_id)
    services.revoke_invitation(actor=request.actor, invitation=found, now=clock.now())
    messages.success(request, f"The invitation of {found.membership.user} opens nothing any more.")
    return redirect(org_reverse(request.organization, "accounts:invitations"))


def _require_manager(request: OrgRequest) -> None:
    if not request.actor.can_anywhere(Permission.MANAGE_PEOPLE):
        raise NotAllowed("Inviting takes the permission to manage the people of some group.")


def _address(request: OrgRequest, batch: InvitationBatch) -> str:
    return org_reverse(request.organization, "accounts:invitation-batch", batch_id=batch.id)


def _rows(lines: Sequence[InvitationLine]) -> list[dict[str, Any]]:
    """Return lines as a page shows them: what stood there where no address could be read."""
    return [
        {
            "line": line,
            "who": line.email or ", ".join(cell for cell in line.raw if cell),
            "role": Role(line.role).label if line.role else "",
        }
        for line in lines
    ]


def _cells(batch: InvitationBatch, lines: Sequence[InvitationLine]) -> Iterator[list[Cell]]:
    width = len(batch.columns)
    for line in lines:
        reason = " ".join(
            f"{problem['column']}: {problem['sentence']}" for problem in line.problems
        )
        yield [*[*line.raw, *[""] * width][:width], reason]
