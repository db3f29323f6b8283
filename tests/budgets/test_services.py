from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.rules import BudgetState
from procurement.audit.models import AuditEvent
from procurement.core import writes
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.budgets.books import assert_ledger_equals_counters, charged, counters
from tests.factories.accounts import NOW, Company, make_company, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Iterator[Company]:
    company = make_company()
    with company.scope():
        yield company


# Setting budgets


def test_a_budget_has_its_running_period_open_and_the_next_one_two_weeks_ahead(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    actor = system(company.organization)
    services.open_coming_periods(actor=actor, now=datetime(2026, 12, 17, 15, 0, tzinfo=UTC))
    assert BudgetPeriod.objects.filter(budget=budget).count() == 1
    services.open_coming_periods(actor=actor, now=datetime(2026, 12, 18, 15, 0, tzinfo=UTC))
    periods = BudgetPeriod.objects.filter(budget=budget).order_by("starts_on")
    assert [(p.starts_on, p.ends_on, p.cap) for p in periods] == [
        (date(2026, 10, 1), date(2026, 12, 31), Decimal(1000)),
        (date(2027, 1, 1), date(2027, 3, 31), Decimal(1000)),
    ]
    for period in periods:
        assert_ledger_equals_counters(period)


def test_the_period_is_that_of_the_organizations_own_calendar(company: Company) -> None:
    # 2 AM UTC on January 1 is still December 31 in New York.
    new_year = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)
    budget = make_budget(company.organization, company.root, kind=PeriodKind.MONTH, now=new_year)
    first = BudgetPeriod.objects.filter(budget=budget).earliest("starts_on")
    assert first.starts_on == date(2026, 12, 1)


def test_a_group_has_one_budget_of_a_kind_and_may_have_several_kinds(company: Company) -> None:
    make_budget(company.organization, company.root, kind=PeriodKind.QUARTER)
    make_budget(company.organization, company.root, kind=PeriodKind.MONTH)
    with pytest.raises(DomainError, match="has a quarterly budget already") as refused:
        make_budget(company.organization, company.root, kind=PeriodKind.QUARTER)
    assert refused.value.field == "kind"


@pytest.mark.parametrize("cap", ["-1", "0.001", "NaN", "100000000000000.00"])
def test_a_cap_that_cannot_be_is_refused_beside_its_field(company: Company, cap: str) -> None:
    with pytest.raises(DomainError) as refused:
        make_budget(company.organization, company.root, cap)
    assert refused.value.field == "cap"


def test_setting_a_budget_takes_the_permission_and_leaves_an_event(company: Company) -> None:
    group = company.groups["Workplace"]
    with pytest.raises(NotAllowed):
        services.set_budget(
            actor=company.actor("Alice"),
            group=group,
            kind=PeriodKind.MONTH,
            cap=Decimal(5),
            now=NOW,
        )
    budget = services.set_budget(
        actor=company.actor("Dana"), group=group, kind=PeriodKind.MONTH, cap=Decimal(5), now=NOW
    )
    event = AuditEvent.objects.get(action="budget.set")
    assert (event.subject_id, event.actor_label) == (budget.id, "Dana Finance")
    assert event.after is not None
    assert event.after["cap"] == "5"


def test_a_changed_cap_holds_from_the_current_period_on_and_stands_in_the_ledger(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000, starts_on=date(2026, 1, 1))
    services.open_past_periods(
        actor=system(company.organization), first=date(2026, 1, 1), last=TODAY, now=NOW
    )
    services.change_cap(
        actor=company.actor("Dana"),
        budget_id=budget.id,
        cap=Decimal(1500),
        reason="Season",
        now=NOW,
    )
    caps = BudgetPeriod.objects.filter(budget=budget).order_by("starts_on")
    assert [period.cap for period in caps] == [1000, 1000, 1000, 1500]
    for period in caps:
        assert_ledger_equals_counters(period)
    event = AuditEvent.objects.get(action="budget.cap_changed")
    assert (event.before, event.reason) == ({"cap": "1000.00"}, "Season")


def test_a_cap_cannot_go_below_what_is_used(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    reserve(company.organization, company.root, "600.01")
    with pytest.raises(DomainError, match=r"Q4 2026 has used \$600.01 already") as refused:
        services.change_cap(
            actor=company.actor("Dana"), budget_id=budget.id, cap=Decimal(600), now=NOW
        )
    assert refused.value.field == "cap"
    services.change_cap(
        actor=company.actor("Dana"), budget_id=budget.id, cap=Decimal("600.01"), now=NOW
    )
    assert counters(budget) == (Decimal("600.01"), 0, 0)


def test_a_lower_cap_that_brings_the_use_over_a_mark_alerts(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    reserve(company.organization, company.root, 600)
    services.change_cap(actor=company.actor("Dana"), budget_id=budget.id, cap=Decimal(700), now=NOW)
    assert [alert.threshold for alert in BudgetAlert.objects.all()] == [80]


def test_a_budget_of_somebody_who_may_not_see_it_does_not_exist(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    with pytest.raises(NotFound):
        services.change_cap(
            actor=company.actor("Alice"), budget_id=budget.id, cap=Decimal(1), now=NOW
        )


def test_an_ended_budget_covers_nothing_more_and_keeps_what_it_recorded(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    document = make_document()
    reserve(company.organization, company.root, 10, document)
    services.end_budget(
        actor=company.actor("Dana"), budget_id=budget.id, reason="Merged into the year", now=NOW
    )
    assert covering_of(company.root) == ()
    services.commit(actor=system(company.organization), document=document, now=NOW)
    assert counters(budget) == (0, 10, 0)
    make_budget(company.organization, company.root, 500)


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


def test_reserving_is_one_statement_and_goes_into_the_callers_batch(company: Company) -> None:
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
    assert len(queries) == 1


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
