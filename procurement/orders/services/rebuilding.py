"""A new start from an order that was asked for before: the whole of it, or one line otherwise."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.permissions import Permission
from catalogs import selectors as catalogs
from catalogs.selectors import ItemCard
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.locking import lock
from procurement.core.money import format_money, quantize
from procurement.orders import selectors
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import Requisition, RequisitionLine
from procurement.orders.services.cart import open_cart, reopen


@dataclass(frozen=True, slots=True)
class Repriced:
    """A line whose price is another one by now; both in ``currency``."""

    title: str
    was: Decimal
    becomes: Decimal
    currency: str

    @property
    def sentence(self) -> str:
        """Say it."""
        return (
            f"{self.title} costs {format_money(self.becomes, self.currency)} now; it was "
            f"{format_money(self.was, self.currency)}."
        )


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A cart that was filled from an order, and in what it differs from it.

    ``missing`` are the titles of what is not offered any more. ``other_group`` names the group that
    the cart buys for, where it cannot be the order's.
    """

    cart: Requisition
    missing: tuple[str, ...]
    repriced: tuple[Repriced, ...]
    other_group: str


@transaction.atomic
def rebuild_cart(*, actor: MemberActor, requisition_id: UUID, now: datetime) -> Rebuilt:
    """Fill a new cart from an order of the actor's own, with what is offered and costs today.

    The order stays as it is. The cart buys for the same group where the actor still may, else for
    the one they usually buy for. Raises `NotFound`, `Conflict` for what is in the cart already, and
    `DomainError` where nothing of it is offered any more.
    """
    order = _own_order(actor, requisition_id)
    if order.status == Requisition.Status.DRAFT:
        raise Conflict("This order is in your cart already.")
    lines = selectors.lines_of(order)
    cards = catalogs.items_by_id(line.item_id for line in lines)
    # A price in another currency could not be ordered either.
    offered = [
        line
        for line in lines
        if cards[line.item_id].is_offered and cards[line.item_id].currency == order.currency
    ]
    if not offered:
        raise DomainError("Nothing on this order is offered any more. Search the catalog instead.")
    cart = open_cart(actor, _group_to_buy_for(actor, order, now), now)
    cart.note = order.note
    cart.save(update_fields=["note"])
    RequisitionLine.objects.bulk_create(
        _copied(cart, place, line, cards[line.item_id]) for place, line in enumerate(offered, 1)
    )
    rebuilt = Rebuilt(
        cart=cart,
        missing=tuple(line.title for line in lines if line not in offered),
        repriced=tuple(
            Repriced(line.title, line.unit_price, cards[line.item_id].price, order.currency)
            for line in offered
            if line.unit_price != cards[line.item_id].price
        ),
        other_group=cart.group.name if cart.group_id != order.group_id else "",
    )
    _record_rebuilt(actor, order, rebuilt, now)
    return rebuilt


@transaction.atomic
def take_preferred(
    *, actor: MemberActor, requisition_id: UUID, line_id: UUID, item_id: UUID, now: datetime
) -> RequisitionLine:
    """Have a line ask for the preferred item that was suggested, as many of it.

    An order that has ended without being placed goes back into the cart with it. ``item_id`` is
    what was shown: raises `Conflict` where something else, or nothing, is preferred by now. What
    was written to justify the former item goes with it.
    """
    order = _own_order(actor, requisition_id)
    if order.status == Requisition.Status.PENDING:
        raise Conflict("This order waits for approval. Edit it to change its lines.")
    if order.status == Requisition.Status.WAITING:
        raise Conflict("This order waits for budget. Edit it to change its lines.")
    if order.status != Requisition.Status.DRAFT:
        order = reopen(actor=actor, requisition_id=order.id, now=now)
    line = RequisitionLine.objects.filter(id=line_id, requisition=order).first()
    if line is None:
        raise NotFound("This line is not on the order any more.")
    instead = _preferred_now(actor, order, line, now)
    if instead is None or instead.item_id != item_id:
        raise Conflict("Something else is preferred by now. Look at the line again.")
    former = line.title
    twin = RequisitionLine.objects.filter(requisition=order, item_id=item_id).first()
    if twin is not None:
        # One line for each item: what is there already becomes more.
        twin.quantity += line.quantity
        twin.amount = quantize(twin.quantity * twin.unit_price, order.currency)
        twin.save(update_fields=["quantity", "amount"])
        line.delete()
        line = twin
    else:
        _fill(line, instead)
        line.justification = ""
        line.save()
    order.touched_at = now
    order.save(update_fields=["touched_at"])
    record(
        actor=actor,
        action=AuditAction.REQUISITION_LINE_REPLACED,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        before={"item": former},
        after={"item": instead.title, "item_id": instead.item_id, "quantity": line.quantity},
        now=now,
    )
    return line


def _own_order(actor: MemberActor, requisition_id: UUID) -> Requisition:
    own = Requisition.objects.filter(selectors.looked_after_by(actor), id=requisition_id)
    (order,) = lock(own.select_related("group")) or (None,)
    if order is None:
        raise NotFound("There is no such order of yours.")
    return order


def _group_to_buy_for(actor: MemberActor, order: Requisition, now: datetime) -> UUID | None:
    """Return the order's group while the actor may buy for it, or None for their usual one."""
    organization = accounts.organization_by_id(actor.organization_id)
    is_open = order.group.is_open_on(local_date(now, organization.time_zone))
    may_buy = actor.can(Permission.PLACE_ORDERS, order.group.path)
    return order.group_id if is_open and may_buy else None


def _copied(
    cart: Requisition, place: int, line: RequisitionLine, card: ItemCard
) -> RequisitionLine:
    copied = RequisitionLine(
        organization_id=cart.organization_id,
        requisition=cart,
        position=place,
        quantity=line.quantity,
        justification=line.justification,
    )
    _fill(copied, card)
    return copied


def _fill(line: RequisitionLine, card: ItemCard) -> None:
    """Have a line ask for an item as it is offered today; its quantity and reason stay."""
    line.item_id = card.item_id
    line.supplier_id = card.supplier_id
    line.category_id = card.category_id
    line.title = card.title
    line.sku = card.sku
    line.unit = card.unit
    line.unit_price = card.price
    line.amount = quantize(line.quantity * card.price, card.currency)
    line.guidance = line.guidance_sentence = ""


def _preferred_now(
    actor: MemberActor, order: Requisition, line: RequisitionLine, now: datetime
) -> ItemCard | None:
    organization = accounts.organization_by_id(actor.organization_id)
    on = local_date(now, organization.time_zone)
    offer = selectors.preferred_instead(order, [line], on=on).get(line.id)
    return offer.card if offer else None


def _record_rebuilt(
    actor: MemberActor, order: Requisition, rebuilt: Rebuilt, now: datetime
) -> None:
    record(
        actor=actor,
        action=AuditAction.REQUISITION_REBUILT,
        subject_type=SUBJECT_KIND,
        subject_id=order.id,
        subject_label=order.number,
        group_id=order.group_id,
        after={
            "cart_id": rebuilt.cart.id,
            "cart": rebuilt.cart.number,
            "missing": list(rebuilt.missing),
            "repriced": [one.sentence for one in rebuilt.repriced],
        },
        now=now,
    )
