"""Approvers whom somebody asks beside those of policy."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import Membership
from accounts.selectors import members_by_id
from approvals.models import ApprovalRequest, RequestEvent, Stage, StageSeat
from approvals.models.request import is_active
from approvals.routing import Mode
from approvals.selectors import request_for
from approvals.services.acting import lock_way, record_action, said
from approvals.services.clock import due_for
from approvals.services.notices import Asked, ask
from approvals.services.story import tell
from approvals.services.way import Way, name_of
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.ids import new_id

_SLOT = 1


@transaction.atomic
def add_approver(
    *, actor: Actor, request_id: UUID, member_id: UUID, reason: str, now: datetime
) -> Stage:
    """Ask somebody to agree, too, in a stage of their own beside those that are open now.

    Whoever may see the request may. Raises `NotFound` for everybody else, `Conflict` when nothing
    is left to decide, and `DomainError` without a reason or for somebody who cannot be asked: who
    has no access, who asks, who is on the request already, or who rejected what is appealed.
    """
    request_for(actor, request_id, now=now)
    if actor.id is None:
        raise NotAllowed("Only a person can ask somebody to agree.")
    way = lock_way(Q(id=request_id))
    if way.request.status != ApprovalRequest.Status.PENDING:
        raise Conflict("The request has ended; nothing is left to decide.")
    reason = said(reason, field="reason", otherwise="Say why they should agree, too.")
    member = members_by_id([member_id]).get(member_id)
    _refuse_to_add(way, member)
    assert member is not None
    stage = _stage(actor, actor.id, way, reason, now)
    stage.save(force_insert=True)
    seat = StageSeat(
        id=new_id(),
        organization_id=stage.organization_id,
        request_id=request_id,
        stage=stage,
        membership=member,
        requester_id=way.request.requester_id,
        content_hash=way.request.content_hash,
        slots=[_SLOT],
        label="Added approver",
        why=f"{actor.label} asks you to agree, too: “{reason}”",
        told=f"{actor.label} asked for their agreement, too: “{reason}”",
        asked_at=now,
        origin=StageSeat.Origin.ADDED,
    )
    seat.save(force_insert=True)
    tell(
        way.request,
        RequestEvent.Kind.ADDED,
        stage=stage,
        by=actor.id,
        about=member_id,
        text=reason,
        now=now,
    )
    record_action(
        actor,
        AuditAction.APPROVER_ADDED,
        way.request,
        {"person": name_of(member), "membership_id": member_id, "stage": stage.name},
        reason=reason,
        now=now,
    )
    ask(way.request, [Asked(seat, name_of(member), member.user.email)], now=now)
    return stage


def _refuse_to_add(way: Way, member: Membership | None) -> None:
    if member is None:
        raise DomainError("Choose somebody of this organization.", field="member")
    name = name_of(member)
    if not is_active(member):
        raise DomainError(f"{name} has no access at present. Choose somebody else.", field="member")
    if member.id == way.request.requester_id:
        raise DomainError(
            f"{name} has asked for this, and nobody decides on their own request.", field="member"
        )
    if member.id in way.barred:
        raise DomainError(f"{name} has rejected what is appealed here.", field="member")
    for one in way.stages:
        is_removed = one.stage.status == Stage.Status.REMOVED
        if not is_removed and any(seat.membership_id == member.id for seat in one.seats):
            when = "later" if one.stage.status == Stage.Status.WAITING else "already"
            raise DomainError(f"{name} is asked {when}, in “{one.stage.name}”.", field="member")


def _stage(actor: Actor, added_by: UUID, way: Way, reason: str, now: datetime) -> Stage:
    request = way.request
    numbers = Stage.objects.filter(request_id=request.id).aggregate(last=Max("number"))
    return Stage(
        id=new_id(),
        organization_id=request.organization_id,
        request_id=request.id,
        number=(numbers["last"] or 0) + 1,
        step=None,
        added_by_id=added_by,
        wave=way.ahead[0].stage.wave,
        name=f"Added by {actor.label}"[:200],
        mode=Mode.ALL.value,
        because=f"{actor.label} asked for it: “{reason}”",
        status=Stage.Status.OPEN,
        opened_at=now,
        due_at=due_for(request.organization_id, now),
    )
