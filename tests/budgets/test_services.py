from collections.abc import Iterator
from decimal import Decimal

import pytest

from budgets import selectors, services
from budgets.models import BudgetPeriod, LedgerEntry
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Iterator[Company]:
    company = make_company()
    with company.scope():
        yield company


def test_a_reservation_takes_room_on_every_budget_of_the_chain(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    make_budget(company.organization, company.groups["Facilities"], 500)
    verdict = reserve(company.organization, company.groups["Field Service"], 120)
    assert verdict.is_reserved
    assert [one.reserved for one in covering_of(company.groups["Field Service"])] == [120, 120]
