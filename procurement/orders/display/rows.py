"""Orders as lists show them: a line each, with a title and an amount."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from procurement.orders.display.words import title_of
from procurement.orders.models import Requisition
from procurement.orders.selectors.placed import OrderOutline


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order of a list; ``amount`` is in the order's currency.

    ``guidance`` is BLOCKED where an exception is asked for, else RESTRICTED or empty.
    """

    order: Requisition
    title: str
    amount: Decimal
    guidance: str = ""


def order_rows(
    orders: Iterable[Requisition], outlines: Mapping[UUID, OrderOutline]
) -> list[OrderRow]:
    """Return orders with their titles; a draft's amount is what its lines come to now."""
    return [_row(order, outlines.get(order.id)) for order in orders]


def _row(order: Requisition, outline: OrderOutline | None) -> OrderRow:
    if outline is None:
        return OrderRow(order, "Empty cart", order.total)
    is_draft = order.status == Requisition.Status.DRAFT
    return OrderRow(
        order,
        title_of([outline.first_title], outline.lines),
        outline.amount if is_draft else order.total,
        "BLOCKED" if outline.exceptions else "RESTRICTED" if outline.restricted else "",
    )
