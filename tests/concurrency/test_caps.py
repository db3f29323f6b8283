"""Caps that are set at the same moment: together they stay within what the one above gives out."""

from decimal import Decimal

import pytest

from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import Budget
from procurement.core.errors import DomainError
from tests.concurrency.test_reservations import at_once
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import make_budget

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]


@pytest.fixture
def company() -> Company:
    return make_company()


def test_of_two_children_raised_at_once_the_one_that_does_not_fit_is_refused(
    company: Company,
) -> None:
    groups = [company.groups["Facilities"], company.groups["Engineering"]]
    with company.scope():
        root = make_budget(company.organization, company.root, 100)
        Budget.objects.filter(id=root.id).update(children_percent=100)
        children = [make_budget(company.organization, group, 40) for group in groups]

    def raise_to_sixty(index: int) -> bool:
        try:
            services.change_cap(
                actor=system(company.organization),
                budget_id=children[index].id,
                cap=Decimal(60),
                now=NOW,
            )
        except DomainError:
            return False
        return True

    assert sorted(at_once(company, raise_to_sixty, 2)) == [False, True]
    with company.scope():
        caps = Budget.objects.exclude(id=root.id).values_list("cap", flat=True)
        assert sorted(caps) == [40, 60]


def test_of_two_children_set_at_once_one_is_refused(company: Company) -> None:
    groups = [company.groups["Facilities"], company.groups["Engineering"]]
    with company.scope():
        root = make_budget(company.organization, company.root, 100)
        Budget.objects.filter(id=root.id).update(children_percent=100)

    def give(index: int) -> bool:
        try:
            services.set_budget(
                actor=system(company.organization),
                group=groups[index],
                kind=PeriodKind.QUARTER,
                cap=Decimal(60),
                now=NOW,
            )
        except DomainError:
            return False
        return True

    assert sorted(at_once(company, give, 2)) == [False, True]
