"""Orders of people who have left: who takes their carts, and who looks after what waits."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.effects import Effect, EffectKind, MemberChange
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.locking import lock
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import Requisition

_DRAFT = Requisition.Status.DRAFT
# Asked for in the name of whoever left; somebody else looks after it from then on.
_ON_ITS_WAY = {
    Requisition.Status.WAITING.value: "waits for budget",
    Requisition.Status.PENDING.value: "waits for approval",
}


def hand_over_orders(actor: Actor, change: MemberChange, now: datetime) -> list[Effect]:
    """Hand the open orders of a member over to their successor; say where each goes, or stays."""
    theirs = Q(requester_id=change.membership_id) | Q(owner_id=change.membership_id)
    effects = []
    for order in lock(Requisition.objects.filter(theirs, status__in=[_DRAFT, *_ON_ITS_WAY])):
        if order.status in _ON_ITS_WAY and order.owner_id not in (None, change.membership_id):
            continue
        if change.successor_id is not None:
            _give(actor, order, change.successor_id, change.successor_name, change.name, now)
        effects.append(_told(order, change))
    return effects


def _give(
    actor: Actor, order: Requisition, successor_id: UUID, name: str, former: str, now: datetime
) -> None:
    if order.status == _DRAFT:
        order.requester_id, order.owner_id = successor_id, None
    else:
        order.owner_id = successor_id if successor_id != order.requester_id else None
    order.save(update_fields=["requester", "owner"])
    record(
        actor=actor,
        action=AuditAction.REQUISITION_HANDED_OVER,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"owner": former},
        after={"owner": name, "owner_id": successor_id, "status": order.status},
        reason=f"{former} has no access any more.",
        now=now,
    )


def _told(order: Requisition, change: MemberChange) -> Effect:
    if order.status == _DRAFT:
        sentence = (
            f"The cart {order.number} becomes {change.successor_name}’s."
            if change.successor_id
            else f"Nobody can submit the cart {order.number} any more; name who takes it over."
        )
    else:
        waits = _ON_ITS_WAY[order.status]
        sentence = (
            f"{change.successor_name} looks after {order.number}, which {waits}."
            if change.successor_id
            else f"Nobody looks after {order.number}, which {waits}; name who does."
        )
    return Effect(
        EffectKind.ORDER_HANDED_OVER, order.id, order.number, sentence, group_id=order.group_id
    )
