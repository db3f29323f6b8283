"""Filling the cart, and taking an order back into it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from approvals import services as approvals
from budgets import services as budgets
from budgets.movements import Document
from catalogs import selectors as catalogs
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.locking import lock
from procurement.core.money import quantize
from procurement.orders import selectors
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.charging import why_not_wanted
from procurement.orders.models import Requisition, RequisitionLine
from procurement.orders.services.numbering import take_numbers
from procurement.orders.services.waiting import stop_waiting

LARGEST_QUANTITY = Decimal(100_000)
# Ended without being placed, and not given up: can be edited and submitted again.
REOPENABLE = frozenset(
    {Requisition.Status.REJECTED, Requisition.Status.WITHDRAWN, Requisition.Status.EXPIRED}
)


@transaction.atomic
def add_to_cart(
    *,
    actor: MemberActor,
    item_id: UUID,
    quantity: Decimal,
    group_id: UUID | None = None,
    now: datetime,
) -> Requisition:
    """Put a quantity of an item into the actor's cart, which is opened when there is none.

    The same item twice adds up in one line. ``group_id`` is the group to buy for when a new cart is
    opened; by default the actor's home group if they may buy for it. Raises `DomainError`.
    """
    _check_quantity(quantity)
    item = catalogs.items_by_id([item_id]).get(item_id)
    if item is None or not item.is_offered:
        raise DomainError("This item is not offered any more.", field="item_id")
    cart = selectors.cart_of(actor) or open_cart(actor, group_id, now)
    (cart,) = lock(Requisition.objects.filter(id=cart.id))
    _check_is_draft(cart)
    line = RequisitionLine.objects.filter(requisition=cart, item_id=item_id).first()
    if line is None:
        last = RequisitionLine.objects.filter(requisition=cart).aggregate(last=Max("position"))
        line = RequisitionLine(
            organization_id=actor.organization_id,
            requisition=cart,
            position=(last["last"] or 0) + 1,
            item_id=item.item_id,
            supplier_id=item.supplier_id,
            category_id=item.category_id,
            title=item.title,
            sku=item.sku,
            unit=item.unit,
            quantity=Decimal(0),
            unit_price=item.price,
        )
    line.quantity += quantity
    line.amount = quantize(line.quantity * line.unit_price, item.currency)
    line.save()
    _touch(cart, now)
    return cart


@transaction.atomic
def change_line(
    *,
    actor: MemberActor,
    line_id: UUID,
    quantity: Decimal | None = None,
    justification: str | None = None,
    now: datetime,
) -> RequisitionLine:
    """Change a line's quantity or its justification; None leaves a value as it is."""
    line = selectors.line_of_cart(actor, line_id)
    (cart,) = lock(Requisition.objects.filter(id=line.requisition_id))
    _check_is_draft(cart)
    if quantity is not None:
        _check_quantity(quantity)
        line.quantity = quantity
        line.amount = quantize(quantity * line.unit_price, cart.currency)
    if justification is not None:
        line.justification = justification.strip()
    line.save(update_fields=["quantity", "amount", "justification"])
    _touch(cart, now)
    return line


@transaction.atomic
def remove_line(*, actor: MemberActor, line_id: UUID, now: datetime) -> None:
    """Take a line out of the cart."""
    line = selectors.line_of_cart(actor, line_id)
    (cart,) = lock(Requisition.objects.filter(id=line.requisition_id))
    _check_is_draft(cart)
    line.delete()
    _touch(cart, now)


@transaction.atomic
def change_cart(
    *,
    actor: MemberActor,
    requisition_id: UUID,
    group_id: UUID,
    note: str,
    wanted_on: date | None,
    now: datetime,
) -> Requisition:
    """Choose the group to buy for, say when it is wanted and write the note to the approvers.

    ``wanted_on`` is a day of the organization, today or one of the 18 months ahead; None for any. A
    day that was said before may have passed by now, and stays. Raises `DomainError`.
    """
    group = _named_group(actor, group_id)
    (cart,) = lock(_own(actor, requisition_id)) or (None,)
    if cart is None:
        raise NotFound("There is no such cart of yours.")
    _check_is_draft(cart)
    if wanted_on is not None and wanted_on != cart.wanted_on:
        _check_wanted(actor, wanted_on, now)
    cart.group = group
    cart.note = note.strip()
    cart.wanted_on = wanted_on
    cart.touched_at = now
    cart.save(update_fields=["group", "note", "wanted_on", "touched_at"])
    return cart


@transaction.atomic
def reopen(*, actor: MemberActor, requisition_id: UUID, now: datetime) -> Requisition:
    """Take an order that waits, or ended without being placed, back into the cart to be edited.

    Of one that waits, nobody is asked any more, and what it reserved is given back. What was
    decided on it stays on record, and counts for other content as far as policy lets it. Whoever
    looks after it for somebody who has left asks in their own name from then on. Raises `Conflict`
    while somebody decides it, and for one that is placed or given up.
    """
    (order,) = lock(_own(actor, requisition_id)) or (None,)
    if order is None:
        raise NotFound("There is no such order of yours.")
    if order.status == Requisition.Status.DRAFT:
        _touch(order, now)
        return order
    if order.status == Requisition.Status.PENDING:
        approvals.supersede_request(
            actor=actor,
            subject_kind=SUBJECT_KIND,
            subject_id=order.id,
            reason="It is being changed.",
            now=now,
        )
        _release(actor, order, now)
    elif order.status == Requisition.Status.WAITING:
        return stop_waiting(actor=actor, requisition_id=requisition_id, now=now)
    elif order.status not in REOPENABLE:
        raise Conflict("An order that was placed or given up cannot be edited any more.")
    before = order.status
    order.status = Requisition.Status.DRAFT
    order.requester_id, order.owner = actor.membership_id, None
    order.revision += 1
    order.closed_at = None
    order.touched_at = now
    order.save(
        update_fields=["status", "requester", "owner", "revision", "closed_at", "touched_at"]
    )
    record(
        actor=actor,
        action=AuditAction.REQUISITION_REOPENED,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"status": before},
        after={"status": order.status, "revision": order.revision},
        now=now,
    )
    return order


@transaction.atomic
def withdraw(
    *, actor: MemberActor, requisition_id: UUID, reason: str = "", now: datetime
) -> Requisition:
    """Take back an order that still waits for approval; its budget reservation is released."""
    (order,) = lock(_own(actor, requisition_id)) or (None,)
    if order is None:
        raise NotFound("There is no such order of yours.")
    if order.status != Requisition.Status.PENDING:
        raise Conflict("This order does not wait for approval any more.")
    stop_asking(actor=actor, order=order, reason=reason, now=now)
    order.status = Requisition.Status.WITHDRAWN
    order.closed_at = now
    order.touched_at = now
    order.save(update_fields=["status", "closed_at", "touched_at"])
    record(
        actor=actor,
        action=AuditAction.REQUISITION_WITHDRAWN,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"status": Requisition.Status.PENDING},
        after={"status": order.status},
        reason=reason,
        now=now,
    )
    return order


def stop_asking(*, actor: MemberActor, order: Requisition, reason: str, now: datetime) -> None:
    """Take back what a locked, pending order asks of people, and what it holds on its budgets.

    The caller gives it its next status. Raises `Conflict` while somebody decides it.
    """
    approvals.withdraw_request(
        actor=actor,
        subject_kind=SUBJECT_KIND,
        subject_id=order.id,
        looked_after_by=order.owner_id,
        reason=reason,
        now=now,
    )
    _release(actor, order, now)


def _release(actor: MemberActor, order: Requisition, now: datetime) -> None:
    """Give back what an order holds on its budgets."""
    organization = accounts.organization_by_id(actor.organization_id)
    on = local_date(now, organization.time_zone)
    budgets.release(
        actor=actor, document=Document(SUBJECT_KIND, order.id, order.number, on), now=now
    )


def open_cart(actor: MemberActor, group_id: UUID | None, now: datetime) -> Requisition:
    """Open a new cart for a group, or for the one that the actor usually buys for.

    Part of a service that fills it.
    """
    organization = accounts.organization_by_id(actor.organization_id)
    group = _buying_group(actor, group_id, local_date(now, organization.time_zone))
    (number,) = take_numbers(organization_id=actor.organization_id, kind="R", count=1, now=now)
    cart = Requisition.objects.create(
        organization_id=actor.organization_id,
        number=number,
        group=group,
        requester_id=actor.membership_id,
        currency=organization.currency,
        created_at=now,
        touched_at=now,
    )
    record(
        actor=actor,
        action=AuditAction.REQUISITION_STARTED,
        subject_type=SUBJECT_KIND,
        subject_id=cart.id,
        subject_label=number,
        group_id=group.id,
        now=now,
    )
    return cart


def _named_group(actor: MemberActor, group_id: UUID) -> OrgGroup:
    group = accounts.group_for(actor, group_id, Permission.PLACE_ORDERS)
    require(actor, Permission.PLACE_ORDERS, group)
    return group


def _buying_group(actor: MemberActor, group_id: UUID | None, on: date) -> OrgGroup:
    """Return the group to buy for: the one named, else the home group, else the first open one."""
    if group_id is not None:
        return _named_group(actor, group_id)
    groups = selectors.buying_groups(actor, on=on)
    if not groups:
        if actor.can_anywhere(Permission.PLACE_ORDERS):
            raise DomainError(
                "No group that you buy for is open today. Ask an administrator for another one, or "
                "to change the days of yours."
            )
        raise DomainError(
            "You may not place orders yet. Ask an administrator for the role Requisitioner."
        )
    return next((group for group in groups if group.id == actor.home_group_id), groups[0])


def _own(actor: MemberActor, requisition_id: UUID) -> QuerySet[Requisition]:
    return Requisition.objects.filter(selectors.looked_after_by(actor), id=requisition_id)


def _check_is_draft(cart: Requisition) -> None:
    if cart.status != Requisition.Status.DRAFT:
        raise Conflict("This order has been submitted; it cannot be changed any more.")


def _check_wanted(actor: MemberActor, wanted_on: date, now: datetime) -> None:
    organization = accounts.organization_by_id(actor.organization_id)
    problem = why_not_wanted(wanted_on, local_date(now, organization.time_zone))
    if problem:
        raise DomainError(problem, field="wanted_on")


def _check_quantity(quantity: Decimal) -> None:
    if not (0 < quantity <= LARGEST_QUANTITY):
        raise DomainError(
            f"Enter a quantity from 1 to {LARGEST_QUANTITY:,}; remove the line to order none.",
            field="quantity",
        )


def _touch(cart: Requisition, now: datetime) -> None:
    cart.touched_at = now
    cart.save(update_fields=["touched_at"])
