"""Plans carried out: many caps at once, each in its ledger, all of them or none."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OrgGroup, Role
from budgets import selectors, services
from budgets.fiscal import Period, PeriodKind, period_of
from budgets.models import Budget, BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.planning import OwnShare, PlannedCap, SplitBy
from budgets.services import PlanRefused
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.core.errors import Conflict, DomainError, NotAllowed, NotFound
from tests.budgets.books import assert_ledger_equals_counters
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_group,
    make_member,
    system,
)
from tests.factories.budgets import TODAY, make_budget, reserve

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW_YEAR = period_of(PeriodKind.YEAR, TODAY)
NEXT_YEAR = period_of(PeriodKind.YEAR, date(2027, 1, 1))
AFTER = period_of(PeriodKind.YEAR, date(2028, 1, 1))


def yearly(company: Company, group: OrgGroup, cap: int) -> Budget:
    return make_budget(company.organization, group, cap, kind=PeriodKind.YEAR)


def tree(company: Company) -> dict[str, Budget]:
    """Give the organization, Facilities and the two groups below it yearly budgets."""
    groups = company.groups
    budgets = {
        "root": yearly(company, company.root, 10_000),
        "Facilities": yearly(company, groups["Facilities"], 5_000),
        "Field Service": yearly(company, groups["Field Service"], 2_000),
        "Workplace": yearly(company, groups["Workplace"], 1_000),
    }
    open_next_year(company)
    return budgets


def open_next_year(company: Company) -> None:
    services.open_coming_periods(actor=system(company.organization), now=NOW + timedelta(days=30))


def caps(period: Period) -> dict[str, Decimal]:
    rows = BudgetPeriod.objects.filter(starts_on=period.starts_on, budget__kind=period.kind.value)
    for row in rows:
        assert_ledger_equals_counters(row)
    return {row.budget.group.name: row.cap for row in rows.select_related("budget__group")}


def plan(company: Company, *rows: tuple[Budget, Period, str], seen: str | None = None) -> None:
    services.plan_period(
        actor=company.actor("Dana"),
        rows=[PlannedCap(budget.id, period, Decimal(cap)) for budget, period, cap in rows],
        reason="Agreed by the board",
        seen=seen,
        now=NOW,
    )


def test_a_plan_opens_coming_periods_and_changes_open_ones_with_a_line_in_each_ledger(
    company: Company,
) -> None:
    budgets = tree(company)
    plan(
        company,
        (budgets["root"], AFTER, "12000"),
        (budgets["Facilities"], NEXT_YEAR, "5500.50"),
        (budgets["Workplace"], NEXT_YEAR, "1000"),
    )
    assert caps(AFTER) == {"Northwind Works": 12_000}
    assert caps(NEXT_YEAR)["Facilities"] == Decimal("5500.50")
    assert Budget.objects.get(id=budgets["Facilities"].id).cap == 5_000
    opened = LedgerEntry.objects.get(period__starts_on=AFTER.starts_on)
    assert (opened.kind, opened.delta_cap, opened.note) == (
        "OPEN",
        Decimal(12_000),
        "Agreed by the board",
    )
    changed = LedgerEntry.objects.get(
        period__budget=budgets["Facilities"], period__starts_on=NEXT_YEAR.starts_on, number=2
    )
    assert (changed.kind, changed.delta_cap) == ("CAP", Decimal("500.50"))
    event = AuditEvent.objects.get(action=AuditAction.BUDGETS_PLANNED)
    assert event.after is not None
    assert (event.after["caps"], event.after["opened"]) == (2, 1)
    assert event.after["periods"] == ["2027", "2028"]
    assert event.reason == "Agreed by the board"


def test_where_one_cap_cannot_be_none_is_changed_and_every_bad_one_is_named(
    company: Company,
) -> None:
    budgets = tree(company)
    reserve(company.organization, company.groups["Workplace"], 900)
    with pytest.raises(PlanRefused) as refused:
        plan(
            company,
            (budgets["root"], NOW_YEAR, "11000"),
            (budgets["Facilities"], NOW_YEAR, "899.99"),
            (budgets["Workplace"], NOW_YEAR, "800"),
        )
    assert [place for place, _ in refused.value.errors] == ["Facilities, 2026", "Workplace, 2026"]
    assert "$900.00 is used already" in refused.value.message
    assert caps(NOW_YEAR)["Northwind Works"] == 10_000


def test_a_plan_takes_as_many_statements_for_many_budgets_as_for_few(company: Company) -> None:
    budgets = [yearly(company, company.root, 1)]
    budgets += [
        yearly(company, make_group(company.organization, company.root, f"Unit {number}"), 1)
        for number in range(30)
    ]

    def statements(some: list[Budget], cap: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            plan(company, *((budget, NEXT_YEAR, cap) for budget in some))
            plan(company, *((budget, AFTER, cap) for budget in some))
        return len(queries)

    few = statements(budgets[:2], "2")
    assert statements(budgets[2:], "2") == few
    assert set(caps(AFTER).values()) == {2}


def test_what_has_changed_since_it_was_shown_is_not_carried_out(company: Company) -> None:
    budgets = tree(company)
    rows = [PlannedCap(budgets["root"].id, NEXT_YEAR, Decimal(12_000))]
    shown = selectors.draft_caps(company.actor("Dana"), rows, today=TODAY)
    plan(company, (budgets["root"], NEXT_YEAR, "11000"))
    with pytest.raises(Conflict):
        plan(company, (budgets["root"], NEXT_YEAR, "12000"), seen=shown.digest)
    assert caps(NEXT_YEAR)["Northwind Works"] == 11_000


def test_a_lower_cap_of_the_running_period_alerts_once(company: Company) -> None:
    budgets = tree(company)
    reserve(company.organization, company.groups["Workplace"], 700)
    plan(company, (budgets["Workplace"], NOW_YEAR, "800"))
    alert = BudgetAlert.objects.get()
    assert (alert.threshold, alert.cap, alert.used) == (80, Decimal(800), Decimal(700))


def test_a_year_is_copied_forward_with_growth(company: Company) -> None:
    budgets = tree(company)
    plan(company, (budgets["Workplace"], NOW_YEAR, "1000.01"))
    made = services.copy_forward(
        actor=company.actor("Dana"),
        from_code="2026",
        to_code="2027",
        percent=Decimal("2.5"),
        now=NOW,
    )
    assert caps(NEXT_YEAR) == {
        "Northwind Works": 10_250,
        "Facilities": 5_125,
        "Field Service": 2_050,
        "Workplace": Decimal("1025.01"),
    }
    assert (len(made.changes), made.difference) == (4, Decimal("450.01"))
    assert Budget.objects.count() == 4


def test_only_the_chosen_groups_are_copied(company: Company) -> None:
    tree(company)
    services.copy_forward(
        actor=company.actor("Dana"),
        from_code="2026",
        to_code="2028",
        percent=Decimal(10),
        group_ids=[company.groups["Facilities"].id],
        now=NOW,
    )
    assert set(caps(AFTER)) == {"Facilities", "Field Service", "Workplace"}


def test_room_that_was_transferred_is_not_copied(company: Company) -> None:
    budgets = tree(company)
    period = BudgetPeriod.objects.get(budget=budgets["Workplace"], starts_on=NOW_YEAR.starts_on)
    LedgerEntry.objects.create(
        organization_id=company.organization.id,
        period=period,
        number=2,
        kind="TRANSFER",
        delta_cap=300,
        used_after=0,
        document_kind="TRANSFER",
        document_id=period.id,
        document_label="From Field Service",
        occurred_on=TODAY,
        actor_label="Dana",
        at=NOW,
    )
    BudgetPeriod.objects.filter(id=period.id).update(cap=1_300, entries=2)
    services.copy_forward(
        actor=company.actor("Dana"), from_code="2026", to_code="2028", percent=Decimal(0), now=NOW
    )
    assert caps(NOW_YEAR)["Workplace"] == 1_300
    assert "Workplace" not in caps(AFTER)
    table = {
        row.slot.covering.group_name: row
        for row in selectors.plan_table(company.actor("Dana"), AFTER)
    }
    assert table["Workplace"].slot.covering.cap == 1_000


def test_a_budget_is_split_to_the_cent_by_what_each_spent(company: Company) -> None:
    budgets = tree(company)
    spent = {"Field Service": 200, "Workplace": 100}
    for name, amount in spent.items():
        BudgetPeriod.objects.filter(budget=budgets[name], starts_on=NOW_YEAR.starts_on).update(
            spent=amount
        )
    services.split_down(
        actor=company.actor("Dana"),
        budget_id=budgets["Facilities"].id,
        code="2027",
        by=SplitBy.SPENT,
        amount=Decimal("100.00"),
        now=NOW,
    )
    rows = BudgetPeriod.objects.filter(starts_on=NEXT_YEAR.starts_on)
    found = {row.budget.group.name: row.cap for row in rows}
    assert found["Field Service"] == Decimal("66.67")
    assert found["Workplace"] == Decimal("33.33")


def test_a_budget_is_split_by_people_and_missing_ones_are_made(company: Company) -> None:
    root = yearly(company, company.root, 9_000)
    open_next_year(company)
    make_member(company.organization, company.groups["Engineering"], "Eve Engineer")
    made = services.split_down(
        actor=company.actor("Dana"),
        budget_id=root.id,
        code="2027",
        by=SplitBy.PEOPLE,
        makes_missing=True,
        now=NOW,
    )
    # Bob, Alice and Tom are at home in Facilities or below it, Eve is in Engineering.
    assert caps(NEXT_YEAR) == {
        "Northwind Works": 9_000,
        "Facilities": 6_750,
        "Engineering": 2_250,
    }
    assert {one.group_name for one in made.new} == {"Facilities", "Engineering"}
    facilities = Budget.objects.get(group=company.groups["Facilities"])
    assert (facilities.cap, facilities.starts_on) == (Decimal(6_750), NEXT_YEAR.starts_on)


def test_a_budget_with_nothing_below_cannot_be_split(company: Company) -> None:
    root = yearly(company, company.root, 9_000)
    with pytest.raises(DomainError, match="below it"):
        services.split_down(
            actor=company.actor("Dana"),
            budget_id=root.id,
            code="2027",
            by=SplitBy.EQUALLY,
            now=NOW,
        )


def test_caps_are_rolled_up_from_below_with_what_each_group_kept(company: Company) -> None:
    tree(company)
    plan_of = {one.group.name: one for one in Budget.objects.select_related("group")}
    plan(company, (plan_of["Workplace"], NEXT_YEAR, "1500"))
    services.roll_up(actor=company.actor("Dana"), code="2027", own=OwnShare.KEPT, now=NOW)
    # Facilities kept 2,000 for itself, the organization 5,000.
    assert caps(NEXT_YEAR) == {
        "Northwind Works": 10_500,
        "Facilities": 5_500,
        "Field Service": 2_000,
        "Workplace": 1_500,
    }
    services.roll_up(actor=company.actor("Dana"), code="2027", own=OwnShare.NOTHING, now=NOW)
    assert caps(NEXT_YEAR)["Northwind Works"] == 3_500


def test_children_are_held_to_the_cap_above_as_the_plan_leaves_it(company: Company) -> None:
    budgets = tree(company)
    Budget.objects.filter(id=budgets["Facilities"].id).update(children_percent=100)
    with pytest.raises(PlanRefused, match="may come to its cap"):
        plan(company, (budgets["Workplace"], NEXT_YEAR, "3000.01"))
    plan(
        company,
        (budgets["Workplace"], NEXT_YEAR, "3000.01"),
        (budgets["Facilities"], NEXT_YEAR, "5000.01"),
    )
    assert caps(NEXT_YEAR)["Workplace"] == Decimal("3000.01")


def test_who_keeps_no_budgets_plans_none_and_learns_of_none(company: Company) -> None:
    budgets = tree(company)
    rows = [PlannedCap(budgets["Field Service"].id, NEXT_YEAR, Decimal(1))]
    with pytest.raises(NotAllowed):
        services.plan_period(actor=company.actor("Alice"), rows=rows, now=NOW)
    with pytest.raises(NotAllowed):
        services.split_down(
            actor=company.actor("Bob"),
            budget_id=budgets["root"].id,
            code="2027",
            by=SplitBy.EQUALLY,
            now=NOW,
        )


def test_who_keeps_one_group_plans_that_alone_and_learns_of_no_other(company: Company) -> None:
    budgets = tree(company)
    fay = actor_of(
        make_member(company.organization, company.groups["Facilities"], "Fay Finance", Role.FINANCE)
    )
    rows = [PlannedCap(budgets["root"].id, NEXT_YEAR, Decimal(1))]
    with pytest.raises(PlanRefused, match="no such budget") as refused:
        services.plan_period(actor=fay, rows=rows, now=NOW)
    assert "Northwind" not in refused.value.message
    made = services.copy_forward(
        actor=fay, from_code="2026", to_code="2028", percent=Decimal(10), now=NOW
    )
    assert len(made.changes) == 3
    assert set(caps(AFTER)) == {"Facilities", "Field Service", "Workplace"}
    with pytest.raises(NotFound):
        services.split_down(
            actor=fay, budget_id=budgets["root"].id, code="2027", by=SplitBy.EQUALLY, now=NOW
        )


def test_the_table_of_a_period_takes_three_queries(company: Company) -> None:
    tree(company)
    actor = company.actor("Dana")
    with CaptureQueriesContext(connection) as queries:
        rows = selectors.plan_table(actor, NEXT_YEAR)
    assert len(queries) == 3
    assert [(row.slot.covering.group_name, row.level, row.below) for row in rows] == [
        ("Northwind Works", 1, 1),
        ("Facilities", 2, 2),
        ("Field Service", 3, 0),
        ("Workplace", 3, 0),
    ]
