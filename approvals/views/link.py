"""The approver's link: GET shows, POST decides. A scanner that follows links decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.actors import MemberActor
from accounts.models import Membership, Organization
from accounts.selectors import SecretRef, actor_for
from accounts.sign_in import must_sign_in
from accounts.web import is_expired, org_reverse, with_secret
from approvals import selectors, services
from approvals.forms import DecisionForm
from approvals.models import Decision, StageSeat
from approvals.models.request import is_active
from approvals.selectors import Acting, RequestDetail
from approvals.services import VerdictCode
from approvals.services.notices import SECRET_KIND
from approvals.services.standing_in import DEPUTY_SECRET_KIND
from approvals.subjects import handler_for
from approvals.verdicts import EXPIRED, Refusal, why_not
from approvals.views.acting import act
from approvals.views.decision import (
    Options,
    decision_context,
    options_of,
    overtaken_context,
    surroundings,
)
from procurement.core import clock

# What a page says in large letters when a link does not lead to a decision.
_TITLES = {
    VerdictCode.ALREADY_DECIDED: "You have decided this",
    VerdictCode.OVERTAKEN: "The content has changed",
    VerdictCode.SETTLED: "Nothing is left to decide",
    VerdictCode.NOT_YET: "It is not your turn yet",
    VerdictCode.NOT_YOURS: "This link is for somebody else",
    VerdictCode.ACCESS_ENDED: "Your access has ended",
    VerdictCode.EXPIRED: "This link has ended",
    VerdictCode.OWN_SEAT_FIRST: "You are asked here yourself",
    VerdictCode.COUNTS_ALREADY: "Your own word counts already",
    VerdictCode.ABSENCE_OVER: "You do not stand in any more",
}
_ACCESS_ENDED: Refusal = (
    VerdictCode.ACCESS_ENDED,
    "Your access has ended, so you cannot decide any more.",
)
# Where the page may say what it is about, and lead on to it.
_MAY_LEAD_ON = frozenset(
    {
        VerdictCode.ALREADY_DECIDED,
        VerdictCode.OVERTAKEN,
        VerdictCode.SETTLED,
        VerdictCode.NOT_YET,
        VerdictCode.EXPIRED,
        VerdictCode.OWN_SEAT_FIRST,
        VerdictCode.COUNTS_ALREADY,
    }
)


# The token in the address is 256 random bits that only the mail holds: it proves what a CSRF token
# would, and it alone opens this page. The CSRF check itself would refuse the form: a browser sends
# "Origin: null" from a page that refers nobody on.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@with_secret(SECRET_KIND, DEPUTY_SECRET_KIND)
def decide(request: HttpRequest, organization: Organization, secret: SecretRef) -> HttpResponse:
    """Show what a link asks to decide, and take the decision.

    It belongs to the holder of a seat, or to whoever stands in for them: the latter decide while
    they do, as of the moment.
    """
    with timezone.override(organization.time_zone):
        detail, seat, who, acting = _led_to(secret, clock.now())
        asks_to_sign_in = must_sign_in(organization.sign_in_above, detail.request.amount)
        if asks_to_sign_in and isinstance(request.user, AnonymousUser):
            return redirect_to_login(request.get_full_path())
        door = _Door(request, organization, secret, detail, seat, who, acting)
        refusal = _refusal(door)
        if refusal is not None:
            return _explained(door, refusal)
        if request.method == "POST":
            return _acted(door)
        form = DecisionForm(initial={"content_hash": detail.request.content_hash})
        return _shown(door, form)


@dataclass(frozen=True, slots=True)
class _Door:
    """A link that leads to a decision, as it was opened."""

    request: HttpRequest
    organization: Organization
    secret: SecretRef
    detail: RequestDetail
    seat: StageSeat
    who: Membership
    acting: Acting | None

    def actor(self, now: datetime) -> MemberActor | None:
        """Return the holder of the link as an actor, unless their access has ended."""
        return actor_for(user_id=self.who.user_id, organization_id=self.organization.id, now=now)


def _led_to(
    secret: SecretRef, now: datetime
) -> tuple[RequestDetail, StageSeat, Membership, Acting | None]:
    """Return what a link leads to, whose it is, and their part where the seat is somebody else's.

    Two SQL queries, up to five for somebody who stands in.
    """
    if secret.kind == SECRET_KIND:
        detail = selectors.request_of_seat(secret.row_id)
        seat = detail.seat(secret.row_id)
        return detail, seat, seat.membership, None
    link = selectors.deputy_link(secret.row_id)
    detail = selectors.request_of_seat(link.seat_id)
    seat = detail.seat(link.seat_id)
    acting = selectors.acting_in(
        link.membership_id, detail.request, seat, detail.seats, now, was_asked=True
    )
    return detail, seat, link.membership, acting


def _refusal(door: _Door) -> Refusal | None:
    user, who = door.request.user, door.who
    if not isinstance(user, AnonymousUser) and user.id != who.user_id:
        return VerdictCode.NOT_YOURS, f"It was sent to {who.user}, and you are signed in as {user}."
    if not is_active(who):
        return _ACCESS_ENDED
    detail = door.detail
    standing = selectors.standing_of(None, detail.request, door.seat, detail.decisions, door.acting)
    refusal = why_not(standing)
    return EXPIRED if refusal is None and is_expired(door.secret) else refusal


def _acted(door: _Door) -> HttpResponse:
    """Do what was pressed: decide, or what the page offers beside it."""
    now = clock.now()
    actor = door.actor(now)
    if actor is None:
        return _explained(door, _ACCESS_ENDED)
    acted = act(
        door.request.POST,
        actor=actor,
        detail=door.detail,
        seat=door.seat,
        channel=Decision.Channel.EMAIL,
        link_expires_at=door.secret.expires_at,
        now=now,
    )
    if acted is None:
        return _decided(door, actor, now)
    if acted.counted:
        return redirect(door.request.path)
    form = DecisionForm(initial={"content_hash": door.detail.request.content_hash})
    return _shown(door, form, typed=acted.typed, status=400)


def _decided(door: _Door, actor: MemberActor, now: datetime) -> HttpResponse:
    form = DecisionForm(door.request.POST)
    if not form.is_valid():
        return _shown(door, form, status=400)
    verdict = services.decide(
        actor=actor,
        seat_id=door.seat.id,
        choice=form.cleaned_data["decision"],
        comment=form.cleaned_data["comment"],
        content_hash=form.cleaned_data["content_hash"],
        channel=Decision.Channel.EMAIL,
        link_expires_at=door.secret.expires_at,
        now=now,
    )
    if verdict.is_decided:
        return redirect(door.request.path)
    if verdict.code is VerdictCode.COMMENT_NEEDED:
        form.add_error("comment", verdict.sentence)
        return _shown(door, form, status=400)
    return _explained(door, (verdict.code, verdict.sentence))


def _shown(
    door: _Door,
    form: DecisionForm,
    *,
    typed: Mapping[str, Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    detail, seat = door.detail, door.seat
    actor = door.actor(now)
    context = {
        "acting": door.acting,
        **decision_context(detail, seat, form, now=now),
        **surroundings(detail, seat, now=now),
        "options": (
            options_of(actor, detail, seat, can_decide=True, typed=typed) if actor else Options()
        ),
        "versions": selectors.versions_of(None, detail.request),
        "organization": door.organization,
        "holder": door.who.user,
        "csrf_token": "",  # none is needed, so no cookie is set
        "link_ends": door.secret.expires_at,
        "wants_to_reject": door.request.GET.get("choice") == "reject",
    }
    return render(door.request, "approvals/decide.html", context, status=status)


def _title(door: _Door, code: VerdictCode) -> str:
    made = [one for one in door.detail.decisions if one.made_for == door.seat.membership_id]
    by_others = made and made[-1].membership_id != door.who.id
    if code is VerdictCode.ALREADY_DECIDED and by_others:
        return f"{made[-1].maker_name} has decided this"
    return _TITLES[code]


def _made_by(door: _Door) -> Decision | None:
    """Return the decision of whoever holds the link in its seat, if it is theirs."""
    seat = door.seat
    own = seat.has_decision and seat.decision.membership_id == door.who.id
    return seat.decision if own else None


def _explained(door: _Door, refusal: Refusal) -> HttpResponse:
    """Say why a link leads to no decision; people with no business here see no content."""
    code, sentence = refusal
    organization, detail, seat = door.organization, door.detail, door.seat
    context = {
        "organization": organization,
        "holder": door.who.user,
        "csrf_token": "",
        "title": _title(door, code),
        "code": code.value,
        "sentence": sentence,
    }
    if code in _MAY_LEAD_ON:
        approval = detail.request
        context |= {
            **decision_context(detail, seat, None, now=clock.now()),
            "decision": _made_by(door),
            "request_url": org_reverse(organization, "approvals:request", request_id=approval.id),
            "subject_url": handler_for(approval.subject_kind).path_of(
                organization_slug=organization.slug, subject_id=approval.subject_id
            ),
        }
        if code is VerdictCode.OVERTAKEN:
            actor = door.actor(clock.now())
            context |= overtaken_context(actor, organization, detail)
    is_over = code in (VerdictCode.EXPIRED, VerdictCode.OVERTAKEN, VerdictCode.ABSENCE_OVER)
    refused = code in (VerdictCode.NOT_YOURS, VerdictCode.ACCESS_ENDED)
    status = 410 if is_over else 403 if refused else 200
    return render(door.request, "approvals/link_ended.html", context, status=status)
