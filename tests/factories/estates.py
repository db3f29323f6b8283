"""A company with many teams below one department, each with a budget, and orders for all of them.

Every order counts on the budgets of its team, the team's area, Facilities and the root: four deep,
the upper two shared by everybody.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from accounts import services as accounts
from accounts.actors import MemberActor
from accounts.models import OrgGroup, Role
from accounts.services.placements import keep_group_history
from budgets.fiscal import PeriodKind
from procurement.core.ids import new_id
from procurement.orders.models import Requisition, RequisitionLine
from tests.factories.accounts import NOW, system
from tests.factories.budgets import make_budget
from tests.factories.orders import Market, make_market


@dataclass(frozen=True)
class Estate:
    """The company, its teams, and who orders (Alice) and agrees (Bob) for all of them."""

    market: Market
    teams: Sequence[OrgGroup]
    requester: MemberActor
    supervisor: MemberActor

    @property
    def organization_id(self) -> UUID:
        """Return the tenant."""
        return self.market.organization.id


def make_estate(name: str, *, areas: int, teams: int, cap: Decimal) -> Estate:
    """Open the company with so many teams in each area; call it outside a scope.

    ``cap`` is a team's for a month. An area has a tenth less a quarter than its teams together, and
    Facilities a tenth less than its areas, so that orders are refused at each level.
    """
    of_area = cap * teams * 9 / 10
    of_department = (of_area * areas * 9 / 10).quantize(Decimal("0.01"))
    market = make_market(name, cap=str(of_department))
    with market.scope():
        facilities, organization = market.groups["Facilities"], market.organization
        tops = _groups([facilities] * areas, "Area")
        found = _groups([top for top in tops for _ in range(teams)], "Team")
        keep_group_history([group.id for group in (*tops, *found)], now=NOW)
        for group in tops:
            make_budget(organization, group, of_area, kind=PeriodKind.QUARTER)
        for group in found:
            make_budget(organization, group, cap, kind=PeriodKind.MONTH)
        accounts.grant_role(
            actor=system(organization),
            membership=market.people["Alice"],
            group=facilities,
            role=Role.REQUISITIONER,
            now=NOW,
        )
        return Estate(market, found, market.actor("Alice"), market.actor("Bob"))


def fill_carts(estate: Estate, number: int, *, seed: int) -> list[UUID]:
    """Fill carts in turn for all teams: glasses that need nobody, or drills for Bob to agree to."""
    chance = random.Random(seed)
    made = list(_carts(estate, number, chance))
    with estate.market.scope():
        Requisition.objects.bulk_create([cart for cart, _ in made], batch_size=2_000)
        RequisitionLine.objects.bulk_create([line for _, line in made], batch_size=2_000)
    return [cart.id for cart, _ in made]


def _carts(
    estate: Estate, number: int, chance: random.Random
) -> Iterator[tuple[Requisition, RequisitionLine]]:
    for place in range(number):
        item = estate.market.items["glasses" if chance.random() < 0.4 else "drill"]
        quantity = Decimal(chance.randint(1, 4))
        cart = Requisition(
            organization_id=estate.organization_id,
            number=f"S-{place + 1:05d}",
            group=estate.teams[place % len(estate.teams)],
            requester_id=estate.requester.membership_id,
            currency="USD",
            created_at=NOW,
            touched_at=NOW,
        )
        line = RequisitionLine(
            organization_id=estate.organization_id,
            requisition=cart,
            position=1,
            item=item,
            supplier_id=item.supplier_id,
            category_id=item.category_id,
            title=item.title,
            sku=item.sku,
            unit=item.unit,
            quantity=quantity,
            unit_price=item.price,
            amount=item.price * quantity,
        )
        yield cart, line


def _groups(parents: Sequence[OrgGroup], name: str) -> list[OrgGroup]:
    ids = [new_id() for _ in parents]
    return OrgGroup.objects.bulk_create(
        OrgGroup(
            id=group_id,
            organization_id=parent.organization_id,
            parent=parent,
            path=[*parent.path, group_id],
            name=f"{name} {place}",
        )
        for place, (group_id, parent) in enumerate(zip(ids, parents, strict=True), start=1)
    )
