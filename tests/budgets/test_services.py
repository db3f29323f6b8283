from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from budgets import services
from budgets.fiscal import PeriodKind
from budgets.models import BudgetAlert, BudgetPeriod
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from tests.budgets.books import assert_ledger_equals_counters, counters
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import TODAY, covering_of, make_budget, make_document, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]


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
