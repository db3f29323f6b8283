"""Budgets that give out more than they may without anybody having raised a cap."""

from decimal import Decimal

import pytest

from accounts.effects import EffectKind
from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from procurement.audit.models import AuditEvent
from tests.factories.accounts import NOW, Company, make_company, signed_in
from tests.factories.budgets import TODAY, make_budget
from tests.factories.changes import move

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

ENDING = (
    "The budgets below Northwind Works come to $1,200.00 together, and may come to its cap of "
    "$1,000.00: $200.00 too much."
)


@pytest.fixture
def company() -> Company:
    """Facilities lets its teams have more than itself, and the root nobody."""
    company = make_company()
    with company.scope():
        root = make_budget(company.organization, company.root, 1000)
        make_budget(company.organization, company.groups["Facilities"], 800)
        make_budget(company.organization, company.groups["Field Service"], 700)
        make_budget(company.organization, company.groups["Workplace"], 500)
        Budget.objects.filter(id=root.id).update(children_percent=100)
    return company


def budget_of(company: Company, group: str) -> Budget:
    return Budget.objects.get(group=company.groups[group])


def test_the_form_that_ends_a_budget_says_what_the_one_above_would_give_out(
    company: Company,
) -> None:
    client = signed_in(company, "Dana")
    with company.scope():
        budget = budget_of(company, "Facilities")
    where = f"/{company.organization.slug}/budgets/caps/{budget.id}/end/"
    shown = client.get(where).content.decode()
    assert "A budget above would give out too much" in shown
    assert ENDING in shown
    done = client.post(where, {"reason": "Not needed"}, follow=True).content.decode()
    assert ENDING in done
    with company.scope():
        event = AuditEvent.objects.get(action="budget.ended")
        assert event.after is not None
        assert event.after["give_out_too_much"] == [ENDING]
    plan = client.get(f"/{company.organization.slug}/budgets/plan/").content.decode()
    assert "Northwind Works gives out more than it may" in plan
    assert "Gives out $1,200.00, of $1,000.00 at most" in plan


def test_ending_a_budget_that_leaves_the_others_within_bounds_says_nothing(
    company: Company,
) -> None:
    with company.scope():
        budget = budget_of(company, "Workplace")
        assert selectors.overgiven_by_ending(budget, TODAY) == ()
        services.end_budget(
            actor=company.actor("Dana"), budget_id=budget.id, reason="Not needed", now=NOW
        )
        rows = selectors.plan_table(
            company.actor("Dana"), selectors.fiscal_calendar().period_of(PeriodKind.QUARTER, TODAY)
        )
        assert [row.overgiven for row in rows] == [None] * 3


def test_moving_a_group_says_which_budget_gives_out_too_much_since(company: Company) -> None:
    with company.scope():
        effects = move(company, company.groups["Field Service"], company.root)
        (found,) = (one for one in effects if one.kind is EffectKind.BUDGET_OVERGIVEN)
        assert (found.subject, found.amount) == ("Northwind Works", Decimal("500.00"))
        assert found.sentence == (
            "The budgets below Northwind Works come to $1,500.00 together, and may come to its cap "
            "of $1,000.00: $500.00 too much."
        )
        back = move(company, company.groups["Field Service"], company.groups["Facilities"])
        assert EffectKind.BUDGET_OVERGIVEN not in {one.kind for one in back}
