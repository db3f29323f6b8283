"""What orders take from budgets that are limited, soft, or not open."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from budgets import selectors, services
from budgets.models import Budget, BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.movements import Document, EntryKind
from budgets.rules import BudgetState
from budgets.services.posting import Line, post, post_many
from procurement.core.errors import Conflict
from tests.budgets.books import assert_ledger_equals_counters, charged, counters
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve
from tests.factories.catalogs import make_category

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SOFTWARE, TOOLS = "43230000", "27110000"


@pytest.fixture
def company() -> Iterator[Company]:
    company = make_company()
    with company.scope():
        yield company
        assert list(selectors.discrepancies()) == []


def set_fields(budget: Budget, **fields: Any) -> Budget:
    Budget.objects.filter(id=budget.id).update(**fields)
    return budget


def of_software(company: Company, cap: int) -> Budget:
    """Give Facilities a budget for software alone."""
    budget = make_budget(company.organization, company.groups["Facilities"], cap)
    return set_fields(budget, category=make_category(company, SOFTWARE, "Software"))


def soft(company: Company, cap: int = 100) -> Budget:
    return set_fields(make_budget(company.organization, company.root, cap), enforcement="SOFT")


def set_status(budget: Budget, status: str) -> None:
    BudgetPeriod.objects.filter(budget=budget).update(status=status)


def order(
    company: Company, document: Document, **amounts: Decimal | str | int
) -> services.Reservation:
    return services.reserve(
        actor=system(company.organization),
        covering=covering_of(company.groups["Facilities"]),
        charges=[
            charge
            for name, amount in amounts.items()
            for charge in charged(amount, {"software": SOFTWARE, "tools": TOOLS}[name])
        ],
        document=document,
        now=NOW,
    )


def about(company: Company, document: Document) -> dict[str, Any]:
    return {"actor": system(company.organization), "document": document, "now": NOW}


def overrun(budget: Budget) -> Decimal | int:
    period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=TODAY, ends_on__gte=TODAY)
    assert_ledger_equals_counters(period)
    return period.overrun


# Limited to a category


def test_each_budget_is_charged_with_the_lines_that_fall_under_it(company: Company) -> None:
    root = make_budget(company.organization, company.root, 1000)
    software = of_software(company, 50)
    document = make_document()
    verdict = order(company, document, software=40, tools=300)
    assert {effect.covering.title: effect.amount for effect in verdict.effects} == {
        "Facilities, Software": Decimal(40),
        "Northwind Works": Decimal(340),
    }
    assert (counters(software), counters(root)) == ((40, 0, 0), (340, 0, 0))
    assert order(company, make_document(), tools=60).is_reserved
    refused = order(company, make_document(), software="10.01")
    assert [effect.covering.title for effect in refused.blocking] == ["Facilities, Software"]
    assert (counters(software), counters(root)) == ((40, 0, 0), (400, 0, 0))


def test_a_changed_order_comes_onto_and_leaves_limited_budgets(company: Company) -> None:
    root = make_budget(company.organization, company.root, 1000)
    software = of_software(company, 50)
    document = make_document()
    order(company, document, tools=300)
    assert LedgerEntry.objects.filter(period__budget=software).exclude(kind="OPEN").count() == 0
    order(company, document, software=50, tools=300)
    assert (counters(software), counters(root)) == ((50, 0, 0), (350, 0, 0))
    order(company, document, tools=320)
    assert (counters(software), counters(root)) == ((0, 0, 0), (320, 0, 0))


def test_invoices_refunds_and_cancelled_lines_move_the_shares_that_they_are_for(
    company: Company,
) -> None:
    root = make_budget(company.organization, company.root, 1000)
    software = of_software(company, 50)
    actor, document = system(company.organization), make_document()
    order(company, document, software=40, tools=300)
    services.commit(actor=actor, document=document, now=NOW)
    said = about(company, document)
    services.spend(**said, charges=charged(30, SOFTWARE), reference="1", is_final=False)
    assert (counters(software), counters(root)) == ((0, 10, 30), (0, 310, 30))
    for _ in range(2):
        services.release(**said, charges=charged(100, TOOLS), reference="line 2")
    assert (counters(software), counters(root)) == ((0, 10, 30), (0, 210, 30))
    services.credit(**said, charges=charged(5, SOFTWARE), reference="1")
    services.spend(**said, charges=charged(150, TOOLS), reference="2", is_final=True)
    assert (counters(software), counters(root)) == ((0, 10, 25), (0, 0, 175))


def test_a_final_invoice_gives_back_the_rest_in_one_line(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    actor, document = system(company.organization), make_document()
    reserve(company.organization, company.root, 900, document)
    services.commit(actor=actor, document=document, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        services.spend(
            actor=actor,
            document=document,
            charges=charged(700),
            reference="1",
            is_final=True,
            now=NOW,
        )
    # A turn, a lock and sums, one posting, one re-arming with its event; a savepoint of two.
    assert len(queries) <= 8
    assert counters(budget) == (0, 0, 700)
    line = LedgerEntry.objects.get(kind="SPEND")
    assert [line.delta_committed, line.delta_spent] == [-900, 700]
    assert BudgetAlert.objects.get().rearmed_at == NOW


# Soft


def test_a_soft_budget_takes_what_goes_beyond_it_as_an_overrun(company: Company) -> None:
    budget = soft(company)
    document = make_document()
    assert order(company, document, tools=90).is_reserved
    verdict = order(company, document, tools="130.50")
    assert verdict.is_reserved
    assert [effect.state for effect in verdict.effects] == [BudgetState.OVER]
    assert overrun(budget) == Decimal("30.50")
    assert order(company, make_document(), tools=10).is_reserved
    assert overrun(budget) == Decimal("40.50")


def test_what_is_given_back_takes_the_overrun_down(company: Company) -> None:
    budget = soft(company)
    actor, document, other = system(company.organization), make_document(), make_document()
    order(company, document, tools=130)
    order(company, other, tools=20)
    services.release(actor=actor, document=other, charges=charged(15), now=NOW)
    assert overrun(budget) == 35
    order(company, document, tools=110)
    assert overrun(budget) == 15
    services.release(actor=actor, document=document, now=NOW)
    assert (overrun(budget), counters(budget)) == (0, (5, 0, 0))


def test_an_invoice_may_go_beyond_a_soft_budget_and_not_beyond_a_hard_one(
    company: Company,
) -> None:
    budget = soft(company)
    hard = make_budget(company.organization, company.groups["Facilities"], 150)
    document = make_document()
    order(company, document, tools=90)
    said = about(company, document)
    refused = services.spend(**said, charges=charged("150.01"), reference="1")
    assert [effect.covering.title for effect in refused.blocking] == ["Facilities"]
    assert counters(budget) == counters(hard) == (90, 0, 0)
    assert services.spend(**said, charges=charged(150), reference="1").is_reserved
    assert (overrun(budget), overrun(hard)) == (50, 0)


def test_a_hard_budget_stops_orders_at_its_share_and_takes_invoices_up_to_the_cap(
    company: Company,
) -> None:
    budget = set_fields(make_budget(company.organization, company.root, 100), block_percent=95)
    document = make_document()
    assert not order(company, document, tools="95.01").is_reserved
    assert order(company, document, tools=95).is_reserved
    assert [one.threshold for one in BudgetAlert.objects.order_by("threshold")] == [80, 95]
    said = about(company, document)
    assert services.spend(**said, charges=charged(100), reference="1").is_reserved
    assert counters(budget) == (0, 0, 100)


def test_the_database_refuses_a_line_beyond_a_hard_cap(company: Company) -> None:
    make_budget(company.organization, company.root, 100)
    period = BudgetPeriod.objects.earliest("starts_on")
    line = Line(period.id, EntryKind.CHANGE, "1", make_document(), reserved=Decimal(101))
    for way in (post, post_many):
        with pytest.raises(IntegrityError, match="within_cap"), transaction.atomic():
            way(actor=system(company.organization), lines=[line], now=NOW)


def test_many_lines_on_one_period_keep_balance_and_overrun_line_by_line(company: Company) -> None:
    budget = soft(company)
    period = BudgetPeriod.objects.earliest("starts_on")
    document, amounts = make_document(), (60, 70, -50, 40, -100)
    post_many(
        actor=system(company.organization),
        lines=[
            Line(
                period.id,
                EntryKind.ROLL,
                str(place),
                document,
                reserved=Decimal(amount),
                may_exceed=amount > 0,
                note="The year has ended",
            )
            for place, amount in enumerate(amounts)
        ],
        now=NOW,
    )
    lines = LedgerEntry.objects.filter(kind="ROLL").order_by("number")
    assert [line.used_after for line in lines] == [60, 130, 80, 120, 20]
    assert [line.delta_overrun for line in lines] == [0, 30, -30, 20, -20]
    assert {line.note for line in lines} == {"The year has ended"}
    assert (overrun(budget), counters(budget)) == (0, (20, 0, 0))


# Not open


@pytest.mark.parametrize("status", ["FROZEN", "REOPENED"])
def test_a_period_that_is_not_open_takes_nothing_more_and_what_is_set_aside_goes_on(
    company: Company, status: str
) -> None:
    budget = soft(company)
    actor, document = system(company.organization), make_document()
    order(company, document, tools=60)
    set_status(budget, status)
    refused = order(company, make_document(), tools=1)
    assert [effect.state for effect in refused.blocking] == [BudgetState.STOP]
    assert not order(company, document, tools=61).is_reserved
    assert order(company, document, tools=50).is_reserved
    services.commit(actor=actor, document=document, now=NOW)
    said = about(company, document)
    assert services.spend(**said, charges=charged(40), reference="1").is_reserved
    services.credit(**said, charges=charged(5), reference="1")
    services.release(**said)
    assert counters(budget) == (0, 0, 35)


def test_a_closed_period_takes_nothing_and_says_how_to_go_on(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    document = make_document()
    order(company, document, tools=60)
    said = about(company, document)
    services.spend(**said, charges=charged(10), reference="1")
    set_status(budget, "CLOSED")
    closed = r"Northwind Works, Q4 2026 is closed .* Reopen the period"
    for step in (
        lambda: services.commit(**said),
        lambda: services.release(**said),
        lambda: services.spend(**said, charges=charged(10), reference="2"),
        lambda: services.credit(**said, charges=charged(10), reference="2"),
        lambda: order(company, document, tools=50),
    ):
        with pytest.raises(Conflict, match=closed):
            step()
    assert counters(budget) == (50, 0, 10)
    # What has been booked is booked: doing it again is no news to the period.
    assert services.spend(**said, charges=charged(10), reference="1").is_reserved


def test_an_order_is_judged_without_what_it_holds_itself(company: Company) -> None:
    make_budget(company.organization, company.root, 100)
    document = make_document()
    order(company, document, tools=60)
    order(company, make_document(), tools=20)
    (seen,) = covering_of(company.root)
    assert selectors.without_document([seen], document.id) == (replace(seen, reserved=Decimal(20)),)
