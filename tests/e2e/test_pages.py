"""Every page of every role: it opens, complains of nothing, and fits a desk and a phone."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from playwright.sync_api import Page

from accounts import selectors
from accounts import services as accounts
from accounts.models import Role
from accounts.training import Link
from accounts.web import org_reverse
from analytics import services as insights
from analytics.filters import Source
from approvals import services as approvals
from approvals.models import ApprovalRequest
from approvals.routing import Tier
from approvals.starting import starting_policy
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from budgets.models import BudgetPeriod, BudgetTransfer
from budgets.services import set_aside
from procurement.core import clock
from procurement.core.ids import new_id
from procurement.orders import services as orders
from procurement.orders.models import PurchaseOrder
from tests.e2e.access import COLOURS, findings_of, misfits_of, problems_of
from tests.e2e.conftest import Seat
from tests.e2e.gallery import BY_DAY, BY_NIGHT, DESK, PHONE, folder, hang, open_to_all
from tests.e2e.walks import walk_of
from tests.factories.accounts import system
from tests.factories.owners import GLOVES, own, person, seat_of_group
from tests.factories.world import World, keep_busy

pytestmark = [pytest.mark.browser]


def live_a_day(world: World) -> dict[str, UUID]:
    """Put something onto every page; returns the ids that addresses name."""
    with world.company.scope():
        keep_busy(world)
        rejected = world.order(("kit", 1))
        world.decide(rejected, "Bob", choice="REJECT", comment="There are three at the depot.")
        world.order(("bits", 2))
        waiting = world.order(("restricted", 1), ("glasses", 2))
        stopped = world.add("kit", 40)
        orders.wait_for_room(
            actor=world.company.actor("Alice"), requisition_id=stopped.id, now=world.now
        )
        check = orders.check_ledger(actor=system(world.company.organization), now=world.now)
        world.add("kit", 2)
        world.add("restricted")
        planned = accounts.plan_tree_import(
            actor=world.company.actor("Adam"),
            file_name="groups.csv",
            content="code,parent,name\n,Engineering,Workplace\n5100,Facilities,Grounds\n",
            now=clock.now(),
        )
        teach(world)
        put_in_charge(world)
        period = BudgetPeriod.objects.filter(
            budget__group=world.company.groups["Field Service"]
        ).earliest("starts_on")
        increase = budgets.ask_for_increase(
            actor=world.company.actor("Alice"),
            period_id=period.id,
            amount=Decimal("450.00"),
            reason="Two new fitters start in December and need a full kit.",
            now=clock.now(),
        )
        transfer = asked_for(world)
        allowance = budgets.set_allowance(
            actor=world.company.actor("Dana"),
            group=world.company.groups["Field Service"],
            kind=PeriodKind.MONTH,
            cap=Decimal("500.00"),
            now=clock.now(),
        ).allowance
        return {
            "budget": period.budget_id,
            "allowance": allowance.id,
            "tree_import": planned.id,
            "increase": increase.id,
            "raise": ApprovalRequest.objects.get(subject_id=increase.id).id,
            "backtest": tried(world),
            "rejected": rejected,
            "stopped": stopped.id,
            "check": check.id,
            "placed": PurchaseOrder.objects.get(
                requisition__requester=world.company.people["Alice"]
            ).id,
            "request": ApprovalRequest.objects.get(subject_id=waiting).id,
            "period": period.id,
            "transfer": transfer,
        }


def asked_for(world: World) -> UUID:
    """Have two budgets ask for and give room; returns what is still asked."""
    now = clock.now()
    giver, taker = (
        BudgetPeriod.objects.filter(
            budget__group=world.company.groups[name], starts_on__lte=now, ends_on__gte=now
        ).earliest("starts_on")
        for name in ("Facilities", "Field Service")
    )
    set_aside(
        actor=world.company.actor("Dana"),
        period_id=taker.id,
        purpose="Winter tyres",
        amount=Decimal("1.00"),
        expires_on=taker.ends_on,
        reference=new_id(),
        now=now,
    )
    return BudgetTransfer.objects.create(
        organization_id=world.company.organization.id,
        giver=giver,
        taker=taker,
        amount=Decimal("10.00"),
        reason="A pump broke",
        asked_by=world.company.people["Adam"],
        asked_at=now,
    ).id


def tried(world: World) -> UUID:
    """Try two limits on everything that was bought so far; returns the later run's id."""
    try_up_to(world, 50, "Up to $50.00 · Then up to $1,000.00 · Above $1,000.00")
    return try_up_to(world, 250, "Automatic up to $250")


def try_up_to(world: World, limit: int, label: str) -> UUID:
    """Try what is approved at once up to a limit."""
    policy = starting_policy(world.company.organization.currency)
    today = clock.local_date(clock.now(), world.company.organization.time_zone)
    run = insights.start_backtest(
        actor=system(world.company.organization),
        group=world.company.root,
        document=replace(policy, tiers=(Tier(Decimal(limit), ()), *policy.tiers[1:])),
        label=label,
        first=today.replace(year=today.year - 1),
        last=today,
        sources=list(Source),
        now=clock.now(),
    )
    work = insights.take_up_backtest(run_id=run.id, now=clock.now())
    assert work is not None
    assert insights.advance_backtest(work, now=clock.now()) is False
    return run.id


def teach(world: World) -> None:
    """Have buyers read a page before they buy, which nobody has yet."""
    keeper = system(world.company.organization)
    page, *_ = accounts.add_starter_pages(actor=keeper, now=world.now)
    accounts.require_training(
        actor=keeper,
        page=page,
        roles=[Role.REQUISITIONER],
        before_buying=True,
        every_months=12,
        required_from=clock.local_date(world.now, world.company.organization.time_zone),
        now=world.now,
    )
    links = [
        Link("VIDEO", "The cart in two minutes", "https://videos.example/cart", 125),
        Link("CATALOG", "The preferred catalog", "https://catalog.example/preferred"),
    ]
    accounts.revise_training_page(
        actor=keeper,
        page=page,
        title=page.title,
        place=page.place,
        body=f"{selectors.latest_version(page).body}\n\nSee https://catalog.example.",
        links=links,
        after=1,
        now=world.now,
    )


def put_in_charge(world: World) -> None:
    """Say who owns what, and up to which amount somebody agrees."""
    company = world.company
    own(company, seat_of_group("director", company.root), now=world.now)
    own(company, person(company.people["Bob"]), company.groups["Facilities"], GLOVES, now=world.now)
    approvals.set_approval_limit(
        actor=system(company.organization),
        membership=company.people["Bob"],
        amount=Decimal("1000.00"),
        now=world.now,
    )


# The pages of these two have every component, so that theirs show whether colours fit by night.
BY_NIGHT_TOO = ("Alice", "Bob")


@pytest.mark.parametrize("who", ["Alice", "Bob", "Dana", "Adam"])
def test_every_page_opens_complains_of_nothing_and_fits_a_desk_and_a_phone(
    world: World, visitor: Seat, who: str
) -> None:
    seen = live_a_day(world)
    trouble: list[str] = []
    reader = visitor()
    reader.sign_in(world.email(who))
    wall = folder()
    for stop in walk_of(world, who, seen):
        path = org_reverse(world.slug, stop.route, **stop.names) + stop.query
        answer = reader.page.goto(f"{reader.url}{path}")
        if answer is None or answer.status != 200:
            trouble.append(f"{path}: {answer and answer.status}")
            continue
        found = seen_from_all_sides(reader.page, by_night=bool(wall) or who in BY_NIGHT_TOO)
        trouble += [f"{path}: {problem}" for problem in found]
        if wall:
            hang(reader.page, wall, f"{who.lower()}-{stop.name}")
    assert not trouble, "\n".join(trouble)
    if wall:
        open_to_all(wall)


def seen_from_all_sides(page: Page, *, by_night: bool) -> list[str]:
    """Return what is wrong with a page at a desk and on a phone, by day and by night."""
    page.wait_for_load_state("load")
    found = [f"desk: {problem}" for problem in problems_of(page)]
    if by_night:
        page.emulate_media(color_scheme=BY_NIGHT, reduced_motion="reduce")
        found += [f"by night: {problem}" for problem in findings_of(page, *COLOURS)]
        page.emulate_media(color_scheme=BY_DAY, reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    found += [f"phone: {problem}" for problem in misfits_of(page)]
    page.set_viewport_size(DESK)
    return found
