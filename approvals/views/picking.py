"""Choosing somebody: to hand a decision to, or to ask as well. The search needs no script."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.selectors import FoundPeople
from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.forms import PickForm
from approvals.models import ApprovalRequest
from approvals.selectors import RequestDetail
from procurement.core import clock
from procurement.core.errors import DomainError, NotAllowed


@dataclass(frozen=True, slots=True)
class _Choice:
    """A page on which somebody is chosen: its words, whom it offers, what it does."""

    title: str
    lede: str
    button: str
    why: str
    otherwise: str
    people: Callable[[str], FoundPeople]
    carry_out: Callable[[UUID, str], str]


@require_http_methods(["GET", "POST"])
def hand_over(request: OrgRequest, request_id: UUID) -> HttpResponse:
    """Have somebody else decide in the reader's place."""
    detail = selectors.request_for(request.actor, request_id, now=clock.now())
    seat = detail.seat_of(request.actor.id)
    if seat is None:
        raise NotAllowed("Only who is asked to decide can hand it over.")

    def carry_out(to_id: UUID, reason: str) -> str:
        (taken, *_) = services.hand_over(
            actor=request.actor, seat_id=seat.id, to_id=to_id, reason=reason, now=clock.now()
        )
        return f"Handed over: {taken.stage.name} now waits for whom you chose."

    choice = _Choice(
        title="Hand it to somebody else",
        lede="They decide in your place, and everybody sees that you handed it over and why.",
        button="Hand over",
        why="Why you hand it over",
        otherwise="Say why you hand it over.",
        people=lambda query: selectors.people_to_hand_to(
            request.actor, detail.request, seat, query, clock.now()
        ),
        carry_out=carry_out,
    )
    return _chosen(request, detail, choice, leads_to="approvals:inbox")


@require_http_methods(["GET", "POST"])
def add_approver(request: OrgRequest, request_id: UUID) -> HttpResponse:
    """Ask somebody to agree as well."""
    detail = selectors.request_for(request.actor, request_id, now=clock.now())

    def carry_out(member_id: UUID, reason: str) -> str:
        stage = services.add_approver(
            actor=request.actor,
            request_id=request_id,
            member_id=member_id,
            reason=reason,
            now=clock.now(),
        )
        return f"They are asked now, in “{stage.name}”."

    choice = _Choice(
        title="Ask somebody else to agree, too",
        lede="They are asked beside those whom policy asks. Only administrators take them off.",
        button="Ask them, too",
        why="Why they should agree, too",
        otherwise="Say why they should agree, too.",
        people=lambda query: selectors.people_to_add(request.actor, detail.request, query),
        carry_out=carry_out,
    )
    return _chosen(request, detail, choice)


def _chosen(
    request: OrgRequest, detail: RequestDetail, choice: _Choice, *, leads_to: str = ""
) -> HttpResponse:
    """Show whom a search found, or carry out what was chosen; what was typed is kept."""
    if detail.request.status != ApprovalRequest.Status.PENDING:
        messages.warning(request, "The request has ended; nothing is left to decide.")
        return redirect(_page_of(request, detail))
    words = {"why": choice.why, "otherwise": choice.otherwise}
    is_sent = request.method == "POST" and "find" not in request.POST
    typed = request.POST if request.method == "POST" else request.GET
    form = PickForm(request.POST, **words) if is_sent else PickForm(initial=typed.dict(), **words)
    if is_sent and form.is_valid():
        try:
            said = choice.carry_out(
                form.cleaned_data["person"], form.cleaned_data["reason"].strip()
            )
        except DomainError as refusal:
            beside = "reason" if refusal.field == "reason" else "person"
            form.add_error(beside if refusal.field else None, refusal.message)
        else:
            messages.success(request, f"{detail.summary.label}: {said}")
            if leads_to:
                return redirect(org_reverse(request.organization, leads_to))
            return redirect(_page_of(request, detail))
    context = {
        "form": form,
        "choice": choice,
        "found": choice.people(typed.get("q", "")[:200]),
        "chosen": typed.get("person", ""),
        "summary": detail.summary,
        "back": _page_of(request, detail),
    }
    status = 400 if form.errors else 200
    return render(request, "approvals/pick_approver.html", context, status=status)


def _page_of(request: OrgRequest, detail: RequestDetail) -> str:
    return org_reverse(request.organization, "approvals:request", request_id=detail.request.id)
