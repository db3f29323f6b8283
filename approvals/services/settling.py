"""What follows from decisions: the next stage, or the end and what the subject makes of it."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership
from accounts.selectors import members_by_id, organization_by_id
from approvals.models import ApprovalRequest, Stage
from approvals.models.request import is_active
from approvals.services.acting import lock_way
from approvals.services.notices import tell_requester
from approvals.services.requests import end_request
from approvals.services.way import StageOnWay, Way, advance, close_stage
from approvals.subjects import handler_for
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor


def carry_on(actor: Actor, way: Way, comment: str, *, now: datetime) -> None:
    """Open what comes next; when every stage has passed, the request is approved."""
    if not advance(actor, way, now=now):
        return
    request = way.request
    _finish(actor, way, ApprovalRequest.Status.APPROVED, comment, now)
    handler_for(request.subject_kind).on_approved(
        actor=actor, subject_id=request.subject_id, request_id=request.id, now=now
    )


def settle_carried(
    *,
    actor: Actor,
    request: ApprovalRequest,
    spoken_for: frozenset[UUID] = frozenset(),
    now: datetime,
) -> bool:
    """Close the stages of a new request that carried approvals are enough for; tell if it is all.

    The request is APPROVED then, and the caller carries on: the subject's handler is not called,
    and whoever submits it sees what has come of it. Of a request that the same transaction has
    opened.
    """
    if request.status == ApprovalRequest.Status.APPROVED:
        return True
    way = lock_way(Q(id=request.id))
    way.spoken_for = spoken_for
    if not advance(actor, way, now=now):
        return False
    close_request(actor, way.request, ApprovalRequest.Status.APPROVED, now)
    return True


def reject(actor: Actor, way: Way, on_way: StageOnWay, comment: str, *, now: datetime) -> None:
    """End the request: one rejection is enough, whatever others have decided."""
    request = way.request
    close_stage(on_way, Stage.Status.REJECTED, now=now)
    _finish(actor, way, ApprovalRequest.Status.REJECTED, comment, now)
    handler_for(request.subject_kind).on_rejected(
        actor=actor,
        subject_id=request.subject_id,
        request_id=request.id,
        comment=comment,
        now=now,
    )


def _finish(
    actor: Actor,
    way: Way,
    status: ApprovalRequest.Status,
    comment: str,
    now: datetime,
) -> None:
    request = way.request
    close_request(actor, request, status, now)
    handler = handler_for(request.subject_kind)
    told = listener_of(request)
    if told is None:
        return
    organization = organization_by_id(request.organization_id)
    tell_requester(
        request,
        to=told,
        outcome=status.value,
        decided_by=_decided_by(actor, way),
        comment=comment,
        path=handler.path_of(organization_slug=organization.slug, subject_id=request.subject_id),
        now=now,
    )


def _decided_by(actor: Actor, way: Way) -> str:
    """Say who made the last decision: ``Dana``, or ``Dana for Erin``."""
    own = [made for made in way.decisions if made.membership_id == actor.id]
    return max(own, key=lambda made: (made.decided_at, made.id)).made_by if own else actor.label


def listener_of(request: ApprovalRequest) -> Membership | None:
    """Return who hears how a request goes: its requester, or whoever looks after it since.

    None where neither is there any more. No SQL while the requester is, else two queries.
    """
    if is_active(request.requester):
        return request.requester
    stand_in = handler_for(request.subject_kind).stand_in_of(subject_id=request.subject_id)
    found = members_by_id([stand_in] if stand_in else []).values()
    return next((member for member in found if is_active(member)), None)


def close_request(
    actor: Actor, request: ApprovalRequest, status: ApprovalRequest.Status, now: datetime
) -> None:
    """Give a request its final state, and record it. Four SQL statements."""
    end_request(request, status, now=now)
    record(
        actor=actor,
        action=AuditAction.APPROVAL_CLOSED,
        subject_type=request.subject_kind,
        subject_id=request.subject_id,
        subject_label=request.subject_label,
        group_id=request.group_id,
        after={"request_id": request.id, "status": status.value},
        now=now,
    )
