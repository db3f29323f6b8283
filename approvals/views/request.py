"""One request in full: whoever is asked decides here, and does what else they can."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.web import OrgRequest, org_reverse
from approvals import selectors, services
from approvals.forms import DecisionForm
from approvals.models import ApprovalRequest, Decision
from approvals.selectors import RequestDetail, SeatToDecide
from approvals.services import Verdict, VerdictCode
from approvals.subjects import handler_for
from approvals.verdicts import Refusal, why_not
from approvals.views.acting import act
from approvals.views.decision import (
    decision_context,
    options_of,
    overtaken_context,
    surroundings,
)
from approvals.why import readable_groups
from procurement.core import clock


@require_http_methods(["GET", "POST"])
def request_page(request: OrgRequest, request_id: UUID) -> HttpResponse:
    """Show a request to whoever may see it; whoever is asked, or stands in, decides here."""
    now = clock.now()
    detail = selectors.request_for(request.actor, request_id, now=now)
    found = selectors.seat_to_decide(request.actor, detail, now)
    refusal = _why_not(request, detail, found) if found else None
    can_decide = found is not None and refusal is None
    form = DecisionForm(initial={"content_hash": detail.request.content_hash})
    if request.method != "POST":
        return _shown(request, detail, found, form if can_decide else None)
    seat = found.seat if found else None
    acted = act(request.POST, actor=request.actor, detail=detail, seat=seat, now=now)
    if acted is not None:
        if acted.counted:
            say = messages.warning if acted.is_refusal else messages.success
            say(request, acted.sentence)
            return redirect(request.path)
        shown = form if can_decide else None
        return _shown(request, detail, found, shown, typed=acted.typed, status=400)
    if found is None or refusal is not None:
        if refusal is not None:
            messages.warning(request, refusal[1])
            return redirect(request.path)
        return _shown(request, detail, found, None)
    return _decided(request, detail, found)


def _why_not(request: OrgRequest, detail: RequestDetail, found: SeatToDecide) -> Refusal | None:
    standing = selectors.standing_of(
        request.actor, detail.request, found.seat, detail.decisions, found.acting
    )
    return why_not(standing)


@require_GET
def subject(request: OrgRequest, request_id: UUID) -> HttpResponse:
    """Lead on to what a request is about."""
    detail = selectors.request_for(request.actor, request_id, now=clock.now())
    return redirect(_subject_url(request, detail.request))


def _decided(request: OrgRequest, detail: RequestDetail, found: SeatToDecide) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _shown(request, detail, found, form, status=400)
    verdict = services.decide(
        actor=request.actor,
        seat_id=found.seat.id,
        choice=form.cleaned_data["decision"],
        comment=form.cleaned_data["comment"],
        content_hash=form.cleaned_data["content_hash"],
        channel=Decision.Channel.APP,
        now=clock.now(),
    )
    if verdict.code is VerdictCode.COMMENT_NEEDED:
        form.add_error("comment", verdict.sentence)
        return _shown(request, detail, found, form, status=400)
    return _answered(request, detail, verdict)


def _answered(request: OrgRequest, detail: RequestDetail, verdict: Verdict) -> HttpResponse:
    """Lead on to the next one that waits, or say why this one did not count."""
    if not verdict.is_decided:
        messages.warning(request, verdict.sentence)
        return redirect(request.path)
    messages.success(request, f"{detail.summary.label}: {verdict.sentence}")
    return redirect(org_reverse(request.organization, "approvals:inbox"))


def _shown(
    request: OrgRequest,
    detail: RequestDetail,
    found: SeatToDecide | None,
    form: DecisionForm | None,
    *,
    typed: Mapping[str, Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    seat, now = found.seat if found else None, clock.now()
    context = {
        "acting": found.acting if found else None,
        **decision_context(detail, seat, form, now=now),
        **surroundings(detail, seat, now=now),
        "options": options_of(
            request.actor, detail, seat, can_decide=form is not None, typed=typed
        ),
        "versions": selectors.versions_of(request.actor, detail.request),
        **overtaken_context(request.actor, request.organization, detail),
        "organization": request.organization,
        "policy_groups": readable_groups(request.actor, detail.request.group.path),
        "subject_url": _subject_url(request, detail.request),
        "wants_to_reject": request.GET.get("choice") == "reject",
    }
    return render(request, "approvals/request.html", context, status=status)


def _subject_url(request: OrgRequest, approval: ApprovalRequest) -> str:
    return handler_for(approval.subject_kind).path_of(
        organization_slug=request.organization.slug, subject_id=approval.subject_id
    )
