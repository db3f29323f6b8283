"""Telling people how orders that wait for budget go on."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from accounts import selectors as accounts
from accounts.notifying import Notice, NotificationEvent
from accounts.services import notify
from procurement.core.money import format_money
from procurement.orders.emails import waiting_context
from procurement.orders.models import Requisition


class News(StrEnum):
    """What there is to tell of an order that waits, or has waited, for budget."""

    SUBMITTED = "SUBMITTED"
    PLACED = "PLACED"
    BACK = "BACK"
    REFUSED = "REFUSED"
    PARTLY = "PARTLY"
    STUCK = "STUCK"


_TITLES = {
    News.SUBMITTED: "has room on its budgets and went on",
    News.PLACED: "had room on its budgets and is placed",
    News.BACK: "is back in your cart",
    News.REFUSED: "is back in your cart: the increase was refused",
    News.PARTLY: "still waits, but an increase for it was refused",
    News.STUCK: "cannot go on by itself",
}
_EVENTS = {
    News.SUBMITTED: NotificationEvent.BUDGET_ROOM,
    News.PLACED: NotificationEvent.BUDGET_ROOM,
}


def tell(
    order: Requisition,
    news: News,
    *,
    since: datetime | None,
    reasons: Sequence[str],
    about: UUID | None = None,
    now: datetime,
) -> None:
    """Tell whoever looks after an order; ``since`` it had waited. Three SQL statements at most.

    Each piece of news is told once for a wait, or once ``about`` each thing it tells of. Nobody is
    told of an order that is stuck while nobody looks after it.
    """
    if news is News.STUCK and order.owner is None:
        return
    person = order.owner or order.requester
    organization = accounts.organization_by_id(order.organization_id)
    context = waiting_context(order, organization, news.value, _TITLES[news], reasons)
    begun = since.isoformat() if since else ""
    told = f"{begun}:{about}" if about else begun
    notice = Notice(
        event=_EVENTS.get(news, NotificationEvent.ORDER_DECIDED),
        key=f"waiting:{news.value.lower()}:{order.id}:{told}:{person.id}",
        membership_id=person.id,
        email=person.user.email,
        template="waiting_order",
        title=f"{order.number} {_TITLES[news]}, {format_money(order.total, order.currency)}",
        body=" ".join(reasons),
        path=context["path"],
        context=context,
        thread=f"{order.id}",
    )
    notify(organization_id=order.organization_id, notices=[notice], now=now)
