"""Deciding: the one way in which anybody agrees to or rejects anything."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from approvals.models import ApprovalRequest, Decision, StageSeat
from approvals.selectors import Acting, standing_of
from approvals.services.acting import acting_before
from approvals.services.seating import refill
from approvals.services.settling import carry_on, reject
from approvals.services.way import Way, name_of, way_of
from approvals.verdicts import COMMENT_NEEDED, EXPIRED, OVERTAKEN, Refusal, VerdictCode, why_not
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import NotFound
from procurement.core.ids import new_id
from procurement.core.locking import lock


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

    Whoever stands in for the seat's holder at ``now``, as read under the lock, decides for them.
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
    on_way, seat = way.find(seat_id)
    acting = acting_before(actor, way, seat, now)
    refusal = _why_not(actor, way, seat, acting, content_hash, link_expires_at, now)
    if refusal is None and choice == Decision.Choice.REJECT and not comment.strip():
        refusal = COMMENT_NEEDED
    if refusal is not None:
        return refused(actor, request, *refusal, now=now)
    write_decision(actor, way, seat, choice, comment, channel, now)
    if choice == Decision.Choice.REJECT:
        reject(actor, way, on_way, comment.strip(), now=now)
    else:
        refill(actor, way, now=now)
        carry_on(actor, way, comment.strip(), now=now)
    whose = f" for {acting.holder_name}" if acting else ""
    words = f"You {choice.label.lower()} this{whose}."
    return Verdict(VerdictCode.DECIDED, words, request.id, request.status)


def refusal_to(
    actor: Actor,
    way: Way,
    seat: StageSeat,
    content_hash: str,
    link_expires_at: datetime | None,
    now: datetime,
) -> Refusal | None:
    """Return why somebody cannot decide on a locked way, on what was shown to them, or None."""
    return _why_not(
        actor, way, seat, acting_before(actor, way, seat, now), content_hash, link_expires_at, now
    )


def _why_not(
    actor: Actor,
    way: Way,
    seat: StageSeat,
    acting: Acting | None,
    content_hash: str,
    link_expires_at: datetime | None,
    now: datetime,
) -> Refusal | None:
    refusal = why_not(standing_of(actor, way.request, seat, way.decisions, acting))
    if refusal is None and content_hash != way.request.content_hash:
        refusal = OVERTAKEN
    if refusal is None and link_expires_at is not None and link_expires_at <= now:
        refusal = EXPIRED
    return refusal


def refused(
    actor: Actor, request: ApprovalRequest, code: VerdictCode, sentence: str, *, now: datetime
) -> Verdict:
    """Answer an attempt that changes nothing; some of them stay in the trail."""
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


def write_decision(
    actor: Actor,
    way: Way,
    seat: StageSeat,
    choice: str,
    comment: str,
    channel: str,
    now: datetime,
) -> None:
    """Write what somebody decides in a seat of a locked way, and close what it answers."""
    request = way.request
    assert actor.id is not None
    holder = seat.membership
    is_for_another = actor.id != holder.id
    seat.decision = Decision.objects.create(
        id=new_id(),
        organization_id=request.organization_id,
        request=request,
        seat=seat,
        membership_id=actor.id,
        on_behalf_of=holder if is_for_another else None,
        requester_id=request.requester_id,
        content_hash=request.content_hash,
        choice=choice,
        comment=comment.strip(),
        channel=Decision.Channel(channel),
        decided_at=now,
    )
    # One decision answers every seat in which its maker is asked, or whoever they stand in for.
    answered = {seat.id} | {other.id for other in way.open_seats_of(holder.id)}
    for one in (one for stage in way.stages for one in stage.seats if one.id in answered):
        one.closed_at = now
    StageSeat.objects.filter(id__in=answered).update(closed_at=now)
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
            **({"on_behalf_of": name_of(holder)} if is_for_another else {}),
        },
        reason=comment.strip(),
        now=now,
    )
