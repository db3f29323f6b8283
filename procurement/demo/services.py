"""Seeding the demo through the services that everybody else uses. Running it again adds nothing.

Each step is one transaction and is skipped where it has been done, so that an interrupted seeding
goes on. Like the commands that call it, it opens the tenancy scopes.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from accounts import selectors as accounts
from accounts import services as people
from accounts.models import Membership, Organization, OrgGroup
from accounts.services import OwnDay, WorkingHours
from approvals import services as approvals
from approvals.starting import POLICY_NAME, starting_policy
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from budgets.selectors import spans_between
from budgets.terms import BudgetTerms, Enforcement
from catalogs import services as catalog
from catalogs.guidance import Target
from catalogs.models import CatalogItem, Category, Supplier
from procurement import env
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from procurement.core.clock import local_date
from procurement.demo import company as northwind
from procurement.demo.caps import Limits, caps
from procurement.demo.categories import CATEGORIES
from procurement.demo.company import DemoCompany, DemoPerson, build_company
from procurement.demo.guardrails import use_budgets
from procurement.demo.guidance import rules
from procurement.demo.live import place_live_orders
from procurement.demo.neighbour import seed_neighbour
from procurement.demo.offers import Offer, suppliers
from procurement.demo.owners import seed_owners
from procurement.demo.purchases import Purchase, first_day, purchases, write_csv
from procurement.demo.training import seed_training
from procurement.orders.history.replaying import Replay, Steps, replay
from procurement.orders.history.replaying import Target as ReplayTarget
from procurement.orders.history.report import Report
from procurement.orders.history.source import fingerprint
from procurement.orders.history.survey import Options, survey
from procurement.orders.models import HistoryImport, Requisition

ACTOR_NAME = "Demo"
FILE_NAME = "northwind-purchases.csv"
_POSITIONS = {"supervisor": "Supervisor", "director": "Director"}


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a seeding did; ``history`` is None where purchases were there already."""

    organization: Organization
    is_new: bool
    history: Report | None


def seed(*, history: Path | None, now: datetime, steps: Steps) -> Seeded:
    """Seed both organizations of the demo, and load ``history`` in place of invented purchases.

    Raises what `replay` raises for a file of one's own.
    """
    organization = accounts.organization_by_slug(northwind.SLUG)
    is_new = organization is None
    if organization is None:
        organization = people.create_organization(
            name=northwind.NAME,
            slug=northwind.SLUG,
            currency=_currency_of(history),
            time_zone=northwind.TIME_ZONE,
            now=_founded(now),
        )
    company = build_company()
    today = local_date(now, organization.time_zone)
    with tenancy.scope(organization.id):
        done = Requisition.objects.exists()
    report = None
    if not done:
        _seed_company(organization, company, now)
        report = _seed_purchases(organization, company, today, now, steps, own=history is not None)
    if history is not None:
        report = _load(organization, history, now, steps)
    if not done:
        with tenancy.scope(organization.id):
            place_live_orders(organization, now)
            use_budgets(organization, now)
    seed_neighbour(_founded(now) + timedelta(days=30), now)
    return Seeded(organization, is_new, report)


def _founded(now: datetime) -> datetime:
    """Return when the company began to use the product: a good two years ago."""
    return now - timedelta(days=2 * 366)


def _currency_of(history: Path | None) -> str:
    """Return the currency of the company: that of its own history, if the file names one."""
    if history is None:
        return northwind.CURRENCY
    options = Options()
    return survey(history, fingerprint(history), options).currency or northwind.CURRENCY


# The company


def _seed_company(organization: Organization, company: DemoCompany, now: datetime) -> None:
    """Make groups, people, seats and policy, then catalog and rules, unless they are there."""
    actor = SystemActor(organization.id, ACTOR_NAME)
    founded = _founded(now)
    with tenancy.scope(organization.id):
        if OrgGroup.objects.filter(parent__isnull=False).exists():
            return
        root = accounts.root_group()
        _set_up(actor, organization, founded)
        _seed_calendar(actor, local_date(now, organization.time_zone).year, founded)
        groups = {northwind.NAME: root}
        for group in company.groups:
            groups[group.name] = people.create_group(
                actor=actor,
                parent=groups[group.parent],
                name=group.name,
                kind=group.kind,
                code=group.code,
                now=founded,
            )
        members = _seed_people(actor, company, groups, founded)
        _seed_seats(actor, company, groups, members, founded)
        approvals.publish_policy(
            actor=actor,
            group=root,
            name=POLICY_NAME,
            document=starting_policy(organization.currency),
            reason="Agreed by the management board.",
            accepted="Seats of new groups are filled as their people arrive.",
            now=founded,
        )
        _seed_catalog(actor, organization.currency, founded)
        _seed_rules(actor, groups, now, local_date(now, organization.time_zone))
        seed_owners(actor, groups, members, founded)
        readers = [(members[person.email], person.is_cast) for person in company.people]
        seed_training(actor, organization, readers, founded, now)


def _set_up(actor: SystemActor, organization: Organization, now: datetime) -> None:
    """Enter the company's particulars and put the guide away: it has used the product for years."""
    particulars = replace(
        people.particulars_of(organization),
        legal_name="Northwind Works LLC",
        address="400 Harbor Street\nPortland, ME 04101",
        tax_country="US",
    )
    people.change_organization(
        actor=actor, organization=organization, particulars=particulars, now=now
    )
    people.close_setup(actor=actor, organization=organization, now=now)


def _seed_calendar(actor: SystemActor, year: int, now: datetime) -> None:
    """Keep the public holidays of where the company is, and the last day before Christmas."""
    people.change_calendar(
        actor=actor,
        hours=WorkingHours((1, 2, 3, 4, 5), time(9), time(17), country="US", subdivision="ME"),
        days=[OwnDay(date(one, 12, 24), "Closed for the holidays") for one in (year, year + 1)],
        now=now,
    )


def _seed_people(
    actor: SystemActor, company: DemoCompany, groups: dict[str, OrgGroup], now: datetime
) -> dict[str, Membership]:
    """Add everybody, managers before those whom they lead; return them by address."""
    members: dict[str, Membership] = {}
    waiting = list(company.people)
    while waiting:
        later: list[DemoPerson] = []
        for person in waiting:
            if person.manager and person.manager not in members:
                later.append(person)
                continue
            members[person.email] = people.add_member(
                actor=actor,
                group=groups[person.group],
                email=person.email,
                name=person.name,
                title=person.title,
                manager=members.get(person.manager),
                password=northwind.PASSWORD if person.is_cast else None,
                now=now,
            )
        waiting = later
    for person in company.people:
        for role, group in person.roles:
            people.grant_role(
                actor=actor,
                membership=members[person.email],
                group=groups[group],
                role=role,
                now=now,
            )
    return members


def _seed_seats(
    actor: SystemActor,
    company: DemoCompany,
    groups: dict[str, OrgGroup],
    members: dict[str, Membership],
    now: datetime,
) -> None:
    root = groups[northwind.NAME]
    positions = {
        code: people.create_position(actor=actor, root=root, name=name, code=code, now=now)
        for code, name in _POSITIONS.items()
    }
    for person in company.people:
        for code, group in person.seats:
            people.fill_position(
                actor=actor,
                position=positions[code],
                group=groups[group],
                membership=members[person.email],
                now=now,
            )


# The catalog


def _seed_catalog(actor: SystemActor, currency: str, now: datetime) -> None:
    catalog.load_segments(actor=actor, now=now)
    catalog.ensure_categories(actor=actor, names=CATEGORIES, now=now)
    sold = suppliers()
    for supplier in sold:
        catalog.upsert_supplier(
            actor=actor, name=supplier.name, contact_email=supplier.email, now=now
        )
    catalog.load_items(
        actor=actor,
        rows=(_item_row(offer) for supplier in sold for offer in supplier.offers),
        currency=currency,
        now=now,
    )


def _item_row(offer: Offer) -> dict[str, str]:
    return {
        "sku": offer.sku,
        "title": offer.title,
        "supplier": offer.supplier,
        "category": offer.category,
        "unit": offer.unit,
        "price": f"{offer.price:.2f}",
        "lead_days": str(offer.lead_days),
        "brand": offer.brand,
        "part_number": offer.part_number,
    }


def _seed_rules(
    actor: SystemActor, groups: dict[str, OrgGroup], now: datetime, today: date
) -> None:
    for rule in rules(today):
        catalog.set_buying_rule(
            actor=actor,
            group=groups[rule.group],
            effect=rule.effect,
            target=_target(rule.target, rule.target_key),
            reason=rule.reason,
            exception_allowed=rule.exception_allowed,
            valid_from=date(today.year, 1, 1),
            valid_to=rule.valid_to,
            now=now,
        )


def _target(target: Target, key: str) -> Category | Supplier | CatalogItem:
    if target is Target.CATEGORY:
        return Category.objects.get(code=key)
    if target is Target.SUPPLIER:
        return Supplier.objects.get(name=key)
    return CatalogItem.objects.get(sku=key)


# Budgets and purchases


def _seed_purchases(
    organization: Organization,
    company: DemoCompany,
    today: date,
    now: datetime,
    steps: Steps,
    *,
    own: bool,
) -> Report | None:
    """Set budgets and load invented purchases; with a history of one's own, budgets only."""
    with tenancy.scope(organization.id):
        loaded = HistoryImport.objects.filter(
            file_name=FILE_NAME, status=HistoryImport.Status.DONE
        ).exists()
        begun = HistoryImport.objects.filter(file_name=FILE_NAME).exists()
    if loaded:
        return None
    path = env.home() / FILE_NAME
    # What an interrupted seeding has begun to load goes on with the very same file.
    if not (begun and path.exists()):
        lines = list(purchases(company, today))
        _write(path, lines)
        _seed_budgets(organization, company, lines, today, now, own=own)
    return None if own else _load(organization, path, now, steps)


def _write(path: Path, lines: list[Purchase]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, lines)


def _seed_budgets(
    organization: Organization,
    company: DemoCompany,
    lines: list[Purchase],
    today: date,
    now: datetime,
    *,
    own: bool,
) -> None:
    """Set the groups' budgets, and the company's unless it has a history of its own."""
    actor = SystemActor(organization.id, ACTOR_NAME)
    with tenancy.scope(organization.id):
        groups = {node.name: node.id for node in accounts.group_tree(actor)}
        there = {
            (span.covering.group_id, span.covering.period.kind, span.covering.scope.category)
            for span in spans_between(first_day(today), today)
        }
        categories = dict(Category.objects.values_list("code", "id"))
        for cap in caps(company, lines, today):
            if own and cap.group == northwind.NAME:
                continue
            group = accounts.group_for(actor, groups[cap.group])
            if (group.id, cap.kind, cap.limits.category) not in there:
                budgets.set_budget(
                    actor=actor,
                    group=group,
                    kind=PeriodKind(cap.kind),
                    cap=cap.amount,
                    terms=_terms(cap.limits, categories),
                    starts_on=cap.starts_on,
                    now=now,
                )


def _terms(limits: Limits, categories: dict[str, UUID]) -> BudgetTerms:
    return BudgetTerms(
        name=limits.name,
        category_id=categories[limits.category] if limits.category else None,
        enforcement=Enforcement.SOFT if limits.is_soft else Enforcement.HARD,
        carries_over=limits.carries_over,
    )


def _load(organization: Organization, path: Path, now: datetime, steps: Steps) -> Report:
    """Load a history through the very replay that anybody's history goes through."""
    task = Replay(
        path=path,
        target=ReplayTarget(slug=organization.slug),
        rejects=env.home() / f"{path.name}.rejects.csv",
    )
    return replay(task, now=now, steps=steps)
