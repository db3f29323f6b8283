"""Giving an order up for good."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import MemberActor
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.errors import Conflict, NotFound
from procurement.core.locking import lock
from procurement.orders import selectors
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import Requisition
from procurement.orders.services.cart import stop_asking
from procurement.orders.services.increasing import withdraw_wishes

_WHY_NOT = {
    Requisition.Status.PLACED: "This order has been placed; what suppliers were sent stands.",
    Requisition.Status.CANCELLED: "This order has been cancelled already.",
}


@transaction.atomic
def cancel_requisition(
    *, actor: MemberActor, requisition_id: UUID, reason: str = "", now: datetime
) -> Requisition:
    """Give an order up for good, wherever it stands before it is placed.

    Where it waits for approval, nobody is asked any more and its budget reservation is released;
    where it waits for budget, the increases that were asked for it are withdrawn. It
    stays readable, and a new cart can be filled from it. Raises `NotFound` for somebody else's,
    `Conflict` for one that is placed or cancelled, or while somebody decides it.
    """
    own = Requisition.objects.filter(selectors.looked_after_by(actor), id=requisition_id)
    (order,) = lock(own) or (None,)
    if order is None:
        raise NotFound("There is no such order of yours.")
    before = Requisition.Status(order.status)
    if before in _WHY_NOT:
        raise Conflict(_WHY_NOT[before])
    if before is Requisition.Status.PENDING:
        stop_asking(actor=actor, order=order, reason=reason, now=now)
    if before is Requisition.Status.WAITING:
        withdraw_wishes(actor=actor, requisition_id=order.id, reason=reason, now=now)
        order.waiting_since = None
    order.status = Requisition.Status.CANCELLED
    order.closed_at = order.touched_at = now
    order.save(update_fields=["status", "waiting_since", "closed_at", "touched_at"])
    record(
        actor=actor,
        action=AuditAction.REQUISITION_CANCELLED,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"status": before},
        after={"status": order.status},
        reason=reason,
        now=now,
    )
    return order
