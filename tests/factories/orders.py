"""A company that can buy: policy, budgets and a catalog around the cast, made through services."""

from decimal import Decimal
from uuid import UUID

from accounts.models import OrgGroup
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
    with market.scope():
        _fill_catalog(market)
        approvals.publish_policy(
            actor=system(market.organization),
            group=market.root,
            name="Purchases",
            document=document,
            reason="A typical start",
            accepted="Engineering has no supervisor yet.",
            now=NOW,
        )
        _cap(market, market.groups["Facilities"], PeriodKind.QUARTER, cap)
        _cap(market, market.root, PeriodKind.YEAR, "10000000.00")
    return market


def _fill_catalog(market: Market) -> None:
    halden = upsert_supplier(
        actor=system(market.organization),
        name="Halden Tools",
        contact_email="orders@halden.example",
        now=NOW,
    )
    kestrel = make_supplier(market, "Kestrel IT")
    tools = make_category(market, "27111700", "Wrenches and drivers")
    tablets = make_category(market, "43211509", "Tablets")
    market.items = {
        name: make_item(market, title, supplier=supplier, category=category, price=price)
        for name, title, supplier, category, price in (
            ("glasses", "Safety glasses", halden, tools, "20.00"),
            ("drill", "Cordless drill 18 V", halden, tools, "160.00"),
            ("torque", "Torque screwdriver", halden, tools, "100.00"),
            ("tablet", "Rugged tablet", kestrel, tablets, "1360.00"),
            ("consumer", "Consumer tablet", kestrel, tablets, "329.00"),
            ("radio", "Two-way radio", kestrel, tablets, "50.00"),
        )
    }
    make_rule(market, Effect.PREFER, market.items["glasses"])
    make_rule(market, Effect.RESTRICT, market.items["torque"])
    make_rule(market, Effect.BLOCK, market.items["consumer"], exception_allowed=True)
    make_rule(market, Effect.BLOCK, market.items["radio"])


def _cap(market: Market, group: OrgGroup, kind: PeriodKind, cap: str) -> None:
    budgets.set_budget(
        actor=system(market.organization), group=group, kind=kind, cap=Decimal(cap), now=NOW
    )
