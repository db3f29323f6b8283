"""A company that can buy: policy, budgets and a catalog around the cast, made through services."""

from decimal import Decimal
from uuid import UUID

from approvals import services as approvals
from approvals.routing import ApproverKind, ApproverSpec, Mode, PolicyDocument, StageSpec, Tier
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from catalogs.guidance import Effect
from catalogs.models import CatalogItem
from catalogs.services import upsert_supplier
from procurement.orders import services
from procurement.orders.models import Requisition
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.catalogs import make_category, make_item, make_rule, make_supplier
from tests.factories.remembering import remembered


def a_stage(name: str, kind: ApproverKind, value: str, label: str) -> StageSpec:
    """Return a stage that one seat or role decides."""
    return StageSpec(name, Mode.ANY, (ApproverSpec(kind, value, label),))


SUPERVISOR = a_stage("Supervisor", ApproverKind.POSITION, "supervisor", "Supervisor")
TYPICAL = PolicyDocument(
    currency="USD",
    tiers=(
        Tier(Decimal("100.00"), ()),
        Tier(Decimal("1000.00"), (SUPERVISOR,)),
        Tier(
            None,
            (
                a_stage("Director", ApproverKind.POSITION, "director", "Director"),
                a_stage("Finance", ApproverKind.ROLE, "FINANCE", "Finance"),
            ),
        ),
    ),
    restricted=(SUPERVISOR,),
    exception=(SUPERVISOR,),
)


class Market(Company):
    """A company with a catalog; ``items`` by a short name."""

    items: dict[str, CatalogItem]

    def cart(
        self,
        *lines: tuple[str, int],
        by: str = "Alice",
        justification: str = "",
        group_id: UUID | None = None,
    ) -> Requisition:
        """Fill a new cart with quantities of items; needs the company's scope."""
        actor = self.actor(by)
        cart: Requisition | None = None
        for name, quantity in lines:
            cart = services.add_to_cart(
                actor=actor,
                item_id=self.items[name].id,
                quantity=Decimal(quantity),
                group_id=group_id,
                now=NOW,
            )
        assert cart is not None
        for line in cart.lines.all() if justification else ():
            services.change_line(actor=actor, line_id=line.id, justification=justification, now=NOW)
        return cart


@remembered
def make_market(
    name: str = "Northwind Works", *, cap: str = "100000.00", document: PolicyDocument = TYPICAL
) -> Market:
    """Open a company whose Facilities may use ``cap`` a quarter; call it outside a scope.

    Items: glasses ($20, preferred), drill ($160), torque ($100, restricted), tablet ($1,360),
    consumer ($329, blocked with exceptions), radio ($50, blocked without).
    """
    company = make_company(name)
    market = Market(company.organization, company.root, company.groups, company.people)
    actor = system(market.organization)
    with market.scope():
        halden = upsert_supplier(
            actor=actor, name="Halden Tools", contact_email="orders@halden.example", now=NOW
        )
        kestrel = make_supplier(market, "Kestrel IT")
        tools = make_category(market, "27111700", "Wrenches and drivers")
        tablets = make_category(market, "43211509", "Tablets")
        market.items = {
            "glasses": make_item(
                market, "Safety glasses", supplier=halden, category=tools, price="20.00"
            ),
            "drill": make_item(
                market, "Cordless drill 18 V", supplier=halden, category=tools, price="160.00"
            ),
            "torque": make_item(
                market, "Torque screwdriver", supplier=halden, category=tools, price="100.00"
            ),
            "tablet": make_item(
                market, "Rugged tablet", supplier=kestrel, category=tablets, price="1360.00"
            ),
            "consumer": make_item(
                market, "Consumer tablet", supplier=kestrel, category=tablets, price="329.00"
            ),
            "radio": make_item(
                market, "Two-way radio", supplier=kestrel, category=tablets, price="50.00"
            ),
        }
        make_rule(market, Effect.PREFER, market.items["glasses"])
        make_rule(market, Effect.RESTRICT, market.items["torque"])
        make_rule(market, Effect.BLOCK, market.items["consumer"], exception_allowed=True)
        make_rule(market, Effect.BLOCK, market.items["radio"])
        approvals.publish_policy(
            actor=actor,
            group=market.root,
            name="Purchases",
            document=document,
            reason="A typical start",
            accepted="Engineering has no supervisor yet.",
            now=NOW,
        )
        budgets.set_budget(
            actor=actor,
            group=market.groups["Facilities"],
            kind=PeriodKind.QUARTER,
            cap=Decimal(cap),
            now=NOW,
        )
        budgets.set_budget(
            actor=actor,
            group=market.root,
            kind=PeriodKind.YEAR,
            cap=Decimal("10000000.00"),
            now=NOW,
        )
    return market
