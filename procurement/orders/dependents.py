"""What follows for orders when the tree changes, or their people."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from typing_extensions import override

from accounts import selectors as accounts
from accounts.dependents import Dependent
from accounts.effects import (
    Effect,
    EffectKind,
    GroupChange,
    GroupChangeKind,
    MemberChange,
    MemberChangeKind,
)
from budgets import services as budgets
from budgets.movements import Document
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.locking import lock
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import ImportedOrder, Requisition
from procurement.orders.selectors import charges_of
from procurement.orders.services import hand_over_orders

# No budget period is longer: what was charged before holds nothing on one that still runs.
LONGEST_PERIOD = timedelta(days=366)


class Orders(Dependent):
    """Orders stay with their group; what they have set aside follows it to other budgets."""

    @override
    def follow_group_change(
        self, *, actor: Actor, change: GroupChange, now: datetime
    ) -> Sequence[Effect]:
        """Shift what open orders of the groups hold to the budgets that cover them now.

        Carts of a group that was merged are for the one that took it over from now on; carts of an
        archived one stay, and say that it is closed.
        """
        paths = {place.id: place.after for place in change.places if place.before != place.after}
        closed = [place.id for place in change.places if place.was_active and not place.is_active]
        carts = _carts(actor, change, closed, now) if closed else []
        return (*carts, *_shifted(actor, paths, now)) if paths else carts

    @override
    def follow_member_change(
        self, *, actor: Actor, change: MemberChange, now: datetime
    ) -> Sequence[Effect]:
        """Hand open orders of somebody who loses access over to their successor, if there is one.

        Carts become the successor's own. What waits for approval stays asked in the name of whoever
        asked; the successor looks after it. Two SQL queries, and two statements for each order.
        """
        if change.kind is not MemberChangeKind.SUSPEND:
            return ()
        return hand_over_orders(actor, change, now)

    @override
    def keeps_money(self) -> bool:
        """Tell whether an order has been started or imported. Two SQL queries."""
        return Requisition.objects.exists() or ImportedOrder.objects.exists()


def _carts(
    actor: Actor, change: GroupChange, closed: Sequence[UUID], now: datetime
) -> list[Effect]:
    """Have the carts of closed groups follow where there is somewhere to go; name each."""
    carts = lock(
        Requisition.objects.filter(
            group_id__in=closed,
            status__in=[Requisition.Status.DRAFT, Requisition.Status.WAITING],
        ).select_related("requester__user", "group")
    )
    is_merge = change.kind is GroupChangeKind.MERGE and change.target_id is not None
    if is_merge:
        Requisition.objects.filter(id__in=[cart.id for cart in carts]).update(
            group_id=change.target_id, touched_at=now
        )
    for cart in carts if is_merge else ():
        record(
            actor=actor,
            action=AuditAction.REQUISITION_REGROUPED,
            subject_type=SUBJECT_KIND,
            subject_id=cart.id,
            subject_label=cart.number,
            group_id=change.target_id,
            before={"group": cart.group.name},
            after={"group": change.target_name},
            now=now,
        )
    return [
        Effect(
            EffectKind.ORDER_HANDED_OVER,
            cart.id,
            cart.number,
            f"{_called(cart)} {_then(cart, change.target_name if is_merge else '')}.",
            group_id=cart.group_id,
        )
        for cart in carts
    ]


def _called(order: Requisition) -> str:
    noun = "order" if order.status == Requisition.Status.WAITING else "cart"
    return f"The {noun} {order.number} of {order.requester.user.name} for {order.group.name}"


def _then(order: Requisition, target_name: str) -> str:
    """Say what becomes of a cart, or of an order that waits for budget, whose group closes."""
    if target_name:
        return f"is for {target_name} from now on"
    if order.status == Requisition.Status.WAITING:
        return "goes back into the cart, where another group has to be chosen"
    return "cannot be submitted any more until another group is chosen in it"


def _shifted(actor: Actor, paths: dict[UUID, tuple[UUID, ...]], now: datetime) -> Sequence[Effect]:
    organization = accounts.organization_by_id(actor.organization_id)
    today = local_date(now, organization.time_zone)
    open_orders = lock(
        Requisition.objects.filter(
            group_id__in=paths,
            status__in=[Requisition.Status.PENDING, Requisition.Status.PLACED],
        )
        .exclude(charged_on__lt=today - LONGEST_PERIOD)
        .exclude(charged_on__isnull=True, submitted_at__lt=now - LONGEST_PERIOD)
    )
    charges = charges_of([order.id for order in open_orders])
    return budgets.shift(
        actor=actor,
        relocations=[
            budgets.Relocation(
                document=Document(
                    SUBJECT_KIND, order.id, order.number, _day(order, organization.time_zone)
                ),
                path=paths[order.group_id],
                requester_id=order.requester_id,
                charges=charges[order.id],
                is_placed=order.status == Requisition.Status.PLACED,
            )
            for order in open_orders
        ],
        today=today,
        now=now,
    )


def _day(order: Requisition, time_zone: str) -> date:
    """Return the day that its budgets were found by: that of its submit, unless another was set."""
    assert order.submitted_at is not None
    return order.charged_on or local_date(order.submitted_at, time_zone)
