"""Starting anew from an order: a cart of what it asked for, or the preferred item instead."""

from decimal import Decimal

import pytest

from catalogs.guidance import Effect
from catalogs.models import CatalogItem
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.orders import selectors, services
from procurement.orders.models import Requisition, RequisitionLine
from tests.factories.accounts import NOW
from tests.factories.catalogs import make_rule
from tests.factories.orders import Market, make_market
from tests.orders.test_submission import REASON, decide, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def market() -> Market:
    return make_market()


def rejected(market: Market, *lines: tuple[str, int]) -> Requisition:
    """Return an order of Alice's that Bob has rejected."""
    order = market.cart(*lines, justification=REASON)
    submit(market, order)
    decide(market, "Bob", "REJECT", "There is a preferred one.")
    order.refresh_from_db()
    return order


def rebuild(market: Market, order: Requisition, by: str = "Alice") -> services.Rebuilt:
    return services.rebuild_cart(actor=market.actor(by), requisition_id=order.id, now=NOW)


def take(market: Market, line: RequisitionLine, item: str, by: str = "Alice") -> RequisitionLine:
    return services.take_preferred(
        actor=market.actor(by),
        requisition_id=line.requisition_id,
        line_id=line.id,
        item_id=market.items[item].id,
        now=NOW,
    )


def test_a_new_cart_has_what_is_offered_and_tells_what_is_not_and_what_costs_more(
    market: Market,
) -> None:
    with market.scope():
        order = rejected(market, ("drill", 2), ("torque", 1))
        CatalogItem.objects.filter(id=market.items["drill"].id).update(price=Decimal("170.00"))
        CatalogItem.objects.filter(id=market.items["torque"].id).update(is_active=False)
        rebuilt = rebuild(market, order)
        assert rebuilt.missing == ("Torque screwdriver",)
        (repriced,) = rebuilt.repriced
        assert repriced.sentence == "Cordless drill 18 V costs $170.00 now; it was $160.00."
        draft = selectors.draft_of(market.actor("Alice"))
        assert draft.id == rebuilt.cart.id
        assert draft.id != order.id
        assert [(line.title, line.quantity, line.amount) for line in draft.lines] == [
            ("Cordless drill 18 V", Decimal(2), Decimal("340.00"))
        ]
        order.refresh_from_db()
        assert order.status == "REJECTED"
        event = AuditEvent.objects.get(action="requisition.rebuilt")
        assert event.after is not None
        assert event.after["cart"] == rebuilt.cart.number


def test_a_new_cart_keeps_reasons_and_the_note(market: Market) -> None:
    with market.scope():
        order = rejected(market, ("torque", 3))
        Requisition.objects.filter(id=order.id).update(note="For the depot.")
        rebuild(market, order)
        draft = selectors.draft_of(market.actor("Alice"))
        assert draft.note == "For the depot."
        assert draft.lines[0].justification == REASON


def test_what_was_placed_can_be_ordered_again_and_what_is_in_the_cart_cannot(
    market: Market,
) -> None:
    with market.scope():
        placed = market.cart(("glasses", 2))
        submit(market, placed)
        cart = rebuild(market, placed).cart
        with pytest.raises(Conflict):
            rebuild(market, cart)
        with pytest.raises(NotFound):
            rebuild(market, placed, by="Dana")


def test_where_nothing_is_offered_any_more_no_cart_is_opened(market: Market) -> None:
    with market.scope():
        order = rejected(market, ("drill", 1))
        CatalogItem.objects.update(is_active=False)
        with pytest.raises(DomainError, match="offered"):
            rebuild(market, order)
        assert Requisition.objects.count() == 1


def test_the_preferred_item_takes_the_lines_place_in_the_cart_as_many_of_it(
    market: Market,
) -> None:
    with market.scope():
        order = rejected(market, ("torque", 3))
        line = take(market, order.lines.get(), "glasses")
        order.refresh_from_db()
        assert order.status == "DRAFT"
        assert (line.title, line.quantity, line.amount) == (
            "Safety glasses",
            Decimal(3),
            Decimal("60.00"),
        )
        assert line.justification == ""
        event = AuditEvent.objects.get(action="requisition.line_replaced")
        assert event.before == {"item": "Torque screwdriver"}
        assert submit(market, order).outcome == "PLACED"


def test_what_is_on_the_order_already_becomes_more(market: Market) -> None:
    with market.scope():
        order = rejected(market, ("glasses", 2), ("torque", 3))
        take(market, order.lines.get(title="Torque screwdriver"), "glasses")
        (line,) = order.lines.all()
        assert (line.quantity, line.amount) == (Decimal(5), Decimal("100.00"))


def test_what_is_not_preferred_any_more_is_not_taken(market: Market) -> None:
    with market.scope():
        order = rejected(market, ("torque", 1))
        line = order.lines.get()
        with pytest.raises(Conflict):
            take(market, line, "drill")
        order.refresh_from_db()
        assert order.status == "REJECTED"  # nothing half done
        make_rule(market, Effect.BLOCK, market.items["glasses"])
        with pytest.raises(Conflict):
            take(market, line, "glasses")


def test_nobody_changes_a_line_of_somebody_elses_order_or_of_a_pending_one(
    market: Market,
) -> None:
    with market.scope():
        order = rejected(market, ("torque", 1))
        with pytest.raises(NotFound):
            take(market, order.lines.get(), "glasses", by="Dana")
        again = market.cart(("torque", 1), justification=REASON)
        submit(market, again)
        with pytest.raises(Conflict):
            take(market, again.lines.get(), "glasses")
