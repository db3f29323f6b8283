"""What an order comes to once its approval has been decided: placed, rejected or run out of time.

Part of the transaction of the decision; `procurement.orders.subject` is what calls.
"""

from datetime import datetime
from uuid import UUID

from budgets import services as budgets
from budgets.movements import Document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.draft import Draft
from procurement.orders.models import Requisition
from procurement.orders.selectors import LoadedDraft, load_draft
from procurement.orders.services.placement import place_order


def place_approved(*, actor: Actor, requisition_id: UUID, request_id: UUID, now: datetime) -> None:
    """Place an order of which every stage has passed. Raises `Conflict` where it waits no more."""
    loaded = _pending(requisition_id)
    _record(actor, AuditAction.REQUISITION_APPROVED, loaded.draft, request_id, "", now)
    on = local_date(now, loaded.time_zone)
    place_order(actor=actor, draft=loaded.draft, on=on, now=now)


def stop_rejected(
    *, actor: Actor, requisition_id: UUID, request_id: UUID, comment: str, now: datetime
) -> None:
    """Give back what a rejected order had reserved; its requester can edit and resubmit it.

    Raises `Conflict` where it waits no more.
    """
    draft = _give_up(actor, requisition_id, Requisition.Status.REJECTED, now)
    _record(actor, AuditAction.REQUISITION_REJECTED, draft, request_id, comment, now)


def stop_expired(*, actor: Actor, requisition_id: UUID, request_id: UUID, now: datetime) -> None:
    """Give back what an order had reserved that nobody decided in time; it can be resubmitted.

    Raises `Conflict` where it waits no more.
    """
    draft = _give_up(actor, requisition_id, Requisition.Status.EXPIRED, now)
    _record(actor, AuditAction.REQUISITION_EXPIRED, draft, request_id, "", now)


def _give_up(
    actor: Actor, requisition_id: UUID, status: Requisition.Status, now: datetime
) -> Draft:
    """Close a pending order and give back what it had reserved."""
    loaded = _pending(requisition_id)
    draft = loaded.draft
    on = local_date(now, loaded.time_zone)
    budgets.release(
        actor=actor, document=Document(SUBJECT_KIND, draft.id, draft.number, on), now=now
    )
    Requisition.objects.filter(id=requisition_id).update(
        status=status, closed_at=now, touched_at=now
    )
    return draft


def _pending(requisition_id: UUID) -> LoadedDraft:
    loaded = load_draft(requisition_id, for_update=True)
    if loaded.status != Requisition.Status.PENDING:
        raise Conflict("This order does not wait for approval any more.")
    return loaded


def _record(
    actor: Actor,
    action: AuditAction,
    draft: Draft,
    request_id: UUID,
    reason: str,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type=SUBJECT_KIND,
        subject_id=draft.id,
        subject_label=draft.number,
        group_id=draft.group_id,
        after={"request_id": request_id, "total": draft.total},
        reason=reason,
        now=now,
    )
