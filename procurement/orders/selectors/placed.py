"""Orders after they have left the cart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Window

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.permissions import Permission
from approvals import selectors as approvals
from catalogs import selectors as catalogs
from catalogs.guidance import Outcome, Ruleset
from catalogs.selectors import Offer
from procurement.core.errors import NotFound
from procurement.orders.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    RejectedLine,
    Requisition,
    RequisitionLine,
)

_DEVIATING = frozenset({Outcome.RESTRICTED.value, Outcome.BLOCKED.value})


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """How a list of orders is narrowed; empty values narrow nothing.

    ``guidance`` keeps orders with a line of which guided buying said that when it was submitted:
    BLOCKED are the exceptions that were asked for.
    """

    status: str = ""
    query: str = ""
    group_id: UUID | None = None
    guidance: str = ""


def looked_after_by(actor: MemberActor) -> Q:
    """Return the condition that keeps an actor's own orders and those they look after."""
    return Q(requester_id=actor.membership_id) | Q(owner_id=actor.membership_id)


def own_orders(actor: MemberActor) -> QuerySet[Requisition]:
    """Return the actor's own orders and those they look after, the last touched first."""
    return (
        Requisition.objects.filter(looked_after_by(actor))
        .select_related("group", "requester__user")
        .order_by("-touched_at", "-id")
    )


def visible_orders(
    actor: MemberActor, filters: OrderFilters | None = None
) -> QuerySet[Requisition]:
    """Return the orders that an actor may see, their own and their groups', newest first.

    Other people's drafts stay theirs, also those that were given up before anybody was asked. What
    waits for budget is seen before it is submitted.
    """
    filters = filters or OrderFilters()
    mine = looked_after_by(actor)
    of_my_groups = (
        accounts.within(actor, Permission.VIEW_ORDERS, "group__")
        & (Q(submitted_at__isnull=False) | Q(status=Requisition.Status.WAITING))
        & ~Q(status=Requisition.Status.DRAFT)
    )
    found = Requisition.objects.filter(mine | of_my_groups)
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.group_id:
        found = found.filter(group__path__contains=[filters.group_id])
    if filters.guidance:
        deviating = RequisitionLine.objects.filter(
            requisition=OuterRef("pk"), guidance=filters.guidance
        )
        found = found.filter(Exists(deviating))
    if filters.query:
        line = RequisitionLine.objects.filter(
            requisition=OuterRef("pk"), title__icontains=filters.query
        )
        found = found.filter(Q(number__icontains=filters.query) | Exists(line))
    return found.select_related("group", "requester__user").order_by("-touched_at", "-id")


@dataclass(frozen=True, slots=True)
class OrderOutline:
    """What is on an order in a few words: its first line, how many there are, what they cost.

    ``exceptions`` and ``restricted`` count the lines that guided buying blocked or restricted.
    """

    first_title: str
    lines: int
    amount: Decimal
    exceptions: int = 0
    restricted: int = 0


def outlines_of(requisitions: Iterable[Requisition]) -> dict[UUID, OrderOutline]:
    """Return the outline of each order that has lines, by its id. One SQL query."""
    by_order = [F("requisition_id")]
    rows = (
        RequisitionLine.objects.filter(requisition__in=[one.id for one in requisitions])
        .annotate(
            count=Window(Count("id"), partition_by=by_order),
            sum=Window(Sum("amount"), partition_by=by_order),
            exceptions=Window(Count("id", filter=Q(guidance="BLOCKED")), partition_by=by_order),
            restricted=Window(Count("id", filter=Q(guidance="RESTRICTED")), partition_by=by_order),
        )
        .order_by("requisition_id", "position")
        .distinct("requisition_id")
        .values_list("requisition_id", "title", "count", "sum", "exceptions", "restricted")
    )
    return {row[0]: OrderOutline(*row[1:]) for row in rows}


def requisition_for(actor: MemberActor, requisition_id: UUID) -> Requisition:
    """Return an order that the actor may see: their own, of their groups, or theirs to decide.

    At most two SQL queries; raises `NotFound`.
    """
    found = (
        Requisition.objects.filter(id=requisition_id)
        .select_related("group", "requester__user", "owner__user")
        .first()
    )
    if found is not None and _may_see(actor, found):
        return found
    raise NotFound("There is no such order, or it is not yours to see.")


def own_order_for(actor: MemberActor, requisition_id: UUID) -> Requisition:
    """Return an order of the actor's own, or that they look after. One query; `NotFound`."""
    found = own_orders(actor).filter(id=requisition_id).first()
    if found is None:
        raise NotFound("There is no such order of yours.")
    return found


def _may_see(actor: MemberActor, requisition: Requisition) -> bool:
    if actor.membership_id in (requisition.requester_id, requisition.owner_id):
        return True
    if requisition.submitted_at is None and requisition.status != Requisition.Status.WAITING:
        return False
    return actor.can(Permission.VIEW_ORDERS, requisition.group.path) or approvals.is_seated_on(
        actor, requisition.id
    )


def lines_of(requisition: Requisition) -> list[RequisitionLine]:
    """Return the lines of an order in their order. One SQL query."""
    return list(
        RequisitionLine.objects.filter(requisition=requisition)
        .select_related("supplier", "category")
        .order_by("position")
    )


def preferred_instead(
    requisition: Requisition, lines: Sequence[RequisitionLine], *, on: date
) -> dict[UUID, Offer]:
    """Return, by line, the preferred item that is suggested for what deviates, where there is one.

    Three SQL queries, none where guided buying had nothing against any line. The group of the order
    was read along.
    """
    deviating = [line for line in lines if line.guidance in _DEVIATING]
    if not deviating:
        return {}
    path = requisition.group.path
    rules = Ruleset(catalogs.rules_for(path, on), path)
    offers = catalogs.alternatives_to([line.item_id for line in deviating], rules)
    return {
        line.id: offer
        for line in deviating
        if (offer := offers.get(line.item_id)) and offer.card.currency == requisition.currency
    }


def rejected_lines_of(requisition: Requisition) -> list[RejectedLine]:
    """Return the lines that approvers took out of an order, in its order. One SQL query."""
    return list(
        RejectedLine.objects.filter(requisition=requisition)
        .select_related("supplier", "rejected_by__user")
        .order_by("position", "rejected_at")
    )


def purchase_orders_of(requisition: Requisition) -> list[PurchaseOrder]:
    """Return the purchase orders that an order became, by number. One SQL query."""
    return list(
        PurchaseOrder.objects.filter(requisition=requisition)
        .select_related("supplier")
        .order_by("number")
    )


def purchase_order_for(actor: MemberActor, purchase_order_id: UUID) -> PurchaseOrder:
    """Return a purchase order whose requisition the actor may see; raises `NotFound`."""
    found = (
        PurchaseOrder.objects.filter(id=purchase_order_id)
        .select_related(
            "supplier",
            "group",
            "requester__user",
            "requisition__group",
            "requisition__owner__user",
        )
        .first()
    )
    if found is None or not _may_see(actor, found.requisition):
        raise NotFound("There is no such purchase order, or it is not yours to see.")
    return found


def purchase_order_lines(purchase_order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """Return the lines of a purchase order in their order. One SQL query."""
    return list(
        PurchaseOrderLine.objects.filter(purchase_order=purchase_order).order_by("position")
    )
