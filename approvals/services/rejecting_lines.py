"""Rejecting single lines of what is asked for, and agreeing to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.selectors import organization_by_id
from approvals.models import ApprovalRequest, Decision, RequestEvent
from approvals.routing.words import enumerated
from approvals.services.acting import answering_for, lock_seat, lock_way
from approvals.services.deciding import Verdict, refusal_to, refused, write_decision
from approvals.services.notices import LinesRejected, tell_lines_rejected
from approvals.services.requests import replace_request
from approvals.services.seating import refill
from approvals.services.settling import close_request
from approvals.services.story import tell
from approvals.services.way import Way, advance, name_of
from approvals.subjects import handler_for
from approvals.summary import SubjectSummary, SummaryLine
from approvals.verdicts import LINES_COMMENT_NEEDED, VerdictCode
from procurement.core.actors import Actor
from procurement.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The lines that are rejected, of a summary."""

    summary: SubjectSummary
    lines: tuple[SummaryLine, ...]

    @property
    def names(self) -> str:
        """Return them in words."""
        return enumerated([line.name for line in self.lines])


@transaction.atomic
def reject_lines(
    *,
    actor: Actor,
    seat_id: UUID,
    keys: Sequence[str],
    reason: str,
    content_hash: str,
    channel: str,
    link_expires_at: datetime | None = None,
    now: datetime,
) -> Verdict:
    """Reject lines, by their keys in the summary, and agree to what is left of the subject.

    The subject's owner takes them out and asks for the rest in a request that goes on from this
    one: what others have agreed to stands where policy lets it, the actor's own approval is one of
    exactly the new content, and where nobody is left to ask it is approved. Who may, and when, is
    as in `decide`; so are the verdicts. Raises `NotFound` for an unknown seat, `DomainError` for
    lines that are none or all of them, and `Conflict` where the rest cannot go on.
    """
    way, _, seat = lock_seat(seat_id)
    refusal = refusal_to(actor, way, seat, content_hash, link_expires_at, now)
    if refusal is None and not reason.strip():
        refusal = LINES_COMMENT_NEEDED
    if refusal is not None:
        return refused(actor, way.request, *refusal, now=now)
    chosen = _chosen(way.request, keys)
    former = way.request
    said = f"Without {chosen.names}."
    replace_request(actor, former, reason=said, now=now)
    following = handler_for(former.subject_kind).without_lines(
        actor=actor,
        subject_id=former.subject_id,
        request_id=former.id,
        keys=[line.key for line in chosen.lines],
        reason=reason.strip(),
        spoken_for=frozenset({seat.membership_id}),
        now=now,
    )
    left = lock_way(Q(id=following))
    tell(
        left.request,
        RequestEvent.Kind.LINES_REJECTED,
        by=actor.id,
        text=f"{chosen.names}: {reason.strip()}",
        now=now,
    )
    agreed = _go_on(actor, left, seat.membership_id, said, channel, now)
    _tell(actor, left, chosen, reason.strip(), now)
    return Verdict(
        VerdictCode.DECIDED, _words(chosen, left, agreed=agreed), former.id, former.status
    )


def _chosen(request: ApprovalRequest, keys: Sequence[str]) -> _Chosen:
    summary = SubjectSummary.from_json(request.summary)
    wanted = {key for key in keys if key}
    lines = tuple(line for line in summary.lines if line.key in wanted)
    if not wanted or len(lines) != len(wanted):
        raise DomainError("Choose the lines to reject among those that are shown.", field="lines")
    if len(lines) == len(summary.lines):
        raise DomainError("These are all of its lines: reject the whole instead.", field="lines")
    return _Chosen(summary, lines)


def _go_on(
    actor: Actor, way: Way, holder_id: UUID, comment: str, channel: str, now: datetime
) -> bool:
    """Take the request as far as what stands and the actor's own approval are enough for.

    Tells whether that approval was asked for now. It is not where the rest goes to others first.
    """
    request = way.request
    agreed = False
    if request.status == ApprovalRequest.Status.PENDING:
        way.spoken_for = frozenset({holder_id})
        done = advance(actor, way, now=now)
        own = [] if done else way.open_seats_of(holder_id)
        if own:
            agreed = True
            write_decision(actor, way, own[0], Decision.Choice.APPROVE, comment, channel, now)
            refill(actor, way, now=now)
            done = advance(actor, way, now=now)
        if not done:
            return agreed
        close_request(actor, request, ApprovalRequest.Status.APPROVED, now)
    handler_for(request.subject_kind).on_approved(
        actor=actor, subject_id=request.subject_id, request_id=request.id, now=now
    )
    return agreed


def _tell(actor: Actor, way: Way, chosen: _Chosen, reason: str, now: datetime) -> None:
    """Tell who asked which lines are gone, why, by whom, and what becomes of the rest."""
    request = way.request
    to = answering_for(request)
    if to is None:
        return
    organization = organization_by_id(request.organization_id)
    tell_lines_rejected(
        request,
        LinesRejected(
            names=chosen.names,
            lines=tuple(
                line.to_json() | line.words(chosen.summary.currency, chosen.summary.first_name)
                for line in chosen.lines
            ),
            amount=sum((line.amount for line in chosen.lines), Decimal(0)),
            reason=reason,
            by=actor.label,
            waiting_for=enumerated(_waiting(way)),
        ),
        to=to,
        path=handler_for(request.subject_kind).path_of(
            organization_slug=organization.slug, subject_id=request.subject_id
        ),
        now=now,
    )


def _waiting(way: Way) -> list[str]:
    names = [
        name_of(seat.membership) for stage in way.stages for seat in stage.seats if seat.is_open
    ]
    return list(dict.fromkeys(names))


def _words(chosen: _Chosen, way: Way, *, agreed: bool) -> str:
    count = len(chosen.lines)
    lines = f"You rejected {chosen.names}" if count == 1 else f"You rejected {count} lines"
    if way.request.status == ApprovalRequest.Status.APPROVED:
        return f"{lines}. The rest is approved."
    return f"{lines} and approved the rest." if agreed else f"{lines}. The rest goes on to others."
