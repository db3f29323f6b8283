"""Giving orders up for good, and orders that nobody decided in time."""

from decimal import Decimal

import pytest

from approvals.models import ApprovalRequest
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, NotFound
from procurement.orders import selectors, services
from procurement.orders.models import PurchaseOrder, Requisition
from procurement.orders.subject import RequisitionHandler
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market
from tests.orders.test_submission import decide, facilities_period, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    return make_market()


def cancel(market: Market, order: Requisition, by: str = "Alice", reason: str = "") -> Requisition:
    return services.cancel_requisition(
        actor=market.actor(by), requisition_id=order.id, reason=reason, now=NOW
    )


def test_a_pending_order_that_is_cancelled_asks_nobody_and_holds_no_budget(market: Market) -> None:
    with market.scope():
        order = market.cart(("drill", 4))
        submit(market, order)
        assert cancel(market, order, reason="The job was called off.").status == "CANCELLED"
        assert ApprovalRequest.objects.get().status == "WITHDRAWN"
        assert facilities_period(market).reserved == Decimal(0)
        event = AuditEvent.objects.get(action="requisition.cancelled")
        assert event.reason == "The job was called off."
        assert (event.before, event.after) == ({"status": "PENDING"}, {"status": "CANCELLED"})


def test_a_cart_that_nobody_was_asked_about_can_be_given_up_and_stays_its_owners(
    market: Market,
) -> None:
    with market.scope():
        cart = market.cart(("drill", 1))
        cancel(market, cart)
        assert selectors.cart_of(market.actor("Alice")) is None
        assert selectors.requisition_for(market.actor("Alice"), cart.id).status == "CANCELLED"
        with pytest.raises(NotFound):
            selectors.requisition_for(market.actor("Dana"), cart.id)
        assert not selectors.visible_orders(market.actor("Dana")).exists()


@pytest.mark.parametrize("ending", ["REJECTED", "WITHDRAWN"])
def test_what_has_ended_without_being_placed_can_be_cancelled_and_then_not_edited(
    market: Market, ending: str
) -> None:
    with market.scope():
        order = market.cart(("drill", 4))
        submit(market, order)
        if ending == "REJECTED":
            decide(market, "Bob", "REJECT", "Not this year.")
        else:
            services.withdraw(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)
        cancel(market, order)
        with pytest.raises(Conflict):
            services.reopen(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)


def test_what_is_placed_or_cancelled_already_cannot_be_cancelled(market: Market) -> None:
    with market.scope():
        placed = market.cart(("glasses", 1))
        submit(market, placed)
        with pytest.raises(Conflict, match="placed"):
            cancel(market, placed)
        cart = market.cart(("drill", 1))
        cancel(market, cart)
        with pytest.raises(Conflict, match="already"):
            cancel(market, cart)
        assert AuditEvent.objects.filter(action="requisition.cancelled").count() == 1


def test_nobody_cancels_somebody_elses_order(market: Market) -> None:
    with market.scope():
        order = market.cart(("drill", 4))
        submit(market, order)
        with pytest.raises(NotFound):
            cancel(market, order, by="Dana")


def test_an_order_that_nobody_decided_in_time_can_be_edited_and_submitted_again(
    market: Market,
) -> None:
    with market.scope():
        order = market.cart(("drill", 4))
        submit(market, order)
        Requisition.objects.filter(id=order.id).update(status="EXPIRED", closed_at=NOW)
        again = services.reopen(actor=market.actor("Alice"), requisition_id=order.id, now=NOW)
        assert (again.status, again.revision) == ("DRAFT", 2)


@pytest.mark.parametrize("status", ["CANCELLED", "EXPIRED", "REJECTED", "WITHDRAWN"])
def test_an_approval_that_comes_after_an_order_has_ended_places_nothing(
    market: Market, status: str
) -> None:
    with market.scope():
        order = market.cart(("drill", 4))
        submit(market, order)
        request = ApprovalRequest.objects.get()
        Requisition.objects.filter(id=order.id).update(status=status, closed_at=NOW)
        with pytest.raises(Conflict, match="does not wait for approval"):
            RequisitionHandler().on_approved(
                actor=market.actor("Bob"), subject_id=order.id, request_id=request.id, now=NOW
            )
        assert not PurchaseOrder.objects.exists()
