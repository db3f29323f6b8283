"""Orders that wait for budget while others look at the same queue, or change their mind."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from budgets import services as budgets
from budgets.models import Budget, LedgerEntry
from procurement.core import tenancy
from procurement.core.errors import DomainError
from procurement.orders import services
from procurement.orders.models import Requisition
from tests.concurrency.test_submits import at_once, period_of
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market, make_market

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.concurrency,
    pytest.mark.database,
]

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def market() -> Market:
    return make_market(cap="100.00")


def waiting(market: Market, number: int) -> list[UUID]:
    """Have orders of one drill each wait, the first for the longest."""
    with market.scope():
        found = []
        for place in range(number):
            cart = market.cart(("drill", 1))
            services.wait_for_room(
                actor=market.actor("Alice"),
                requisition_id=cart.id,
                now=NOW + timedelta(minutes=place),
            )
            found.append(cart.id)
        return found


def raise_cap(market: Market, to: str) -> None:
    with market.scope():
        budgets.change_cap(
            actor=market.actor("Dana"),
            budget_id=Budget.objects.get(group=market.groups["Facilities"]).id,
            cap=Decimal(to),
            reason="More is needed",
            now=NOW,
        )


def sweep(market: Market, _: Any = None) -> tuple[str, ...]:
    with tenancy.scope(market.organization.id):
        looked = services.proceed_waiting(actor=system(market.organization), now=LATER)
    return looked.proceeded


def test_whoever_looks_at_once_submits_each_order_once_and_the_oldest_first(
    market: Market,
) -> None:
    orders = waiting(market, 4)
    raise_cap(market, "400.00")
    # Room for two; eight workers look at the queue together.
    proceeded = at_once(partial(sweep, market), [UUID(int=one) for one in range(8)])
    with market.scope():
        numbers = list(
            Requisition.objects.filter(id__in=orders)
            .order_by("waiting_since", "number")
            .values_list("number", flat=True)
        )
        by_status = dict(Requisition.objects.filter(id__in=orders).values_list("id", "status"))
        assert sorted(number for one in proceeded for number in one) == sorted(numbers)[:2]
        assert [by_status[one] for one in orders] == ["PENDING", "PENDING", "WAITING", "WAITING"]
        assert period_of(market).reserved == Decimal("320.00")
        reserves = LedgerEntry.objects.filter(document_id__in=orders, kind="RESERVE")
        assert Counter(reserves.values_list("document_id", flat=True)) == {
            orders[0]: 2,
            orders[1]: 2,
        }


@pytest.mark.parametrize("_round", range(3))
def test_an_order_that_is_cancelled_as_it_goes_on_ends_one_way_and_holds_nothing_if_cancelled(
    market: Market, _round: int
) -> None:
    (order,) = waiting(market, 1)
    raise_cap(market, "400.00")
    with market.scope():
        alice = market.actor("Alice")

    def go(number: UUID) -> str:
        if number == UUID(int=0):
            sweep(market)
            return "looked"
        with tenancy.scope(market.organization.id):
            try:
                services.cancel_requisition(actor=alice, requisition_id=order, now=LATER)
            except DomainError:
                return "refused"
        return "cancelled"

    at_once(go, [UUID(int=0), UUID(int=1)])
    with market.scope():
        status = Requisition.objects.get(id=order).status
        held = Decimal("160.00") if status == "PENDING" else Decimal(0)
        assert status in ("PENDING", "CANCELLED")
        assert period_of(market).reserved == held
