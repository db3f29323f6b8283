"""What finance opens every morning: meters, ledger, outlook and last period, on desk and phone."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.web import org_reverse
from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import BudgetPeriod
from budgets.terms import BudgetTerms, Enforcement
from procurement.core import clock
from tests.e2e.conftest import Seat
from tests.factories.accounts import make_group, system
from tests.factories.budgets import make_budget, make_document, reserve, spend_daily, workdays
from tests.factories.world import World

pytestmark = [pytest.mark.browser]


def furnish(world: World) -> str:
    """Give groups budgets of every kind, one with a year behind it; return its running period."""
    company, now = world.company, world.now
    organization = company.organization
    today = clock.local_date(now, organization.time_zone)
    with company.scope():
        depot = make_group(organization, company.groups["Facilities"], "Depot")
        bay = make_group(organization, depot, "Loading Bay")
        budget = make_budget(
            organization, depot, 40_000, starts_on=today - timedelta(days=500), now=now
        )
        days = workdays(today - timedelta(days=1), weeks=60, amount=520)
        days |= {today - timedelta(days=2): Decimal("6400.00")}
        spend_daily(organization, budget, days, now=now)
        make_budget(organization, bay, 500, now=now)
        for name, soft in (("Alice", False), ("Bob", False), ("Erin", True)):
            services.set_budget(
                actor=system(organization),
                group=depot,
                kind=PeriodKind.QUARTER,
                cap=Decimal(900),
                terms=BudgetTerms(
                    membership_id=company.people[name].id,
                    enforcement=Enforcement.SOFT if soft else Enforcement.HARD,
                ),
                now=now,
            )
        services.set_budget(
            actor=system(organization),
            group=depot,
            kind=PeriodKind.QUARTER,
            cap=Decimal(9000),
            terms=BudgetTerms(supplier_id=world.suppliers["Halden Tools"].id),
            now=now,
        )
        reserve(organization, bay, 410, make_document(on=today), now=now)
        period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=today, ends_on__gte=today)
        return str(period.id)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_finance_reads_meters_ledger_and_outlook_by_day_and_by_night(
    world: World, visitor: Seat, *, phone: bool
) -> None:
    period = furnish(world)
    dana = visitor(phone=phone)
    dana.sign_in(world.email("Dana"))
    for scheme in ("light", "dark"):
        dana.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        for route, query in (
            ("list", ""),
            ("list", "?q=depot"),
            ("ledger", "?kind=HISTORY&at_least=100"),
            ("outlook", ""),
            ("outlook", "?raise_by=10&pace=month&extra=2500"),
            ("compare", ""),
        ):
            names = {} if route == "list" else {"period_id": period}
            dana.goto(org_reverse(world.slug, f"budgets:{route}", **names) + query)
            dana.look(f"meters-{route}{'-asked' if query else ''}-{scheme}")
    dana.goto(org_reverse(world.slug, "budgets:list"))
    dana.page.get_by_text("3 personal budgets").click()
    dana.page.get_by_role("link", name="Close Depot").click()
    dana.page.get_by_role("link", name="Open Depot").wait_for()
    assert not dana.page.get_by_role("link", name="Loading Bay", exact=True).count()
    dana.goto(org_reverse(world.slug, "budgets:outlook", period_id=period))
    dana.page.get_by_label("Raise the cap by").fill("10")
    dana.page.get_by_role("button", name="Look again").click()
    dana.page.get_by_text("This is what if; nothing is changed").wait_for()
