"""What the actions around a decision have in common: a locked request, and who may act on it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership
from accounts.selectors import members_by_id
from approvals.models import ApprovalRequest, Stage, StageSeat
from approvals.models.request import is_active
from approvals.selectors import Acting, acting_in, standing_of
from approvals.services.way import StageOnWay, Way, way_of
from approvals.subjects import handler_for
from approvals.verdicts import VerdictCode, why_not
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from procurement.core.locking import lock


def lock_way(condition: Q) -> Way:
    """Lock the request that a condition finds and return its way. Two SQL queries.

    Raises `NotFound`.
    """
    found = lock(
        ApprovalRequest.objects.filter(condition).select_related("requester__user", "group")
    )
    if not found:
        raise NotFound("There is no such request.")
    return way_of(found[0])


def lock_seat(seat_id: UUID) -> tuple[Way, StageOnWay, StageSeat]:
    """Lock the request of a seat; return its way, and the seat with its stage. Two SQL queries.

    Raises `NotFound`.
    """
    way = lock_way(Q(seats__id=seat_id))
    return way, *way.find(seat_id)


def lock_stage(stage_id: UUID) -> tuple[Way, StageOnWay]:
    """Lock the request of a stage; return its way, and the stage. Two SQL queries.

    Raises `NotFound`.
    """
    way = lock_way(Q(stages__id=stage_id))
    return way, next(one for one in way.stages if one.stage.id == stage_id)


def acting_before(actor: Actor, way: Way, seat: StageSeat, now: datetime) -> Acting | None:
    """Return the part of somebody before the seat of somebody else; None before their own."""
    if actor.id is None or actor.id == seat.membership_id:
        return None
    seats = (one for stage in way.stages for one in (*stage.seats, *stage.vacated))
    return acting_in(actor.id, way.request, seat, seats, now)


def refuse_unless_asked(actor: Actor, way: Way, seat: StageSeat, now: datetime) -> None:
    """Raise unless an actor could decide in a seat of a locked request now.

    `NotAllowed` for whoever is not asked there, `Conflict` when its time has passed.
    """
    acting = acting_before(actor, way, seat, now)
    refusal = why_not(standing_of(actor, way.request, seat, way.decisions, acting))
    if refusal is None:
        return
    code, sentence = refusal
    if code in (VerdictCode.NOT_YOURS, VerdictCode.ACCESS_ENDED):
        raise NotAllowed(sentence)
    raise Conflict(sentence)


def refuse_unless_open(way: Way, on_way: StageOnWay) -> None:
    """Raise `Conflict` unless a stage of a locked request waits for its people."""
    if way.request.status != ApprovalRequest.Status.PENDING:
        raise Conflict("The request has ended; nothing is left to decide.")
    if on_way.stage.status == Stage.Status.WAITING:
        raise Conflict("Others decide first; this stage is not open yet.")
    if on_way.stage.status != Stage.Status.OPEN:
        raise Conflict("This stage has ended; nobody is asked there any more.")


def said(words: str, *, field: str, otherwise: str) -> str:
    """Return what somebody wrote without the space around it; raise `DomainError` for nothing."""
    words = words.strip()
    if not words:
        raise DomainError(otherwise, field=field)
    return words


def answering_for(request: ApprovalRequest) -> Membership | None:
    """Return who answers for a request: its requester, or who looks after the subject.

    None when neither has access. No SQL while the requester has, else at most two queries.
    """
    if is_active(request.requester):
        return request.requester
    stand_in = handler_for(request.subject_kind).stand_in_of(subject_id=request.subject_id)
    found = members_by_id([stand_in] if stand_in else [])
    return next((member for member in found.values() if is_active(member)), None)


def record_action(
    actor: Actor,
    action: AuditAction,
    request: ApprovalRequest,
    after: dict[str, Any],
    *,
    before: dict[str, Any] | None = None,
    reason: str,
    now: datetime,
) -> None:
    """Record an action around a decision as one of the request's subject. One SQL statement."""
    record(
        actor=actor,
        action=action,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        before=before,
        after={"request_id": request.id, **after},
        reason=reason,
        now=now,
    )
