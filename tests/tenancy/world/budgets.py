"""A period of a budget with everything that can be asked of it."""

from decimal import Decimal

from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod, BudgetTransfer, Earmark
from procurement.core.ids import new_id
from procurement.orders.services import check_ledger
from tests.factories.accounts import NOW, system
from tests.factories.orders import Market
from tests.tenancy.world.stage import World


def set_up(world: World) -> None:
    """Ask a period of Facilities for more, for room and to keep some; hand part of it out."""
    market = world.market
    facilities = market.groups["Facilities"]
    period = BudgetPeriod.objects.filter(
        budget__group=facilities, starts_on__lte=NOW, ends_on__gte=NOW
    ).get()
    increase = services.ask_for_increase(
        actor=market.actor("Alice"),
        period_id=period.id,
        amount=Decimal("100.00"),
        reason="Two new fitters start in December.",
        now=NOW,
    )
    caps_file = services.plan_budget_import(
        actor=market.actor("Adam"),
        file_name="caps.csv",
        content="group,period,cap\nFacilities,2027,5\n",
        now=NOW,
    )
    allowance = services.set_allowance(
        actor=market.actor("Adam"),
        group=facilities,
        kind=PeriodKind.YEAR,
        cap=Decimal("5000.00"),
        now=NOW,
    ).allowance
    world.ids |= {
        "file_id": caps_file.id,
        "allowance_id": allowance.id,
        "period_id": period.id,
        "increase_id": increase.id,
        "transfer_id": _ask_for_room(market, period).id,
        "earmark_id": _keep_room(market, period).id,
        "check_id": check_ledger(actor=system(market.organization), now=NOW).id,
        "budget_id": Budget.objects.get(group=facilities, allowance__isnull=True).id,
    }
    _say_what_is_sent(world, period)


def _say_what_is_sent(world: World, period: BudgetPeriod) -> None:
    world.forms |= {
        "budgets:answer-increase": {"answer": "By Monday."},
        "api:budgets:freeze": {"reason": "Audit"},
        "api:budgets:thaw": {"reason": "Audit is over"},
        "api:budgets:close": {"reason": "Books are done"},
        "api:budgets:reopen": {"reason": "A late invoice"},
        "api:budgets:adjustments": {"amount": "1.00", "reason": "Booked twice"},
        "api:budgets:earmarks": {
            "purpose": "Tyres",
            "amount": "1.00",
            "expires_on": period.ends_on.isoformat(),
        },
        "api:budgets:transfers": {
            "giver": str(period.id),
            "taker": str(period.id),
            "amount": "1.00",
            "reason": "A pump broke",
        },
        "api:budgets:answer": {"agrees": True},
        "api:budgets:allowance": {"cap": "40.00"},
        "api:budgets:detail": {"cap": "200000.00", "reason": "It has grown"},
    }


def _ask_for_room(market: Market, period: BudgetPeriod) -> BudgetTransfer:
    """Ask a budget of Engineering's for room for a period."""
    budget = services.set_budget(
        actor=market.actor("Adam"),
        group=market.groups["Engineering"],
        kind=PeriodKind.QUARTER,
        cap=Decimal(5000),
        now=NOW,
    )
    return BudgetTransfer.objects.create(
        organization_id=market.organization.id,
        giver=BudgetPeriod.objects.get(budget=budget, starts_on__lte=NOW, ends_on__gte=NOW),
        taker=period,
        amount=1,
        reason="A pump broke",
        asked_by=market.people["Dana"],
        asked_at=NOW,
    )


def _keep_room(market: Market, period: BudgetPeriod) -> Earmark:
    """Set room of a period aside until its last day."""
    return services.set_aside(
        actor=market.actor("Dana"),
        period_id=period.id,
        purpose="Winter tyres",
        amount=Decimal(1),
        expires_on=period.ends_on,
        reference=new_id(),
        now=NOW,
    )
