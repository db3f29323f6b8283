"""Room reserved, committed, spent, credited and given back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import services
from budgets.models import BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.rules import BudgetState
from procurement.core import writes
from procurement.core.errors import DomainError
from tests.budgets.books import charged, counters
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import covering_of, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


# Reserving


def test_a_reservation_takes_room_on_every_budget_of_the_chain(company: Company) -> None:
    root = make_budget(company.organization, company.root, 1000)
    near = make_budget(company.organization, company.groups["Facilities"], 500)
    aside = make_budget(company.organization, company.groups["Engineering"], 500)
    verdict = reserve(company.organization, company.groups["Field Service"], 120)
    assert verdict.is_reserved
    assert [effect.covering.group_name for effect in verdict.effects] == [
        "Facilities",
        "Northwind Works",
    ]
    assert counters(root) == counters(near) == (120, 0, 0)
    assert counters(aside) == (0, 0, 0)


def test_a_refusal_names_each_blocking_budget_its_room_and_whom_to_ask(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    near = make_budget(company.organization, company.groups["Facilities"], 100)
    verdict = reserve(company.organization, company.groups["Field Service"], "100.01")
    assert not verdict.is_reserved
    (blocking,) = verdict.blocking
    assert blocking.covering.group_name == "Facilities"
    assert blocking.covering.free == 100
    assert blocking.state is BudgetState.STOP
    assert blocking.sentence == ("Only $100.00 left of $100.00; ask Dana Finance for an increase.")
    assert counters(near) == (0, 0, 0)


def test_a_refusal_leaves_no_line_no_counter_and_no_alert_behind(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    make_budget(company.organization, company.groups["Facilities"], 100)
    before = LedgerEntry.objects.count()
    reserve(company.organization, company.groups["Field Service"], 900)
    assert LedgerEntry.objects.count() == before
    assert BudgetAlert.objects.count() == 0
    assert not BudgetPeriod.objects.filter(reserved__gt=0).exists()


def test_the_last_cent_can_be_reserved_and_no_cent_more(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    assert reserve(company.organization, company.root, "99.99").is_reserved
    assert not reserve(company.organization, company.root, "0.02").is_reserved
    assert reserve(company.organization, company.root, "0.01").is_reserved
    assert counters(budget) == (100, 0, 0)


def test_reserving_is_a_turn_and_a_statement_and_goes_into_the_callers_batch(
    company: Company,
) -> None:
    make_budget(company.organization, company.root, 1000)
    make_budget(company.organization, company.groups["Facilities"], 1000)
    chain = covering_of(company.groups["Field Service"])
    with CaptureQueriesContext(connection) as queries:
        prepared = services.prepare_reservation(
            actor=system(company.organization),
            covering=chain,
            charges=charged(10),
            document=make_document(),
            now=NOW,
        )
        with writes.batch():
            prepared.queue()
        verdict = prepared.verdict()
    assert verdict.is_reserved
    turn, statement = (query["sql"] for query in queries)
    assert "pg_advisory_xact_lock" in turn
    assert "UPDATE budgets_budgetperiod" in statement


def test_a_group_without_budgets_reserves_without_a_question(company: Company) -> None:
    assert reserve(company.organization, company.root, 10**6).is_reserved


def test_an_order_of_nothing_leaves_no_line(company: Company) -> None:
    make_budget(company.organization, company.root, 10)
    before = LedgerEntry.objects.count()
    assert reserve(company.organization, company.root, 0).is_reserved
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("amount", ["-1", "0.001"])
def test_an_amount_below_zero_or_finer_than_a_cent_is_no_reservation(
    company: Company, amount: str
) -> None:
    with pytest.raises(ValueError, match="cannot be reserved"):
        reserve(company.organization, company.root, amount)


def test_reserving_again_changes_nothing(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    document = make_document()
    for _ in range(2):
        assert reserve(company.organization, company.root, 60, document).is_reserved
    assert counters(budget) == (60, 0, 0)


def test_a_changed_order_moves_only_the_difference(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    document = make_document()
    for amount in (60, 70, 20, 100):
        assert reserve(company.organization, company.root, amount, document).is_reserved
    assert counters(budget) == (100, 0, 0)
    moved = LedgerEntry.objects.filter(document_id=document.id).order_by("number")
    assert [line.kind for line in moved] == ["RESERVE", "CHANGE", "CHANGE", "CHANGE"]
    assert [line.delta_reserved for line in moved] == [60, 10, -50, 80]


def test_a_change_without_the_room_for_its_difference_moves_nothing(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    reserve(company.organization, company.root, 30)
    document = make_document()
    reserve(company.organization, company.root, 60, document)
    verdict = reserve(company.organization, company.root, "70.01", document)
    assert not verdict.is_reserved
    assert [effect.amount for effect in verdict.blocking] == [Decimal("10.01")]
    assert "Only $10.00 left" in verdict.blocking[0].sentence
    assert counters(budget) == (90, 0, 0)
    assert reserve(company.organization, company.root, 70, document).is_reserved


def test_what_a_placed_order_takes_more_is_committed(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    actor, document = system(company.organization), make_document()
    reserve(company.organization, company.root, 60, document)
    services.commit(actor=actor, document=document, now=NOW)
    services.spend(actor=actor, document=document, charges=charged(25), reference="1", now=NOW)
    for amount, committed in ((90, 65), (50, 25), (10, 0)):
        reserve(company.organization, company.root, amount, document)
        assert counters(budget) == (0, committed, 25)


def test_a_change_to_another_period_leaves_the_former_one(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    document = make_document()
    reserve(company.organization, company.root, 60, document)
    later = replace(document, occurred_on=date(2027, 1, 4))
    assert reserve(company.organization, company.root, 40, later).is_reserved
    assert counters(budget) == (0, 0, 0)
    assert counters(budget, later.occurred_on) == (40, 0, 0)
    kinds = LedgerEntry.objects.filter(document_id=document.id).order_by("at", "id")
    assert sorted(line.kind for line in kinds) == ["CHANGE", "RESERVE", "ROLL"]
    actor = system(company.organization)
    services.spend(actor=actor, document=later, charges=charged(55), reference="1", now=NOW)
    assert counters(budget) == (0, 0, 0)
    assert counters(budget, later.occurred_on) == (0, 0, 55)


def test_a_period_that_nothing_has_opened_is_opened_on_demand(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 100)
    later = date(2028, 2, 29)
    (seen,) = covering_of(company.root, later)
    assert (seen.period_id, seen.period.label) == (None, "Q1 2028")
    assert seen.cap == 100
    verdict = reserve(company.organization, company.root, 30, make_document(on=later))
    assert verdict.is_reserved
    assert counters(budget, later) == (30, 0, 0)


def test_a_budget_does_not_cover_days_before_it_starts(company: Company) -> None:
    make_budget(company.organization, company.root, 100)
    assert covering_of(company.root, date(2026, 9, 30)) == ()


# Moving on


def test_a_reservation_becomes_committed_then_spent_and_the_rest_is_released(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    actor, document = system(company.organization), make_document()
    reserve(company.organization, company.root, 640, document)
    services.commit(actor=actor, document=document, now=NOW)
    assert counters(budget) == (0, 640, 0)
    services.spend(actor=actor, document=document, charges=charged(600), reference="INV-1", now=NOW)
    assert counters(budget) == (0, 40, 600)
    services.release(actor=actor, document=document, now=NOW)
    assert counters(budget) == (0, 0, 600)
    services.credit(actor=actor, document=document, charges=charged(50), reference="CR-1", now=NOW)
    assert counters(budget) == (0, 0, 550)


def test_every_step_made_twice_counts_once(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    actor, document = system(company.organization), make_document()
    reserve(company.organization, company.root, 640, document)
    for _ in range(2):
        services.commit(actor=actor, document=document, now=NOW)
    for _ in range(2):
        services.spend(
            actor=actor,
            document=document,
            charges=charged(300),
            reference="INV-1",
            now=NOW,
        )
    assert counters(budget) == (0, 340, 300)
    for _ in range(2):
        services.release(actor=actor, document=document, now=NOW)
    for _ in range(2):
        services.credit(
            actor=actor,
            document=document,
            charges=charged(100),
            reference="CR-1",
            now=NOW,
        )
    assert counters(budget) == (0, 0, 200)


def test_an_invoice_above_the_order_takes_free_room_or_is_refused(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    actor, document = system(company.organization), make_document()
    reserve(company.organization, company.root, 640, document)
    services.commit(actor=actor, document=document, now=NOW)
    refused = services.spend(
        actor=actor,
        document=document,
        charges=charged("1000.01"),
        reference="INV-1",
        now=NOW,
    )
    assert not refused.is_reserved
    assert "ask Dana Finance" in refused.blocking[0].sentence
    assert counters(budget) == (0, 640, 0)
    assert services.spend(
        actor=actor, document=document, charges=charged(1000), reference="INV-1", now=NOW
    ).is_reserved
    assert counters(budget) == (0, 0, 1000)
    assert {alert.threshold for alert in BudgetAlert.objects.all()} == {80, 100}


def test_more_than_was_spent_is_not_credited(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    actor, document = system(company.organization), make_document()
    reserve(company.organization, company.root, 640, document)
    with pytest.raises(DomainError, match="More cannot be credited"):
        services.credit(
            actor=actor, document=document, charges=charged(1), reference="CR-1", now=NOW
        )


def test_a_document_that_holds_nothing_moves_nothing(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    actor = system(company.organization)
    assert services.commit(actor=actor, document=make_document(), now=NOW) == ()
    assert services.release(actor=actor, document=make_document(), now=NOW) == ()
