"""Setting budgets with all their terms, changing them, and holding children to the one above."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from typing_extensions import Unpack

from accounts.models import Position
from budgets import selectors, services
from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetAlert, BudgetPeriod
from budgets.movements import EntryKind
from budgets.services import BudgetChanges
from budgets.services.posting import Line, post
from budgets.terms import BudgetTerms, Enforcement
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from tests.budgets.books import assert_ledger_equals_counters, use
from tests.factories.accounts import NOW, Company, system
from tests.factories.budgets import TODAY, make_budget, make_document
from tests.factories.catalogs import make_category, make_supplier

pytestmark = [pytest.mark.django_db, pytest.mark.database]

COMING = date(2027, 1, 1)


def change(company: Company, budget: Budget, **changes: Unpack[BudgetChanges]) -> Budget:
    return services.change_budget(
        actor=company.actor("Dana"), budget_id=budget.id, changes=changes, reason="Plan", now=NOW
    )


def give(company: Company, group: str, cap: int | str, terms: BudgetTerms) -> Budget:
    return services.set_budget(
        actor=company.actor("Dana"),
        group=company.groups.get(group, company.root),
        kind=PeriodKind.QUARTER,
        cap=Decimal(cap),
        terms=terms,
        now=NOW,
    )


def open_coming(company: Company) -> None:
    services.open_coming_periods(actor=system(company.organization), now=NOW + timedelta(days=30))


def cap_on(budget: Budget, on: date = TODAY) -> Decimal:
    period = BudgetPeriod.objects.get(budget=budget, starts_on__lte=on, ends_on__gte=on)
    assert_ledger_equals_counters(period)
    return period.cap


def test_a_group_has_one_budget_for_each_scope_and_says_what_each_means(company: Company) -> None:
    tablets, kestrel = make_category(company), make_supplier(company)
    alice = company.people["Alice"]
    seat = Position.objects.get(code="supervisor")
    scopes = [
        BudgetTerms(),
        BudgetTerms(category_id=tablets.id),
        BudgetTerms(category_id=tablets.id, supplier_id=kestrel.id, name="Tablets of Kestrel"),
        BudgetTerms(membership_id=alice.id, enforcement=Enforcement.SOFT),
        BudgetTerms(position_id=seat.id, marks=(90, 50), block_percent=95),
    ]
    made = [give(company, "Facilities", 100, terms) for terms in scopes]
    said = [selectors.meaning_of(one, "USD") for one in made]
    assert "each quarter. People are told at 80%; at 100% orders stop" in said[0]
    assert "each quarter for Tablets from Kestrel IT." in said[2]
    assert "for Alice Requester. People are told at 80%; orders beyond 100% go on" in said[3]
    assert "for Supervisor. People are told at 50, 80 and 90%; at 95% orders stop" in said[4]
    with pytest.raises(DomainError, match="has a quarterly budget for Tablets already") as refused:
        give(company, "Facilities", 5, BudgetTerms(category_id=tablets.id))
    assert refused.value.field == "kind"
    event = AuditEvent.objects.filter(action="budget.set").latest("at", "id")
    assert event.after is not None
    assert (event.after["scope"], event.after["marks"]) == ("Supervisor", [50, 90])
    assert event.subject_label == "Facilities, quarterly budget for Supervisor"
    own = selectors.own_budgets(company.actor("Bob"), TODAY)
    assert [one.budget_id for one in own] == [made[4].id]


def test_what_a_budget_is_limited_to_must_be_there_and_in_use(company: Company) -> None:
    seat = Position.objects.get(code="director")
    seat.archived_at = NOW
    seat.save()
    alice = company.people["Alice"]
    alice.status = "SUSPENDED"
    alice.save()
    for terms, field in (
        (BudgetTerms(category_id=new_id()), "category"),
        (BudgetTerms(supplier_id=new_id()), "supplier"),
        (BudgetTerms(membership_id=alice.id), "membership"),
        (BudgetTerms(position_id=seat.id), "position"),
        (BudgetTerms(warn_percent=100), "warn_percent"),
    ):
        with pytest.raises(DomainError) as refused:
            give(company, "Facilities", 5, terms)
        assert refused.value.field == field


def test_setting_a_budget_costs_the_statements_that_it_says(company: Company) -> None:
    dana = company.actor("Dana")
    with CaptureQueriesContext(connection) as queries:
        services.set_budget(
            actor=dana, group=company.root, kind=PeriodKind.YEAR, cap=Decimal(5), now=NOW
        )
    savepoints = [one for one in queries if "SAVEPOINT" in one["sql"]]
    assert len(queries) - len(savepoints) == 10


# Children


def test_children_are_held_to_what_the_budget_above_gives_out(company: Company) -> None:
    root = give(company, "", 1000, BudgetTerms(children_percent=100))
    facilities = make_budget(company.organization, company.groups["Facilities"], 700)
    with pytest.raises(DomainError, match=r"others have \$700.00, so \$300.00 is left") as refused:
        make_budget(company.organization, company.groups["Engineering"], "300.01")
    assert refused.value.field == "cap"
    engineering = make_budget(company.organization, company.groups["Engineering"], 300)
    with pytest.raises(DomainError, match="may together come to its cap"):
        change(company, engineering, cap=Decimal(301))
    with pytest.raises(DomainError, match=r"come to \$1,000.00 together") as lowered:
        change(company, root, cap=Decimal(999))
    assert lowered.value.field == "cap"
    with pytest.raises(DomainError, match="90% of its cap"):
        change(company, root, children_percent=90)
    change(company, root, children_percent=120)
    change(company, engineering, cap=Decimal(500))
    # What stands below a child counts against the child, not against the root.
    make_budget(company.organization, company.groups["Workplace"], 650)
    # Another kind and another scope are other families.
    make_budget(company.organization, company.groups["Engineering"], 9000, kind=PeriodKind.YEAR)
    scoped = BudgetTerms(supplier_id=make_supplier(company).id)
    give(company, "Engineering", 9000, scoped)
    change(company, facilities, children_percent=100)
    with pytest.raises(DomainError, match="below Facilities"):
        make_budget(company.organization, company.groups["Field Service"], 51)


def test_a_family_that_is_beyond_already_may_come_down_step_by_step(company: Company) -> None:
    root = make_budget(company.organization, company.root, 100)
    child = make_budget(company.organization, company.groups["Facilities"], 500)
    Budget.objects.filter(id=root.id).update(children_percent=100)
    change(company, child, cap=Decimal(400))
    with pytest.raises(DomainError):
        change(company, child, cap=Decimal(401))


# Changing


def test_terms_change_from_now_on_and_the_record_says_what_was_before(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    change(company, budget, enforcement=Enforcement.SOFT, marks=(50,), name="All of it")
    (covering,) = selectors.standing_of([budget.id], TODAY).values()
    assert (covering.is_soft, covering.thresholds) == (True, (50, 80, 100))
    event = AuditEvent.objects.get(action="budget.changed")
    assert event.before == {"enforcement": "HARD", "marks": [], "name": ""}
    assert event.after == {"enforcement": "SOFT", "marks": [50], "name": "All of it"}
    assert event.reason == "Plan"
    events = AuditEvent.objects.count()
    change(company, budget, name="All of it")
    assert AuditEvent.objects.count() == events


def test_cap_and_terms_change_together_and_leave_one_event(company: Company) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    open_coming(company)
    change(company, budget, cap=Decimal(1200), warn_percent=70)
    event = AuditEvent.objects.get(action="budget.changed")
    assert event.after == {"cap": "1200", "warn_percent": 70}
    assert not AuditEvent.objects.filter(action="budget.cap_changed").exists()
    assert cap_on(budget) == cap_on(budget, COMING) == 1200


def test_a_lower_mark_is_told_at_once_and_one_that_is_none_any_more_is_forgotten(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    use(budget, 650)
    change(company, budget, marks=(50, 60, 70))
    armed = BudgetAlert.objects.filter(rearmed_at__isnull=True)
    assert sorted(armed.values_list("threshold", flat=True)) == [50, 60]
    change(company, budget, marks=(60,))
    assert list(armed.values_list("threshold", flat=True)) == [60]
    change(company, budget, cap=Decimal(2000))
    assert not armed.exists()
    assert BudgetAlert.objects.count() == 2


def test_what_is_carried_over_stays_on_top_and_a_planned_period_keeps_its_cap(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    open_coming(company)
    carried = BudgetPeriod.objects.get(budget=budget, starts_on__lte=TODAY)
    planned = BudgetPeriod.objects.get(budget=budget, starts_on=COMING)
    document = make_document()
    lines = [
        Line(carried.id, EntryKind.CARRY, "", document, cap=Decimal(200)),
        Line(planned.id, EntryKind.CAP, "", document, cap=Decimal(5000)),
    ]
    post(actor=system(company.organization), lines=lines, now=NOW)
    change(company, budget, cap=Decimal(1500))
    assert cap_on(budget) == 1700
    assert cap_on(budget, COMING) == 6000
    use(budget, 1600)
    with pytest.raises(DomainError, match=r"has used \$1,600.00 already"):
        change(company, budget, cap=Decimal(1399))
    change(company, budget, cap=Decimal(1400))
    assert cap_on(budget) == 1600


def test_a_closed_period_keeps_its_cap_and_an_ended_budget_is_not_changed(
    company: Company,
) -> None:
    budget = make_budget(company.organization, company.root, 1000)
    open_coming(company)
    BudgetPeriod.objects.filter(budget=budget, starts_on__lte=TODAY).update(status="CLOSED")
    change(company, budget, cap=Decimal(1500))
    assert cap_on(budget) == 1000
    assert cap_on(budget, COMING) == 1500
    services.end_budget(actor=company.actor("Dana"), budget_id=budget.id, reason="x", now=NOW)
    with pytest.raises(Conflict, match="has ended"):
        change(company, budget, cap=Decimal(1))
