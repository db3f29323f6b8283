"""Orders that wait for budget: from the cart into the queue, and back when their requester likes.

While an order waits its content is fixed and it holds nothing. How it goes on is
`procurement.orders.services.proceeding`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import MemberActor
from accounts.permissions import Permission, require
from budgets.models import BudgetIncrease
from budgets.movements import Document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.locking import lock
from procurement.orders.assessment import SUBJECT_KIND, Assessment
from procurement.orders.judging import judge
from procurement.orders.models import Requisition
from procurement.orders.selectors import load_draft, looked_after_by, surroundings_of
from procurement.orders.selectors.drafts import LoadedDraft
from procurement.orders.services.increasing import Wish, ask_for, check_wishes, withdraw_wishes

_Status = Requisition.Status


@transaction.atomic
def ask_for_room(
    *,
    actor: MemberActor,
    requisition_id: UUID,
    wishes: Sequence[Wish] = (),
    reason: str,
    now: datetime,
) -> list[BudgetIncrease]:
    """Ask for an increase of every budget that stops an order, and have the order wait for them.

    ``wishes`` say for how much; what is missing is asked for where they are silent. An order that
    waits already keeps its place. Raises `NotFound` for somebody else's order, `Conflict` where
    there is room by now or the order has left the cart, and `DomainError` where something else
    stands in its way, an amount is too small (``amount-<budget>``) or the reason is missing.
    """
    loaded, assessment = _judged(actor, requisition_id, now)
    if not reason.strip():
        raise DomainError("Say what the money is needed for.", field="reason")
    asked = check_wishes(wishes, assessment)
    order = _wait(actor, loaded, assessment, reason.strip(), now)
    return ask_for(
        asked,
        actor=actor,
        document=Document(SUBJECT_KIND, order.id, order.number, assessment.charged_on),
        reason=reason.strip(),
        now=now,
    )


@transaction.atomic
def wait_for_room(*, actor: MemberActor, requisition_id: UUID, now: datetime) -> Requisition:
    """Have an order wait until the budgets that stop it have the room, at the latest as they renew.

    An order that waits already is left as it is. Raises as `ask_for_room` does.
    """
    loaded, assessment = _judged(actor, requisition_id, now)
    return _wait(actor, loaded, assessment, "", now)


@transaction.atomic
def stop_waiting(
    *, actor: MemberActor, requisition_id: UUID, reason: str = "", now: datetime
) -> Requisition:
    """Take an order that waits for budget back into the cart; what was asked for it is withdrawn.

    Whoever looks after it for somebody who has left asks in their own name from then on. Raises
    `NotFound` for somebody else's order, `Conflict` for one that does not wait for budget.
    """
    (order,) = lock(_own(actor, requisition_id)) or (None,)
    if order is None:
        raise NotFound("There is no such order of yours.")
    if order.status != _Status.WAITING:
        raise Conflict("This order does not wait for budget any more.")
    order.requester_id, order.owner = actor.membership_id, None
    back_to_cart(actor=actor, order=order, reason=reason, now=now)
    return order


def back_to_cart(
    *,
    actor: Actor,
    order: Requisition,
    reason: str,
    lacks_increase: bool = False,
    now: datetime,
) -> None:
    """End the wait of a locked order; part of the services that do, whoever wants it.

    ``lacks_increase`` says that it ends since what was asked for it was refused.
    """
    withdraw_wishes(actor=actor, requisition_id=order.id, reason=reason, now=now)
    waited_since = order.waiting_since
    order.status = _Status.DRAFT
    order.waiting_since = order.charged_on = None
    order.explanation = []
    order.touched_at = now
    order.save(
        update_fields=[
            "status",
            "requester",
            "owner",
            "waiting_since",
            "charged_on",
            "explanation",
            "touched_at",
        ]
    )
    record(
        actor=actor,
        action=AuditAction.REQUISITION_WAIT_ENDED,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"status": _Status.WAITING, "waiting_since": waited_since},
        after={"status": order.status, "lacks_increase": lacks_increase},
        reason=reason,
        now=now,
    )


def _judged(
    actor: MemberActor, requisition_id: UUID, now: datetime
) -> tuple[LoadedDraft, Assessment]:
    """Lock an order and judge it: budgets have to stand in its way, and nothing else."""
    loaded = load_draft(requisition_id, for_update=True)
    draft = loaded.draft
    if not _own(actor, requisition_id).exists():
        raise NotFound("There is no such order of yours.")
    if loaded.status not in (_Status.DRAFT, _Status.WAITING):
        raise Conflict("This order has left the cart. Only what has not been asked for can wait.")
    require(actor, Permission.PLACE_ORDERS, draft.group_path)
    on = local_date(now, loaded.time_zone)
    around = surroundings_of(actor, draft, on=on, time_zone=loaded.time_zone, now=now)
    assessment = judge(draft, around)
    others = [one.sentence for one in assessment.refusals if one.code != "BUDGET"]
    if others:
        raise DomainError(" ".join(["Something else comes first.", *others]))
    if not assessment.blocked:
        raise Conflict("There is room for it by now. Submit it.")
    return loaded, assessment


def _wait(
    actor: MemberActor, loaded: LoadedDraft, assessment: Assessment, reason: str, now: datetime
) -> Requisition:
    (order,) = Requisition.objects.filter(id=loaded.draft.id)
    order.charged_on = assessment.charged_on
    if loaded.status == _Status.WAITING:
        order.save(update_fields=["charged_on"])
        return order
    order.status = _Status.WAITING
    order.waiting_since = order.touched_at = now
    order.total = assessment.total
    order.content_hash = loaded.draft.content_hash()
    order.explanation = []
    order.save(
        update_fields=[
            "status",
            "waiting_since",
            "touched_at",
            "total",
            "content_hash",
            "charged_on",
            "explanation",
        ]
    )
    record(
        actor=actor,
        action=AuditAction.REQUISITION_WAITS,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"status": loaded.status},
        after={
            "status": order.status,
            "total": order.total,
            "currency": order.currency,
            "content_hash": order.content_hash,
            "budgets": [
                {
                    "budget_id": one.budget_id,
                    "title": one.title,
                    "period": one.period,
                    "missing": one.missing,
                    "renews_on": one.renews_on,
                }
                for one in assessment.blocked
            ],
        },
        reason=reason,
        now=now,
    )
    return order


def _own(actor: MemberActor, requisition_id: UUID) -> QuerySet[Requisition]:
    return Requisition.objects.filter(looked_after_by(actor), id=requisition_id)
