"""More time to decide."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.permissions import Permission
from approvals.models import RequestEvent, Stage
from approvals.services.acting import lock_stage, record_action, refuse_unless_open, said
from approvals.services.story import tell
from approvals.services.way import StageOnWay, Way
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotAllowed


@transaction.atomic
def extend_due(
    *, actor: Actor, stage_id: UUID, due_at: datetime, reason: str, now: datetime
) -> Stage:
    """Move the due time of an open stage to a later one; people are reminded anew before it.

    Whoever is asked there may, and administrators. Raises `NotFound`, `NotAllowed`, `Conflict`
    where it is not open or its clock stands still, and `DomainError` without a reason or for a
    time that is no later, or beyond the end of the request.
    """
    way, on_way = lock_stage(stage_id)
    stage = on_way.stage
    _refuse(actor, way, on_way)
    reason = said(reason, field="reason", otherwise="Say why it takes longer.")
    _refuse_time(way, stage, due_at, now)
    was = stage.due_at
    stage.due_at, stage.reminded_at = due_at, None
    stage.save(update_fields=["due_at", "reminded_at"])
    tell(way.request, RequestEvent.Kind.EXTENDED, stage=stage, by=actor.id, text=reason, now=now)
    record_action(
        actor,
        AuditAction.APPROVAL_EXTENDED,
        way.request,
        {"stage": stage.name, "due_at": due_at},
        before={"due_at": was},
        reason=reason,
        now=now,
    )
    return stage


def _refuse(actor: Actor, way: Way, on_way: StageOnWay) -> None:
    is_asked = any(seat.is_open and seat.membership_id == actor.id for seat in on_way.seats)
    if not is_asked and not actor.can(Permission.MANAGE_POLICIES, way.request.group.path):
        raise NotAllowed("Only who is asked here can take more time, or an administrator.")
    refuse_unless_open(way, on_way)
    if on_way.stage.minutes_left is not None:
        raise Conflict("The clock stands still until the question is answered.")


def _refuse_time(way: Way, stage: Stage, due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise DomainError("Choose a time to come.", field="due_at")
    if stage.due_at is not None and due_at <= stage.due_at:
        raise DomainError("Choose a later time than the present one.", field="due_at")
    ends = way.request.expires_at
    if ends is not None and due_at > ends:
        raise DomainError(
            "The request expires before that. Choose an earlier time.", field="due_at"
        )
