"""Orders in a cart, on their way and placed; what the catalog says of them."""

from catalogs.models import BuyingRule, SupplierAlias
from procurement.orders import services
from procurement.orders.models import PurchaseOrder, Requisition
from tests.factories.accounts import NOW
from tests.factories.owners import own, person
from tests.tenancy.world.stage import World


def set_up(world: World) -> None:
    """Have one order placed, one wait for Bob, and one lie in Alice's cart."""
    market = world.market
    _submitted(world, "glasses", 1)
    waiting = _submitted(world, "drill", 4)
    in_cart = market.cart(("glasses", 2))
    item = market.items["glasses"]
    line = {"line": str(waiting.lines.get().id), "item": str(item.id)}
    reason = {"reason": "It is needed on Monday."}
    world.ids |= {
        "number": 1,
        "requisition_id": waiting.id,
        "line_id": in_cart.lines.get().id,
        "purchase_order_id": PurchaseOrder.objects.get().id,
        "item_id": item.id,
        "supplier_id": item.supplier_id,
        "alias_id": SupplierAlias.objects.earliest("id").id,
        "rule_id": BuyingRule.objects.earliest("id").id,
        "owner_id": own(market, person(market.people["Bob"])).id,
    }
    world.forms |= {
        "orders:appeal": reason,
        "orders:answer": {"answer": "By Monday."},
        "orders:take_preferred": line,
        "api:orders:ask-for-room": reason,
        "api:orders:appeal": reason,
        "api:orders:take-preferred": line,
        "api:orders:imagine": {
            "group": str(market.groups["Field Service"].id),
            "lines": [{"amount": "60.00"}],
        },
    }


def _submitted(world: World, item: str, quantity: int) -> Requisition:
    order = world.market.cart((item, quantity))
    services.submit_requisition(actor=world.market.actor("Alice"), requisition_id=order.id, now=NOW)
    return order
