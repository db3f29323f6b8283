"""Files of caps, compared and applied: all of a file or nothing of it."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as accounts
from accounts.actors import MemberActor
from accounts.models import OrgGroup
from accounts.tree_files import decoded
from budgets import selectors, services
from budgets.fiscal import CALENDAR_YEAR, Period, PeriodKind
from budgets.models import Budget, BudgetImport, BudgetPeriod
from budgets.plan_files import HEAD, line_of
from budgets.planning import OwnShare, PlannedCap, split
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.core import tenancy
from procurement.core.errors import Conflict, DomainError, NotAllowed
from procurement.core.files import csv_file
from procurement.core.ids import new_id
from procurement.core.planner import count_anew
from tests.budgets.books import assert_ledger_equals_counters
from tests.factories.accounts import (
    NOW,
    Company,
    actor_of,
    make_member,
    make_organization,
)
from tests.factories.budgets import TODAY, make_budget, reserve
from tests.orders.history.files import shared_data

pytestmark = [pytest.mark.django_db, pytest.mark.database]

YEAR = CALENDAR_YEAR.from_code("2027")


def exported(company: Company, code: str = "") -> str:
    period = selectors.period_named(code) if code else None
    lines = selectors.budget_lines(company.actor("Dana"), period, today=TODAY)
    return decoded(b"".join(csv_file(HEAD, (line_of(line) for line in lines))))


def planned(company: Company, text: str, *, who: str = "Dana", period: str = "") -> BudgetImport:
    return services.plan_budget_import(
        actor=company.actor(who),
        file_name="caps.csv",
        content=text,
        period_code=period,
        now=NOW,
    )


def apply(company: Company, plan: BudgetImport) -> BudgetImport:
    return services.apply_budget_import(
        actor=company.actor("Dana"), import_id=plan.id, reason="Budget 2027", now=NOW
    )


def furnish(company: Company) -> None:
    make_budget(company.organization, company.root, 10_000, kind=PeriodKind.YEAR)
    for name in ("Facilities", "Workplace"):
        make_budget(company.organization, company.groups[name], "1000.10", kind=PeriodKind.QUARTER)


def test_what_was_downloaded_changes_nothing_when_it_is_uploaded(company: Company) -> None:
    furnish(company)
    plan = planned(company, exported(company))
    assert plan.plan["counts"] == {
        "problems": 0,
        "additions": 0,
        "changes": 0,
        "terms": 0,
        "unchanged": 6,
    }
    with pytest.raises(DomainError, match="nothing to change"):
        apply(company, plan)


def test_a_file_adds_budgets_and_changes_caps_and_terms_and_ends_none(company: Company) -> None:
    furnish(company)
    plan = planned(
        company,
        "group;period;cap;warn_percent\n"
        "Northwind Works;2027;12.000,00;75\n"
        "Facilities › Field Service;2027;1.234,50;80\n"
        "Facilities › Field Service;2028;1.300,00;80\n",
    )
    counts = plan.plan["counts"]
    assert (counts["additions"], counts["changes"], counts["terms"]) == (2, 1, 1)
    assert plan.plan["difference"] == "4534.50"
    assert Budget.objects.count() == 3
    apply(company, plan)
    made = Budget.objects.get(group=company.groups["Field Service"])
    assert (made.kind, made.starts_on.year, made.cap) == ("YEAR", 2027, Decimal(1_300))
    assert {row.code: row.cap for row in made.periods.all()} == {
        "2027": Decimal("1234.50"),
        "2028": 1_300,
    }
    root = Budget.objects.get(group=company.root)
    assert (root.cap, root.warn_percent) == (Decimal(10_000), 75)
    assert {row.code: row.cap for row in root.periods.all()} == {"2026": 10_000, "2027": 12_000}
    for period in BudgetPeriod.objects.all():
        assert_ledger_equals_counters(period)
    assert Budget.objects.filter(is_active=True).count() == 4
    event = AuditEvent.objects.get(action=AuditAction.BUDGETS_IMPORTED)
    assert event.after is not None
    assert (event.after["caps"], event.after["made"], event.after["terms"]) == (3, 1, 1)
    with pytest.raises(Conflict):
        apply(company, plan)


def test_where_a_line_cannot_be_none_is_applied_and_each_says_why(company: Company) -> None:
    furnish(company)
    reserve(company.organization, company.groups["Workplace"], 500)
    plan = planned(
        company, "group,period,cap\nWorkplace,2026-Q4,499.99\nNowhere,2027,5\nWorkplace,2027,9\n"
    )
    lines = {one["line"]: one["sentence"] for one in plan.plan["problems"]}
    assert "$500.00 is used already" in lines[2]
    assert "No single group is “Nowhere”" in lines[3]
    with pytest.raises(DomainError, match="have problems"):
        apply(company, plan)
    assert not Budget.objects.filter(group=company.groups["Workplace"], kind="YEAR").exists()


def test_caps_that_have_changed_since_are_compared_again_first(company: Company) -> None:
    furnish(company)
    root = Budget.objects.get(group=company.root)
    assert YEAR is not None
    plan = planned(company, "group,period,cap\nNorthwind Works,2027,12000\n")
    services.plan_period(
        actor=company.actor("Dana"),
        rows=[PlannedCap(root.id, YEAR, Decimal(11_000))],
        now=NOW,
    )
    with pytest.raises(Conflict, match="have changed"):
        apply(company, plan)
    services.renew_budget_import(actor=company.actor("Dana"), import_id=plan.id, now=NOW)
    apply(company, BudgetImport.objects.get(id=plan.id))
    assert root.periods.get(code="2027").cap == 12_000


def test_the_caps_of_a_file_are_weighed_together_with_those_above(company: Company) -> None:
    make_budget(company.organization, company.root, 1_000, kind=PeriodKind.YEAR)
    Budget.objects.update(children_percent=100)
    refused = planned(company, "group,period,cap\nFacilities,2027,1200\n")
    assert "may come to its cap" in refused.plan["problems"][0]["sentence"]
    both = planned(company, "group,period,cap\nFacilities,2027,1200\nNorthwind Works,2027,1200\n")
    assert both.plan["counts"]["problems"] == 0


def test_only_who_may_set_every_budget_uploads_files(company: Company) -> None:
    with pytest.raises(NotAllowed):
        planned(company, "group,period,cap\nFacilities,2027,5\n", who="Alice")


def test_a_file_of_many_lines_takes_no_more_statements_than_one_of_few(company: Company) -> None:
    furnish(company)
    root = company.root
    OrgGroup.objects.bulk_create(
        OrgGroup(
            id=group_id,
            organization_id=root.organization_id,
            parent=root,
            path=[*root.path, group_id],
            name=f"Unit {number}",
        )
        for number, group_id in ((n, new_id()) for n in range(40))
    )

    def statements(first: int, last: int) -> int:
        lines = "".join(f"Unit {number},2027,5\n" for number in range(first, last))
        with CaptureQueriesContext(connection) as queries:
            apply(company, planned(company, f"group,period,cap\n{lines}"))
        return len(queries)

    assert statements(0, 2) == statements(2, 40)


def authority_file(units: list[dict[str, str]]) -> str:
    """Return the budget authority of each unit as caps; what is below shares it to the cent."""
    below: dict[str, list[dict[str, str]]] = {}
    for unit in units:
        below.setdefault(unit["parent_id"], []).append(unit)
    caps: dict[str, Decimal] = {}

    def give(unit: dict[str, str], cap: Decimal) -> None:
        caps[unit["source_code"]] = cap
        children = below.get(unit["unit_id"], [])
        shares = split(cap, [Decimal(1)] * len(children), "USD")
        for child, share in zip(children, shares, strict=True):
            give(child, share)

    for unit in below[units[0]["unit_id"]]:
        give(unit, Decimal(unit["budget_authority_usd"]))
    tops = (caps[unit["source_code"]] for unit in below[units[0]["unit_id"]])
    caps["root"] = sum(tops, Decimal(0))
    rows = ((code, "2027", cap) for code, cap in caps.items())
    return decoded(b"".join(csv_file(("code", "period", "cap"), rows)))


def assert_sums_are_what_plain_sql_says(actor: MemberActor, period: Period) -> None:
    rolled, levels = selectors.roll_ups(actor, period)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.parent_id, count(*), sum(p.cap), sum(p.reserved + p.committed + p.spent) "
            "FROM budgets_budgetperiod p JOIN budgets_budget b ON b.id = p.budget_id "
            "JOIN accounts_orggroup g ON g.id = b.group_id "
            "WHERE p.code = %s AND g.parent_id IS NOT NULL GROUP BY g.parent_id",
            [period.code],
        )
        below = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT cardinality(g.path), count(*), sum(p.cap), "
            "sum(p.reserved + p.committed + p.spent) "
            "FROM budgets_budgetperiod p JOIN budgets_budget b ON b.id = p.budget_id "
            "JOIN accounts_orggroup g ON g.id = b.group_id "
            "WHERE p.code = %s GROUP BY 1 ORDER BY 1",
            [period.code],
        )
        by_level = cursor.fetchall()
    assert {
        one.slot.covering.group_id: (one.below, one.cap_below, one.used_below) for one in rolled
    } == below
    assert [(one.level, one.budgets, one.cap, one.used) for one in levels] == by_level


@pytest.mark.data
def test_the_federal_tree_is_planned_from_a_file_and_rolls_up_to_the_cent() -> None:
    content = shared_data("org_units_us_federal.csv").read_text()
    units = list(csv.DictReader(io.StringIO(content)))
    organization = make_organization("Federal")
    with tenancy.scope(organization.id):
        root = OrgGroup.objects.get(parent__isnull=True)
        actor = actor_of(make_member(organization, root, "Dana", "FINANCE", "ADMINISTRATOR"))
        tree = accounts.plan_tree_import(
            actor=actor, file_name="tree.csv", content=content, now=NOW
        )
        accounts.apply_tree_import(actor=actor, import_id=tree.id, seen=tree.plan["seen"], now=NOW)
        count_anew(OrgGroup)
        file = authority_file(units)
        with CaptureQueriesContext(connection) as queries:
            plan = services.plan_budget_import(
                actor=actor, file_name="authority.csv", content=file, now=NOW
            )
            services.apply_budget_import(actor=actor, import_id=plan.id, now=NOW)
        # Seconds depend on the machine; statements say whether it stays set-based.
        assert len(queries) < 70
        counts = plan.plan["counts"]
        assert (counts["additions"], counts["problems"]) == (3_654, 0)
        period = selectors.period_named("2027")
        assert_sums_are_what_plain_sql_says(actor, period)
        again = services.plan_budget_import(
            actor=actor, file_name="authority.csv", content=file, now=NOW
        )
        assert again.plan["counts"]["unchanged"] == 3_654
        # Every cap is the sum of those below it; one cent more below is one more all the way up.
        unmoved = services.roll_up(actor=actor, code="2027", own=OwnShare.NOTHING, now=NOW)
        assert unmoved.changes_nothing
        leaf = BudgetPeriod.objects.filter(budget__group__path__len=4, code="2027").first()
        assert leaf is not None
        services.plan_period(
            actor=actor,
            rows=[PlannedCap(leaf.budget_id, period, leaf.cap + Decimal("0.01"))],
            now=NOW,
        )
        rolled = services.roll_up(actor=actor, code="2027", own=OwnShare.NOTHING, now=NOW)
        assert [one.difference for one in rolled.changes] == [Decimal("0.01")] * 3
        assert_sums_are_what_plain_sql_says(actor, period)
