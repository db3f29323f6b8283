"""The demo's budgets in use: one of everything that people do with them."""

from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from accounts.actors import MemberActor
from accounts.models import Organization, OrgGroup
from budgets import services as budgets
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from budgets.rules import Covering
from budgets.selectors import standing_of
from catalogs.models import Category
from procurement.core.clock import local_date
from procurement.core.ids import new_id
from procurement.demo.live import Story, actor_of, fill_cart
from procurement.orders import services as orders

_SHIPPING_ROOM = Decimal(900)
_SHIPPING = Story(
    "nia",
    "Shipping",
    "The loading dock gets a second shift before the holidays.",
    (("IL-PJK", 2), ("IL-BIN", 1)),
    timedelta(days=1, hours=4),
)
_SHIPPING_REASON = (
    "The second shift starts on Monday and has nothing to move pallets with. It is once only."
)
_FURNITURE_ROOM = Decimal(800)
_FURNITURE = Story(
    "alice",
    "Workplace",
    "Lockers for the three people who share desks from next month.",
    (("AF-LMP", 3),),
    timedelta(hours=7),
)
_OWN_SUPPLIES = Decimal(150)  # a month, for each person of a team
_PROGRAMME = Decimal(1_500)
_SCREENS = Decimal(1_200)


def use_budgets(organization: Organization, now: datetime) -> None:
    """Have people use the budgets: all that their pages show; needs the organization's scope."""
    today = local_date(now, organization.time_zone)
    groups = {group.name: group for group in OrgGroup.objects.all()}
    found = {
        (one.group_name, one.period.kind, one.name): one
        for one in standing_of(Budget.objects.values_list("id", flat=True), today).values()
    }
    dana = actor_of(organization, "dana", now)
    shipping = found["Shipping", PeriodKind.QUARTER, ""]
    furniture = found["Workplace", PeriodKind.QUARTER, "Office furniture"]
    people = found["People", PeriodKind.YEAR, ""]
    _keep_room(dana, shipping, _SHIPPING_ROOM, now - timedelta(days=9))
    _keep_room(dana, furniture, _FURNITURE_ROOM, now - timedelta(days=9))
    _give_everybody(dana, groups["Field Service"], now - timedelta(days=8))
    _freeze(dana, found["Field Marketing", PeriodKind.QUARTER, ""], now - timedelta(days=3))
    if today < people.period.ends_on:
        _set_aside(dana, people, now - timedelta(days=2))
    _ask_to_give(
        actor_of(organization, "frank", now),
        found["Sales", PeriodKind.QUARTER, ""],
        found["Finance and Legal", PeriodKind.QUARTER, ""],
        now - timedelta(hours=5),
    )
    _wait(actor_of(organization, "nia", now), groups["Shipping"], now - _SHIPPING.ago)
    _go_beyond(actor_of(organization, "alice", now), groups["Workplace"], now - _FURNITURE.ago)


def _keep_room(actor: MemberActor, budget: Covering, room: Decimal, at: datetime) -> None:
    budgets.change_cap(
        actor=actor,
        budget_id=budget.budget_id,
        cap=(budget.used + room).quantize(Decimal(1), rounding=ROUND_CEILING),
        reason="Brought down to what is planned until the end of the quarter.",
        now=at,
    )


def _give_everybody(actor: MemberActor, group: OrgGroup, at: datetime) -> None:
    budgets.set_allowance(
        actor=actor,
        group=group,
        kind=PeriodKind.MONTH,
        cap=_OWN_SUPPLIES,
        terms=budgets.AllowanceTerms(category_id=Category.objects.get(code="44120000").id),
        now=at,
    )


def _freeze(actor: MemberActor, budget: Covering, at: datetime) -> None:
    assert budget.period_id is not None
    budgets.freeze_period(
        actor=actor,
        period_id=budget.period_id,
        reason="The team joins Brand; nothing new until its plan is agreed.",
        now=at,
    )


def _set_aside(actor: MemberActor, budget: Covering, at: datetime) -> None:
    assert budget.period_id is not None
    budgets.set_aside(
        actor=actor,
        period_id=budget.period_id,
        purpose="Trainee programme",
        amount=_PROGRAMME,
        expires_on=budget.period.ends_on,
        reference=new_id(),
        now=at,
    )


def _ask_to_give(actor: MemberActor, giver: Covering, taker: Covering, at: datetime) -> None:
    assert giver.period_id is not None
    assert taker.period_id is not None
    budgets.ask_transfer(
        actor=actor,
        giver_id=giver.period_id,
        taker_id=taker.period_id,
        amount=_SCREENS,
        reason="Screens for the contract room, which Sales uses as much as we do.",
        reference=new_id(),
        now=at,
    )


def _wait(actor: MemberActor, group: OrgGroup, at: datetime) -> None:
    requisition_id = fill_cart(_SHIPPING, actor, group, at)
    orders.ask_for_room(actor=actor, requisition_id=requisition_id, reason=_SHIPPING_REASON, now=at)


def _go_beyond(actor: MemberActor, group: OrgGroup, at: datetime) -> None:
    requisition_id = fill_cart(_FURNITURE, actor, group, at)
    orders.submit_requisition(actor=actor, requisition_id=requisition_id, now=at)
