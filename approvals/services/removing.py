"""Taking off again whom somebody had asked beside those of policy."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts.notifying import Notice, NotificationEvent
from accounts.permissions import Permission, require
from accounts.selectors import members_by_id, organization_by_id
from accounts.services import notify
from approvals.models import ApprovalRequest, RequestEvent, Stage, StageSeat
from approvals.models.request import is_active
from approvals.routing.words import enumerated
from approvals.services.acting import lock_stage, record_action, refuse_unless_open, said
from approvals.services.notices import thread_of
from approvals.services.settling import carry_on
from approvals.services.story import tell
from approvals.services.way import StageOnWay, Way, close_stage, name_of
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import DomainError


@transaction.atomic
def remove_approver(*, actor: Actor, stage_id: UUID, reason: str, now: datetime) -> ApprovalRequest:
    """Take off an approver whom somebody had added; when all others have agreed, that is enough.

    For administrators alone. What policy or an appeal asks for stays. Raises `NotFound`,
    `NotAllowed`, `DomainError` without a reason or for a stage that nobody added, and `Conflict`
    where it has been decided.
    """
    way, on_way = lock_stage(stage_id)
    require(actor, Permission.MANAGE_POLICIES, way.request.group)
    if not is_added(on_way):
        raise DomainError("This stage has to be passed: only what somebody added can be taken off.")
    refuse_unless_open(way, on_way)
    reason = said(reason, field="reason", otherwise="Say why their agreement is not needed.")
    take_off(actor, way, on_way, reason, now=now)
    carry_on(actor, way, "", now=now)
    return way.request


def is_added(on_way: StageOnWay) -> bool:
    """Tell whether somebody added a stage, so that policy misses nothing without it."""
    return on_way.stage.step is None and any(
        seat.origin == StageSeat.Origin.ADDED for seat in (*on_way.seats, *on_way.vacated)
    )


def take_off(actor: Actor, way: Way, on_way: StageOnWay, reason: str, *, now: datetime) -> None:
    """Remove an added stage of a locked request, and tell who had added it.

    The caller has found that it may be removed, and carries on. Eight SQL statements.
    """
    request, stage = way.request, on_way.stage
    close_stage(on_way, Stage.Status.REMOVED, now=now)
    people = [name_of(seat.membership) for seat in on_way.seats]
    tell(
        request,
        RequestEvent.Kind.REMOVED,
        stage=stage,
        by=actor.id,
        about=on_way.seats[0].membership_id,
        text=reason,
        now=now,
    )
    record_action(
        actor,
        AuditAction.APPROVER_REMOVED,
        request,
        {"person": enumerated(people, "and"), "stage": stage.name},
        reason=reason,
        now=now,
    )
    assert stage.added_by_id is not None
    adder = members_by_id([stage.added_by_id])[stage.added_by_id]
    if not is_active(adder) or adder.id == actor.id:
        return
    path = reverse(
        "approvals:request",
        kwargs={
            "organization_slug": organization_by_id(request.organization_id).slug,
            "request_id": request.id,
        },
    )
    person = enumerated(people, "and")
    notice = Notice(
        event=NotificationEvent.ORDER_DECIDED,
        key=f"approver_removed:{stage.id}",
        membership_id=adder.id,
        email=adder.user.email,
        template="approver_removed",
        title=f"{person} is not asked any more",
        body=f"You had asked {person} to agree to {request.subject_label}, too.",
        path=path,
        context={
            "organization": request.summary["organization_name"],
            "name": name_of(adder),
            "summary": request.summary,
            "person": person,
            "reason": reason,
            "path": path,
        },
        thread=thread_of(request),
    )
    notify(organization_id=request.organization_id, notices=[notice], now=now)
