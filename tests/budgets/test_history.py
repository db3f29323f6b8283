"""Imported history on budgets, and what the database itself refuses."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from budgets import services
from budgets.models import Budget, BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.movements import Document
from budgets.services import HistoryPosting
from procurement.core.ids import new_id
from tests.budgets.books import assert_ledger_equals_counters, counters
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import TODAY, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


# Imported history


def posting(budget: Budget, amount: str, document: Document | None = None) -> HistoryPosting:
    period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=TODAY, ends_on__gte=TODAY)
    document = document or make_document()
    return HistoryPosting(period.id, document.id, document.label, TODAY, Decimal(amount))


def record(company: Company, *postings: HistoryPosting) -> int:
    return services.record_history(
        actor=system(company.organization), document_kind="IMPORTED", postings=postings, now=NOW
    )


def test_history_is_posted_once_and_refunds_give_room_back(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    postings = [posting(budget, "400.10"), posting(budget, "-100.05"), posting(budget, "7")]
    assert record(company, *postings) == 3
    assert record(company, *postings) == 0
    assert record(company, *postings, posting(budget, "1")) == 1
    assert counters(budget) == (0, 0, Decimal("308.05"))


def test_no_plan_is_kept_for_posting_history_that_was_made_while_the_ledger_was_empty(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    for _ in range(7):
        record(company, posting(budget, "1"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall() if "'HISTORY'" in statement]
    assert kept == []


def test_history_beyond_the_cap_is_an_explicit_overrun_that_gives_no_room(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    record(company, posting(budget, "900"), posting(budget, "250"), posting(budget, "50"))
    period = BudgetPeriod.objects.get(budget=budget, starts_on=date(2026, 10, 1))
    assert [period.spent, period.overrun] == [1200, 200]
    assert counters(budget) == (0, 0, 1200)
    assert not reserve(company.organization, company.root, "0.01").is_reserved
    record(company, posting(budget, "-300"))
    period.refresh_from_db()
    assert [period.spent, period.overrun] == [900, 0]
    assert_ledger_equals_counters(period)
    assert reserve(company.organization, company.root, 100).is_reserved


def test_room_that_a_release_gives_back_lies_below_the_cap_not_below_the_overrun(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    document = make_document()
    reserve(company.organization, company.root, 500, document)
    record(company, posting(budget, "800"))
    services.release(actor=system(company.organization), document=document, now=NOW)
    assert not reserve(company.organization, company.root, "200.01").is_reserved
    assert reserve(company.organization, company.root, 200).is_reserved
    assert counters(budget) == (200, 0, 800)


def test_refunds_may_leave_a_period_below_zero(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    record(company, posting(budget, "-40"))
    assert counters(budget) == (0, 0, -40)
    assert reserve(company.organization, company.root, 1040).is_reserved


def test_postings_of_one_document_on_one_period_are_one_line(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    document = make_document()
    record(company, posting(budget, "40", document), posting(budget, "2.50", document))
    assert LedgerEntry.objects.filter(kind="HISTORY").get().delta_spent == Decimal("42.50")


def test_a_raised_cap_takes_the_overrun_back(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    record(company, posting(budget, "1300"))
    services.change_cap(
        actor=company.actor("Dana"), budget_id=budget.id, cap=Decimal(1100), now=NOW
    )
    period = BudgetPeriod.objects.get(budget=budget, starts_on=date(2026, 10, 1))
    assert [period.cap, period.overrun] == [1100, 200]
    services.change_cap(
        actor=company.actor("Dana"), budget_id=budget.id, cap=Decimal(2000), now=NOW
    )
    assert counters(budget) == (0, 0, 1300)
    assert reserve(company.organization, company.root, 700).is_reserved


def test_history_of_a_running_period_alerts_and_that_of_the_past_does_not(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000, starts_on=date(2026, 7, 1))
    services.open_past_periods(
        actor=system(company.organization), first=date(2026, 7, 1), last=TODAY, now=NOW
    )
    past = BudgetPeriod.objects.get(budget=budget, starts_on=date(2026, 7, 1))
    document = make_document()
    record(
        company,
        HistoryPosting(past.id, document.id, document.label, date(2026, 8, 1), Decimal(5000)),
    )
    assert BudgetAlert.objects.count() == 0
    record(company, posting(budget, "850"))
    assert [alert.threshold for alert in BudgetAlert.objects.all()] == [80]
    record(company, posting(budget, "-100"))
    assert BudgetAlert.objects.get().rearmed_at == NOW


def test_twenty_thousand_postings_add_up(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000, starts_on=date(2024, 1, 1))
    services.open_past_periods(
        actor=system(company.organization), first=date(2024, 1, 1), last=TODAY, now=NOW
    )
    periods = list(BudgetPeriod.objects.filter(budget=budget).order_by("starts_on"))
    postings = [
        HistoryPosting(
            periods[n % len(periods)].id,
            new_id(),
            f"S-{n}",
            date(2024, 1, 1),
            Decimal(n % 700 - 20),
        )
        for n in range(20_000)
    ]
    posted = record(company, *[p for p in postings if p.amount])
    assert posted == sum(1 for p in postings if p.amount)
    total = sum(p.amount for p in postings)
    assert sum(period.spent for period in BudgetPeriod.objects.filter(budget=budget)) == total
    for period in BudgetPeriod.objects.filter(budget=budget):
        assert_ledger_equals_counters(period)


# What the database itself refuses


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE budgets_ledgerentry SET delta_reserved = delta_reserved",
        "DELETE FROM budgets_ledgerentry",
    ],
)
def test_the_database_refuses_to_change_the_ledger(company: Company, change: str) -> None:
    make_budget(company.organization, company.root, 1000)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_the_database_refuses_an_overspend(company: Company) -> None:
    make_budget(company.organization, company.root, 1000)
    with pytest.raises(IntegrityError, match="budget_period_within_cap"), transaction.atomic():
        BudgetPeriod.objects.update(committed=Decimal("1000.01"))
    with pytest.raises(IntegrityError, match="budget_period_not_negative"), transaction.atomic():
        BudgetPeriod.objects.update(reserved=Decimal("-0.01"))


def test_the_database_refuses_a_line_whose_figures_are_not_those_of_its_kind(
    company: Company,
) -> None:
    make_budget(company.organization, company.root, 1000)
    period = BudgetPeriod.objects.earliest("starts_on")
    with pytest.raises(IntegrityError, match="ledger_entry_shape"), transaction.atomic():
        LedgerEntry.objects.create(
            organization_id=company.organization.id,
            period=period,
            number=2,
            kind="COMMIT",
            delta_committed=10,
            delta_reserved=-9,
            used_after=1,
            document_kind="REQUISITION",
            document_id=new_id(),
            key="1",
            occurred_on=TODAY,
            at=NOW,
        )
