"""What an approver is told of the orders before: suppliers, prices, orders like it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from approvals import services as approvals
from approvals.background import Background, PaidBefore, PricePast
from approvals.models import StageSeat
from procurement.orders import selectors, services
from procurement.orders.history.replaying import Replay, Target, replay
from procurement.orders.history.survey import Options
from procurement.orders.models import PurchaseOrderLine, Requisition
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market
from tests.orders.history.files import silent, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    return make_market()


def submitted(market: Market, *lines: tuple[str, int]) -> Requisition:
    cart = market.cart(*lines)
    services.submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
    cart.refresh_from_db()
    return cart


def decided(market: Market, order: Requisition, choice: str, comment: str = "") -> None:
    seat = StageSeat.objects.get(request__subject_id=order.id)
    approvals.decide(
        actor=market.actor("Bob"),
        seat_id=seat.id,
        choice=choice,
        comment=comment,
        content_hash=seat.content_hash,
        channel="APP",
        now=NOW,
    )


def look(order: Requisition, days: int = 1) -> Background:
    return selectors.background_of(order.id, now=NOW + timedelta(days=days))


def test_a_supplier_that_nobody_has_bought_from_is_new(market: Market) -> None:
    with market.scope():
        found = look(submitted(market, ("drill", 2)))
    (supplier,) = found.suppliers
    assert (supplier.supplier, supplier.orders, supplier.is_new) == ("Halden Tools", 0, True)
    assert (found.prices, found.similar) == ((), ())


def test_what_was_placed_before_counts_by_supplier_and_by_price(market: Market) -> None:
    with market.scope():
        decided(market, submitted(market, ("drill", 2)), "APPROVE")
        # What was paid then is what was paid, whatever the catalog asks now.
        PurchaseOrderLine.objects.update(unit_price=Decimal("150.00"))
        found = look(submitted(market, ("drill", 1)))
    (supplier,) = found.suppliers
    assert (supplier.orders, supplier.total) == (1, Decimal("320.00"))
    assert (supplier.own_orders, supplier.own_total) == (1, Decimal("320.00"))
    assert supplier.last_on == NOW.date()
    (price,) = found.prices
    assert (price.name, price.unit_price) == ("Cordless drill 18 V", Decimal("160.00"))
    assert price.paid == (PaidBefore(NOW.date(), Decimal(2), Decimal("150.00")),)
    assert price.change == "6.7% more than last time"


def test_the_organizations_own_orders_count_and_those_of_the_past_imported(
    market: Market, tmp_path: Path
) -> None:
    past = (
        "Order No,Posted,Department,Cost Centre,Supplier,Purpose,Amount\n"
        "A-1,2026-11-02,Engineering,,HALDEN TOOLS,Drill,80.00\n"
        "A-2,2024-11-02,Engineering,,HALDEN TOOLS,Drill,90.00\n"
    )
    task = Replay(
        write(tmp_path, past), Target(slug=market.organization.slug), Options(), False, None
    )
    replay(task, now=NOW, steps=silent)
    with market.scope():
        (supplier,) = look(submitted(market, ("drill", 2))).suppliers
    assert (supplier.orders, supplier.total, supplier.own_orders) == (1, Decimal("80.00"), 0)


def test_similar_orders_say_what_they_share_and_what_became_of_them(market: Market) -> None:
    with market.scope():
        decided(market, submitted(market, ("drill", 2)), "REJECT", "Take the ones in the depot.")
        submitted(market, ("tablet", 1), ("glasses", 1))
        found = look(submitted(market, ("drill", 1)))
    same_item, same_category = found.similar
    assert same_item.alike == "The same item and the same requester"
    assert (same_item.outcome, same_item.kind) == ("Rejected", "stop")
    assert same_item.said == "Take the ones in the depot."
    assert same_category.alike == "The same category and the same requester"
    assert (same_category.title, same_category.outcome) == (
        "Rugged tablet and one more",
        "Waiting for approval",
    )


def test_what_is_long_ago_is_not_similar_any_more(market: Market) -> None:
    with market.scope():
        decided(market, submitted(market, ("drill", 2)), "APPROVE")
        order = submitted(market, ("drill", 1))
        assert len(look(order).similar) == 1
        assert look(order, days=91).similar == ()


def test_the_background_takes_three_statements(
    market: Market, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with market.scope():
        order = submitted(market, ("drill", 2), ("glasses", 1))
        with django_assert_num_queries(3):
            look(order)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("100", "the same as last time"),
        ("80", "25.0% more than last time"),
        ("125", "20.0% less than last time"),
        ("0", ""),
    ],
)
def test_a_price_says_how_far_it_is_from_the_last(before: str, words: str) -> None:
    paid = (PaidBefore(NOW.date(), Decimal(1), Decimal(before)),)
    assert PricePast("Drill", Decimal(100), paid).change == words
    assert not PricePast("Drill", Decimal(100), ()).change
