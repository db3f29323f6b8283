"""Orders that wait for a budget, and the queue in which they do."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from budgets import services as budgets
from budgets.models import Budget, BudgetIncrease
from procurement.audit.models import AuditEvent
from procurement.orders import services
from procurement.orders.models import Requisition
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market


def waiting(market: Market, *lines: tuple[str, int], since: datetime = NOW) -> Requisition:
    cart = market.cart(*lines)
    return services.wait_for_room(actor=market.actor("Alice"), requisition_id=cart.id, now=since)


def proceed(market: Market, now: datetime = NOW) -> list[str]:
    """Look at the whole queue, as the task does transaction by transaction."""
    proceeded: list[str] = []
    after: tuple[datetime, UUID] | None = None
    for _ in range(20):
        looked = services.proceed_waiting(actor=system(market.organization), after=after, now=now)
        proceeded += looked.proceeded
        if looked.is_done:
            return proceeded
        numbers = [*looked.proceeded, *looked.back]
        last = Requisition.objects.get(number=numbers[0])
        begun = AuditEvent.objects.filter(subject_id=last.id, action="requisition.waits").latest(
            "at"
        )
        after = begun.at, last.id
    raise AssertionError("The queue has no end.")


def raise_cap(market: Market, to: str, now: datetime = NOW) -> None:
    budget = Budget.objects.get(group=market.groups["Facilities"])
    budgets.change_cap(
        actor=market.actor("Dana"),
        budget_id=budget.id,
        cap=Decimal(to),
        reason="More is needed",
        now=now,
    )


def status_of(order: Requisition) -> str:
    order.refresh_from_db()
    return order.status


def asked_for(market: Market, *lines: tuple[str, int]) -> tuple[Requisition, BudgetIncrease]:
    order = market.cart(*lines)
    (increase,) = services.ask_for_room(
        actor=market.actor("Alice"),
        requisition_id=order.id,
        reason="The depot reopens.",
        now=NOW,
    )
    return order, increase
