"""The demo's second organization: small, and blind to the first, as the first is to it."""

from datetime import datetime
from decimal import Decimal

from accounts import selectors as accounts
from accounts import services as people
from accounts.models import Organization, OrgGroup, Role
from approvals import services as approvals
from approvals.starting import POLICY_NAME, starting_policy
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from catalogs import services as catalog
from catalogs.models import Category
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from procurement.demo.company import (
    NEIGHBOUR_DOMAIN,
    NEIGHBOUR_NAME,
    NEIGHBOUR_SLUG,
    PASSWORD,
    TIME_ZONE,
)

_GROUPS = ("Laboratory", "Office")
_PEOPLE = (
    ("Charlie Chemist", "Laboratory", Role.REQUISITIONER),
    ("Carmen Controller", "Office", Role.FINANCE),
    ("Cyril Curator", "Office", Role.ADMINISTRATOR),
    ("Cora Chief", "Office", None),
)
_ITEMS = (
    ("CL-BKR", "Glass beakers, 12 pack", "41120000", "Laboratory supplies", "84.00"),
    ("CL-PIP", "Pipette, adjustable", "41120000", "Laboratory supplies", "219.00"),
    ("CL-GLV", "Nitrile gloves, 1,000", "46180000", "Personal protection", "68.00"),
    ("CL-SCL", "Analytical balance", "41110000", "Measuring instruments", "2490.00"),
)


def seed_neighbour(founded: datetime, now: datetime) -> Organization:
    """Make the second organization unless it is there."""
    organization = accounts.organization_by_slug(NEIGHBOUR_SLUG)
    if organization is None:
        organization = people.create_organization(
            name=NEIGHBOUR_NAME,
            slug=NEIGHBOUR_SLUG,
            currency="USD",
            time_zone=TIME_ZONE,
            now=founded,
        )
    actor = SystemActor(organization.id, "Demo")
    with tenancy.scope(organization.id):
        if not OrgGroup.objects.filter(parent__isnull=False).exists():
            _seed(actor, founded, now)
    return organization


def _seed(actor: SystemActor, founded: datetime, now: datetime) -> None:
    root = accounts.root_group()
    groups = {
        name: people.create_group(actor=actor, parent=root, name=name, now=founded)
        for name in _GROUPS
    }
    members = {}
    for name, group, role in _PEOPLE:
        members[name] = people.add_member(
            actor=actor,
            group=groups[group],
            email=f"{name.split()[0].lower()}@{NEIGHBOUR_DOMAIN}",
            name=name,
            password=PASSWORD,
            now=founded,
        )
        if role is not None:
            where = groups[group] if role == Role.REQUISITIONER else root
            people.grant_role(
                actor=actor, membership=members[name], group=where, role=role, now=founded
            )
    for code, title in (("supervisor", "Supervisor"), ("director", "Director")):
        position = people.create_position(
            actor=actor, root=root, name=title, code=code, now=founded
        )
        people.fill_position(
            actor=actor,
            position=position,
            group=root,
            membership=members["Cora Chief"],
            now=founded,
        )
    approvals.publish_policy(
        actor=actor,
        group=root,
        name=POLICY_NAME,
        document=starting_policy("USD"),
        reason="To start with.",
        accepted="Finance is asked once somebody keeps the books.",
        now=founded,
    )
    _seed_catalog(actor, founded)
    budgets.set_budget(
        actor=actor, group=root, kind=PeriodKind.QUARTER, cap=Decimal(20_000), now=now
    )


def _seed_catalog(actor: SystemActor, now: datetime) -> None:
    supplier = catalog.upsert_supplier(
        actor=actor, name="Crystal Lab Supply", contact_email="orders@crystal.example", now=now
    )
    names = {code: name for _, _, code, name, _ in _ITEMS}
    catalog.ensure_categories(actor=actor, names=names, now=now)
    for sku, title, code, _, price in _ITEMS:
        catalog.upsert_item(
            actor=actor,
            supplier=supplier,
            category=Category.objects.get(code=code),
            sku=sku,
            title=title,
            price=Decimal(price),
            currency="USD",
            now=now,
        )
