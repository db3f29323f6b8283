"""A whole small company at work, for tests that follow an order from door to door.

Northwind Works has Facilities with Field Service and Workplace in it, the cast in their seats, a
policy of three tiers, budgets on every level, suppliers and a catalog in which one search word
finds a preferred, a restricted and a blocked item. All made through the product's own services.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from accounts import services as accounts
from accounts.models import Organization, Role
from approvals import services as approvals
from approvals.routing import ApproverKind, ApproverSpec, Mode, PolicyDocument, StageSpec, Tier
from budgets import services as budgets
from budgets.charges import Charge
from budgets.fiscal import PeriodKind
from budgets.movements import Document
from catalogs import services as catalogs
from catalogs.guidance import Effect
from catalogs.models import CatalogItem, Category, Supplier
from procurement.core.clock import local_date
from procurement.orders import services as orders
from procurement.orders.assessment import SUBJECT_KIND
from procurement.orders.models import Requisition
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_company,
    make_member,
    seat,
    system,
)
from tests.factories.remembering import remembered

LONG_AGO = date(2020, 1, 1)

SUPERVISOR = ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor")
DIRECTOR = ApproverSpec(ApproverKind.POSITION, "director", "Director")
FINANCE = ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance")

POLICY = PolicyDocument(
    currency="USD",
    tiers=(
        Tier(Decimal("100.00"), ()),
        Tier(Decimal("1000.00"), (StageSpec("Supervisor", Mode.ALL, (SUPERVISOR,)),)),
        Tier(None, (StageSpec("Director and finance", Mode.ALL, (DIRECTOR, FINANCE)),)),
    ),
    restricted=(StageSpec("Supervisor", Mode.ALL, (SUPERVISOR,)),),
    exception=(StageSpec("Director", Mode.ALL, (DIRECTOR,)),),
)

BUDGETS = {
    "Field Service": "16000.00",
    "Workplace": "500.00",
    "Facilities": "60000.00",
    "Northwind Works": "640000.00",
}

JUSTIFICATION = "The old rig broke in October and nothing preferred drills 120 mm."


@dataclass
class World:
    """The company, its catalog, and the services bound to its clock (``now``)."""

    company: Company
    now: datetime
    suppliers: dict[str, Supplier] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    items: dict[str, CatalogItem] = field(default_factory=dict)

    @property
    def organization(self) -> Organization:
        """Return the tenant."""
        return self.company.organization

    @property
    def slug(self) -> str:
        """Return the organization's address."""
        return self.company.organization.slug

    def email(self, name: str) -> str:
        """Return the address somebody of the cast signs in with and is written to."""
        return self.company.people[name].user.email

    def add(self, item: str, quantity: int | str = 1, *, by: str = "Alice") -> Requisition:
        """Put an item into somebody's cart."""
        return orders.add_to_cart(
            actor=self.company.actor(by),
            item_id=self.items[item].id,
            quantity=Decimal(quantity),
            now=self.now,
        )

    def justify(self, requisition: Requisition, item: str, text: str = JUSTIFICATION) -> None:
        """Say why a line of the cart is needed."""
        line = requisition.lines.get(item_id=self.items[item].id)
        orders.change_line(
            actor=actor_of(requisition.requester), line_id=line.id, justification=text, now=self.now
        )

    def submit(self, requisition: Requisition) -> orders.SubmitVerdict:
        """Submit an order as its requester."""
        return orders.submit_requisition(
            actor=actor_of(requisition.requester), requisition_id=requisition.id, now=self.now
        )

    def order(self, *lines: tuple[str, int], by: str = "Alice") -> UUID:
        """Fill a cart with lines, submit it and return its id; everything in it is justified."""
        for item, quantity in lines:
            cart = self.add(item, quantity, by=by)
        for item, _ in lines:
            if item in ("restricted", "exception"):
                self.justify(cart, item)
        verdict = self.submit(cart)
        assert verdict.outcome in ("SUBMITTED", "PLACED"), verdict
        return cart.id

    def decide(
        self, requisition_id: UUID, by: str, *, choice: str = "APPROVE", comment: str = ""
    ) -> approvals.Verdict:
        """Have somebody decide on an order where they are asked."""
        member = self.company.people[by]
        open_seat = (
            member.approval_seats.filter(
                request__subject_id=requisition_id, asked_at__isnull=False, closed_at__isnull=True
            )
            .select_related("request")
            .get()
        )
        return approvals.decide(
            actor=actor_of(member),
            seat_id=open_seat.id,
            choice=choice,
            comment=comment,
            content_hash=open_seat.request.content_hash,
            channel="APP",
            now=self.now,
        )


def make_world(name: str = "Northwind Works", *, now: datetime = NOW) -> World:
    """Open the company; call it outside a scope. ``now`` is when everything comes into force."""
    return _usual(name) if now == NOW else _opened(name, now)


@remembered
def _usual(name: str) -> World:
    return _opened(name, NOW)


def _opened(name: str, now: datetime) -> World:
    company = make_company(name)
    world = World(company, now)
    with company.scope():
        _staff(company)
        _catalog(world)
        _rules(world)
        _policy_and_budgets(world)
    return world


def keep_busy(world: World) -> None:
    """Put Frank's orders of the last weeks onto the budgets; needs the company's scope.

    Of Field Service's $16,000.00 are then $2,560.00 spent, $1,620.00 committed, $8,130.00 reserved.
    """
    company, now = world.company, world.now
    company.people["Frank"] = make_member(
        company.organization, company.groups["Field Service"], "Frank Fitter", Role.REQUISITIONER
    )
    placed = world.order(("kit", 12), ("glasses", 10), by="Frank")
    for name in ("Erin", "Dana"):
        world.decide(placed, name)
    order = Requisition.objects.get(id=placed)
    budgets.spend(
        actor=system(company.organization),
        document=Document(
            SUBJECT_KIND, placed, order.number, local_date(now, company.organization.time_zone)
        ),
        charges=[Charge(Decimal("2560.00"))],
        reference="HT-88213",
        now=now,
    )
    for lines in ((("kit", 20),), (("kit", 3),), (("bits", 20),), (("glasses", 5),)):
        world.order(*lines, by="Frank")


def make_neighbour(name: str = "Other Tenant") -> Company:
    """Open another tenant, with Charlie in it; call it outside a scope."""
    company = make_company(name)
    with company.scope():
        company.people["Charlie"] = make_member(
            company.organization, company.root, "Charlie Outsider", Role.ADMINISTRATOR
        )
    return company


def _staff(company: Company) -> None:
    """Give Alice a second group to buy for, and Workplace a supervisor of its own."""
    organization, workplace = company.organization, company.groups["Workplace"]
    accounts.grant_role(
        actor=system(organization),
        membership=company.people["Alice"],
        group=workplace,
        role=Role.REQUISITIONER,
        now=NOW,
    )
    wendy = make_member(organization, workplace, "Wendy Supervisor")
    company.people["Wendy"] = wendy
    seat(organization, "supervisor", workplace, wendy)


def _catalog(world: World) -> None:
    keeper, now = system(world.company.organization), world.now
    for name in ("Halden Tools", "Orrin Precision", "Tideway Direct"):
        world.suppliers[name] = catalogs.upsert_supplier(
            actor=keeper,
            name=name,
            contact_email=f"orders@{name.split()[0].lower()}.example",
            now=now,
        )
    for key, code, title in (
        ("drills", "27112700", "Power tools"),
        ("rigs", "CORE-DRILLS", "Core drilling"),
        ("safety", "46181500", "Safety apparel"),
    ):
        catalogs.ensure_categories(actor=keeper, names={code: title}, now=now)
        world.categories[key] = Category.objects.get(code=code)
    for key, supplier, category, sku, title, price in (
        ("kit", "Halden Tools", "drills", "HT-1820", "Cordless drill kit 18 V", "320.00"),
        ("bits", "Halden Tools", "drills", "HT-0419", "Drill bits, set of 19", "30.00"),
        ("glasses", "Orrin Precision", "safety", "OP-12", "Safety glasses, box of 12", "34.00"),
        ("restricted", "Orrin Precision", "rigs", "OP-77", "Core drill rig 2.4 kW", "450.00"),
        ("blocked", "Tideway Direct", "drills", "TD-1064", "Drill without a CE mark", "89.00"),
        ("exception", "Tideway Direct", "drills", "TD-2001", "Petrol drill for ice", "240.00"),
    ):
        world.items[key] = catalogs.upsert_item(
            actor=keeper,
            supplier=world.suppliers[supplier],
            category=world.categories[category],
            sku=sku,
            title=title,
            price=Decimal(price),
            currency="USD",
            lead_days=3,
            now=now,
        )


def _rules(world: World) -> None:
    company = world.company
    facilities = company.groups["Facilities"]
    for effect, target, group, reason, exception_allowed in (
        (
            Effect.PREFER,
            world.suppliers["Halden Tools"],
            facilities,
            "One battery for all tools, repaired on site",
            False,
        ),
        (
            Effect.RESTRICT,
            world.categories["rigs"],
            facilities,
            "Core drilling needs a trained operator",
            False,
        ),
        (
            Effect.BLOCK,
            world.items["blocked"],
            company.root,
            "Tools without a CE mark are not insured",
            False,
        ),
        (
            Effect.BLOCK,
            world.items["exception"],
            company.root,
            "Petrol engines are being phased out",
            True,
        ),
    ):
        catalogs.set_buying_rule(
            actor=system(company.organization),
            group=group,
            effect=effect,
            target=target,
            reason=reason,
            exception_allowed=exception_allowed,
            valid_from=LONG_AGO,
            now=world.now,
        )


def _policy_and_budgets(world: World) -> None:
    company, now = world.company, world.now
    approvals.publish_policy(
        actor=system(company.organization),
        group=company.root,
        name="Northwind purchases",
        document=POLICY,
        reason="First rules",
        accepted="Engineering has no supervisor yet.",
        now=now,
    )
    for group in (company.root, *company.groups.values()):
        if group.name in BUDGETS or group == company.root:
            budgets.set_budget(
                actor=system(company.organization),
                group=group,
                kind=PeriodKind.QUARTER,
                cap=Decimal(BUDGETS.get(group.name, BUDGETS["Northwind Works"])),
                now=now,
            )
