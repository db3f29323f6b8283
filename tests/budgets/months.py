"""Monthly budgets, and what happens to their periods."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetPeriod
from procurement.core.actors import SystemActor
from tests.budgets.books import assert_ledger_equals_counters
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import TODAY, make_budget, make_document, reserve

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 15), date(2026, 11, 15), date(2026, 12, 15)

LATER = datetime(2026, 12, 10, 15, 0, tzinfo=UTC)


def monthly(company: Company, cap: int = 1000, **terms: Any) -> Budget:
    """Give Facilities a monthly budget with October and November open."""
    budget = make_budget(
        company.organization,
        company.groups["Facilities"],
        cap,
        kind=PeriodKind.MONTH,
        starts_on=date(2026, 10, 1),
    )
    Budget.objects.filter(id=budget.id).update(**terms)
    services.open_past_periods(
        actor=system(company.organization), first=OCTOBER, last=TODAY, now=NOW
    )
    return budget


def period(budget: Budget, on: date) -> BudgetPeriod:
    return BudgetPeriod.objects.get(budget=budget, starts_on__lte=on, ends_on__gte=on)


def caps(budget: Budget) -> list[Decimal]:
    found = BudgetPeriod.objects.filter(budget=budget).order_by("starts_on")
    for one in found:
        assert_ledger_equals_counters(one)
    return [one.cap for one in found]


def carried(budget: Budget, now: datetime) -> list[Decimal]:
    actor = SystemActor(budget.organization_id, "Budgets")
    return list(services.carry_over(actor=actor, budget_id=budget.id, now=now))


def order(company: Company, amount: str | int, on: date = TODAY, *, placed: bool = True) -> Any:
    """Have Facilities order for an amount on a day."""
    document = make_document(on=on)
    assert reserve(company.organization, company.groups["Facilities"], amount, document).is_reserved
    if placed:
        services.commit(actor=system(company.organization), document=document, now=NOW)
    return document


def close(company: Company, one: BudgetPeriod, now: datetime = NOW) -> Any:
    return services.close_period(
        actor=company.actor("Dana"), period_id=one.id, reason="Books are done", now=now
    )
