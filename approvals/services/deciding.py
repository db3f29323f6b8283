"""Deciding: the one way in which anybody agrees to or rejects anything."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from approvals.models import ApprovalRequest, Decision, Stage, StageSeat
from approvals.services.seating import refill
from approvals.services.settling import carry_on, reject
from approvals.services.way import StageOnWay, Way, may_decide, way_of
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import NotFound
from procurement.core.ids import new_id
from procurement.core.locking import lock


class VerdictCode(StrEnum):
    """What became of an attempt to decide."""

    DECIDED = "DECIDED"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    OVERTAKEN = "OVERTAKEN"
    SETTLED = "SETTLED"
    NOT_YET = "NOT_YET"
    NOT_YOURS = "NOT_YOURS"
    ACCESS_ENDED = "ACCESS_ENDED"
    COMMENT_NEEDED = "COMMENT_NEEDED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to an attempt to decide; only DECIDED has changed anything."""

    code: VerdictCode
    sentence: str
    request_id: UUID
    request_status: str

    @property
    def is_decided(self) -> bool:
        """Tell whether this attempt counted."""
        return self.code is VerdictCode.DECIDED


# Attempts that leave a line in the trail although they change nothing.
_EVIDENCED = frozenset({VerdictCode.NOT_YOURS, VerdictCode.ACCESS_ENDED})

_CLOSED = {
    ApprovalRequest.Status.APPROVED: "This was approved in the meantime; nothing is left to do.",
    ApprovalRequest.Status.REJECTED: "This was rejected in the meantime; nothing is left to do.",
    ApprovalRequest.Status.WITHDRAWN: "The request was taken back; nothing is left to do.",
}
_OVERTAKEN = (
    "The content has changed since this was shown, so a decision on it would not count. Whoever "
    "has to agree to the new content is asked anew."
)
_REPLACED = "Somebody else sits here now, and has been asked."
_SAY_WHY = "Say why you reject it: the requester has to know what to change."


@transaction.atomic
def decide(
    *,
    actor: Actor,
    seat_id: UUID,
    choice: str,
    comment: str,
    content_hash: str,
    channel: str,
    link_expires_at: datetime | None = None,
    now: datetime,
) -> Verdict:
    """Decide in a seat, on exactly the content whose hash was shown.

    ``choice`` is a `Decision.Choice`, ``channel`` a `Decision.Channel`; ``link_expires_at`` comes
    with an email link. The request is locked first, so of two attempts one counts
    and the other is told so. When a decision completes the request, the subject's handler runs in
    the same transaction. Refusals are returned, since one of them has to stay in the trail; only an
    unknown seat raises `NotFound`.
    """
    requests = lock(
        ApprovalRequest.objects.filter(seats__id=seat_id).select_related("requester__user", "group")
    )
    if not requests:
        raise NotFound("There is no such request.")
    (request,) = requests
    way = way_of(request)
    choice = Decision.Choice(choice)
    on_way, seat = _find(way, seat_id)
    if seat is None or on_way is None:
        return _refused(actor, request, VerdictCode.SETTLED, _REPLACED, now=now)
    refusal = _refusal_of_person(actor, request, seat) or _refusal_of_moment(
        request, on_way.stage, seat, content_hash
    )
    if refusal is None and link_expires_at is not None and link_expires_at <= now:
        refusal = VerdictCode.EXPIRED, "This link has ended. Sign in to decide."
    if refusal is None and choice == Decision.Choice.REJECT and not comment.strip():
        refusal = VerdictCode.COMMENT_NEEDED, _SAY_WHY
    if refusal is not None:
        return _refused(actor, request, *refusal, now=now)
    _write(actor, way, seat, choice, comment, channel, now)
    if choice == Decision.Choice.REJECT:
        reject(actor, way, on_way, comment.strip(), now=now)
    else:
        refill(actor, way, now=now)
        carry_on(actor, way, comment.strip(), now=now)
    words = "You approved this." if choice == Decision.Choice.APPROVE else "You rejected this."
    return Verdict(VerdictCode.DECIDED, words, request.id, request.status)


def _find(way: Way, seat_id: UUID) -> tuple[StageOnWay, StageSeat] | tuple[None, None]:
    """Return a seat that counts with its stage; a vacated seat is nobody's any more."""
    for on_way in way.stages:
        for seat in on_way.seats:
            if seat.id == seat_id:
                return on_way, seat
    return None, None


_Refusal = tuple[VerdictCode, str]


def _refusal_of_person(actor: Actor, request: ApprovalRequest, seat: StageSeat) -> _Refusal | None:
    """Return why somebody may not decide here at all, or None; they learn nothing else."""
    if actor.id is None or seat.membership_id != actor.id or request.requester_id == actor.id:
        return VerdictCode.NOT_YOURS, "Somebody else is asked here, and nobody decides for them."
    if not may_decide(seat.membership):
        return VerdictCode.ACCESS_ENDED, "Your access has ended, so you cannot decide any more."
    if seat.has_decision:
        chosen = seat.decision.get_choice_display().lower()
        return VerdictCode.ALREADY_DECIDED, f"You have decided already: you {chosen} this."
    return None


def _refusal_of_moment(
    request: ApprovalRequest, stage: Stage, seat: StageSeat, content_hash: str
) -> _Refusal | None:
    """Return why nothing can be decided now, or None."""
    if request.status == ApprovalRequest.Status.SUPERSEDED or content_hash != request.content_hash:
        return VerdictCode.OVERTAKEN, _OVERTAKEN
    if request.status != ApprovalRequest.Status.PENDING:
        return VerdictCode.SETTLED, _CLOSED[ApprovalRequest.Status(request.status)]
    if stage.status == Stage.Status.WAITING:
        return VerdictCode.NOT_YET, "Others decide first; you will be asked when they agree."
    if stage.status != Stage.Status.OPEN or not seat.is_open:
        return VerdictCode.SETTLED, "Somebody else has answered in the meantime."
    return None


def _refused(
    actor: Actor, request: ApprovalRequest, code: VerdictCode, sentence: str, *, now: datetime
) -> Verdict:
    if code in _EVIDENCED:
        record(
            actor=actor,
            action=AuditAction.APPROVAL_REFUSED,
            subject_type=request.subject_kind,
            subject_id=request.subject_id,
            subject_label=request.subject_label,
            group_id=request.group_id,
            after={"request_id": request.id, "verdict": code.value},
            reason=sentence,
            now=now,
        )
    return Verdict(code, sentence, request.id, request.status)


def _write(
    actor: Actor,
    way: Way,
    seat: StageSeat,
    choice: str,
    comment: str,
    channel: str,
    now: datetime,
) -> None:
    request = way.request
    seat.decision = Decision.objects.create(
        id=new_id(),
        organization_id=request.organization_id,
        request=request,
        seat=seat,
        membership_id=seat.membership_id,
        requester_id=request.requester_id,
        content_hash=request.content_hash,
        choice=choice,
        comment=comment.strip(),
        channel=Decision.Channel(channel),
        decided_at=now,
    )
    seat.closed_at = now
    seat.save(update_fields=["closed_at"])
    record(
        actor=actor,
        action=AuditAction.APPROVAL_DECIDED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        after={
            "request_id": request.id,
            "choice": str(choice),
            "seat": seat.place,
            "content_hash": request.content_hash,
            "channel": str(channel),
        },
        reason=comment.strip(),
        now=now,
    )
