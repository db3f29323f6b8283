"""Open orders of somebody who leaves: nothing gets stuck on a person."""

import pytest

from accounts import services as accounts
from accounts.effects import EffectKind
from approvals import services as approvals
from approvals.models import StageSeat
from procurement.audit.models import AuditEvent
from procurement.core.errors import NotFound
from procurement.orders import selectors, services
from procurement.orders.models import PurchaseOrder, Requisition
from procurement.outbox.models import OutboxMessage
from tests.factories.accounts import NOW, make_member
from tests.factories.orders import Market, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    market = make_market()
    with market.scope():
        market.people["Pat"] = make_member(
            market.organization, market.groups["Field Service"], "Pat Next", "REQUISITIONER"
        )
    return market


def waiting(market: Market) -> Requisition:
    cart = market.cart(("drill", 4))
    services.submit_requisition(actor=market.actor("Alice"), requisition_id=cart.id, now=NOW)
    return Requisition.objects.get(id=cart.id)


def leave(market: Market, successor: str | None = "Pat") -> None:
    accounts.suspend_member(
        actor=market.actor("Adam"),
        membership=market.people["Alice"],
        successor=market.people[successor] if successor else None,
        reason="Left",
        now=NOW,
    )


def test_carts_become_the_successors_own(market: Market) -> None:
    with market.scope():
        cart = market.cart(("glasses", 1))
        leave(market)
        pat = market.actor("Pat")
        assert selectors.draft_of(pat, cart.id).requester_name == "Pat Next"
        verdict = services.submit_requisition(actor=pat, requisition_id=cart.id, now=NOW)
        assert verdict.outcome is services.SubmitOutcome.PLACED
        event = AuditEvent.objects.get(action="requisition.handed_over")
        assert event.after is not None
        assert (event.before, event.after["owner"]) == ({"owner": "Alice Requester"}, "Pat Next")


def test_what_waits_stays_in_the_name_of_whoever_asked_and_the_successor_looks_after_it(
    market: Market,
) -> None:
    with market.scope():
        order = waiting(market)
        leave(market)
        order.refresh_from_db()
        assert order.requester_id == market.people["Alice"].id
        pat = market.actor("Pat")
        assert [one.id for one in selectors.own_orders(pat)] == [order.id]
        assert selectors.requisition_for(pat, order.id).owner == market.people["Pat"]


def test_the_successor_hears_how_it_ended_and_the_supplier_whom_to_ask(market: Market) -> None:
    with market.scope():
        order = waiting(market)
        leave(market)
        seat = StageSeat.objects.get(request__subject_id=order.id)
        approvals.decide(
            actor=market.actor("Bob"),
            seat_id=seat.id,
            choice="APPROVE",
            comment="",
            content_hash=seat.content_hash,
            channel="APP",
            now=NOW,
        )
        told = OutboxMessage.objects.get(template="decided")
        assert told.recipient == market.people["Pat"].user.email
        sent = OutboxMessage.objects.get(template="purchase_order")
        assert "Questions go to Pat Next" in sent.context["questions"]
        assert PurchaseOrder.objects.get().requester_id == market.people["Alice"].id


def test_the_successor_takes_it_back_and_then_asks_in_their_own_name(market: Market) -> None:
    with market.scope():
        order = waiting(market)
        leave(market)
        pat = market.actor("Pat")
        services.withdraw(actor=pat, requisition_id=order.id, now=NOW)
        reopened = services.reopen(actor=pat, requisition_id=order.id, now=NOW)
        assert (reopened.requester_id, reopened.owner_id) == (market.people["Pat"].id, None)
        services.submit_requisition(actor=pat, requisition_id=order.id, now=NOW)


def test_a_successors_successor_follows(market: Market) -> None:
    with market.scope():
        order = waiting(market)
        leave(market)
        accounts.suspend_member(
            actor=market.actor("Adam"),
            membership=market.people["Pat"],
            successor=market.people["Tom"],
            reason="Left, too",
            now=NOW,
        )
        order.refresh_from_db()
        assert order.owner_id == market.people["Tom"].id


def test_without_a_successor_it_is_said_what_stays_behind(market: Market) -> None:
    with market.scope():
        order, cart = waiting(market), market.cart(("glasses", 1))
        effects = accounts.preview_suspension(
            actor=market.actor("Adam"), membership=market.people["Alice"], now=NOW
        )
        said = {
            effect.sentence for effect in effects if effect.kind is EffectKind.ORDER_HANDED_OVER
        }
        assert said == {
            f"Nobody looks after {order.number}, which waits for approval; name who does.",
            f"Nobody can submit the cart {cart.number} any more; name who takes it over.",
        }
        leave(market, None)
        order.refresh_from_db()
        assert order.owner_id is None


def test_nobody_else_can_take_it_back(market: Market) -> None:
    with market.scope():
        order = waiting(market)
        leave(market)
        with pytest.raises(NotFound):
            services.withdraw(actor=market.actor("Tom"), requisition_id=order.id, now=NOW)
