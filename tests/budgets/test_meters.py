from csv import DictReader
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext

from budgets import selectors, services
from budgets.fiscal import PeriodKind, period_of
from budgets.models import Budget, BudgetPeriod
from budgets.selectors import Mark
from budgets.selectors.branches import ALL_OPEN_UP_TO, CHILDREN_SHOWN
from budgets.terms import BudgetTerms
from tests.factories.accounts import NOW, Company, make_group, signed_in, system
from tests.factories.budgets import (
    TODAY,
    make_budget,
    make_document,
    reserve,
    spend_daily,
    workdays,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

QUARTER = period_of(PeriodKind.QUARTER, TODAY)
YESTERDAY = TODAY - timedelta(days=1)


def address(company: Company, path: str = "") -> str:
    return f"/{company.organization.slug}/budgets/{path}"


def text(response: Any) -> str:
    return str(response.content.decode())


def csv_of(response: Any) -> list[dict[str, str]]:
    assert isinstance(response, StreamingHttpResponse)
    return list(DictReader(StringIO(response.getvalue().decode("utf-8-sig"))))


def running(budget: Budget) -> BudgetPeriod:
    return BudgetPeriod.objects.get(budget=budget, starts_on=QUARTER.starts_on)


def allow(company: Company, name: str, cap: int = 100) -> Budget:
    """Give a person of Field Service a budget of their own."""
    return services.set_budget(
        actor=system(company.organization),
        group=company.groups["Field Service"],
        kind=PeriodKind.QUARTER,
        cap=Decimal(cap),
        terms=BudgetTerms(membership_id=company.people[name].id),
        now=NOW,
    )


@pytest.fixture
def lived(world: Company) -> BudgetPeriod:
    """Return the running quarter of a budget that 60 weeks lie behind, 100 each working day."""
    with world.scope():
        budget = make_budget(world.organization, world.root, 9000, starts_on=date(2025, 7, 1))
        spend_daily(world.organization, budget, workdays(YESTERDAY, weeks=60, amount=100), now=NOW)
        return running(budget)


# The tree


def test_several_budgets_of_a_group_stand_below_it_and_personal_ones_are_folded(
    world: Company,
) -> None:
    with world.scope():
        make_budget(world.organization, world.groups["Field Service"], 1000)
        for name in ("Alice", "Bob", "Erin"):
            allow(world, name)
        BudgetPeriod.objects.filter(budget__cap=1000).update(status="FROZEN")
        tree = selectors.budget_tree(world.actor("Dana"), QUARTER)
        (branch,) = [one for one in selectors.branches(tree) if one.name == "Field Service"]
    assert [row.mark for row in branch.rows] == [Mark.FROZEN]
    assert len(branch.personal) == 3
    assert selectors.totals(tree).cap == 1000  # a person's part is a part of the group's
    client = signed_in(world, "Dana")
    page = text(client.get(address(world)))
    assert "3 personal budgets" in page
    assert "Field Service is frozen; it takes no new orders" in page
    frozen = text(client.get(address(world), {"state": "frozen"}))
    assert "Field Service" in frozen
    assert "personal budget" not in frozen
    assert "Alice Requester" in text(client.get(address(world), {"q": "alice"}))
    assert "No budget fits" in text(client.get(address(world), {"q": "zebra"}))


def test_a_branch_closes_and_opens_by_its_address_alone(world: Company) -> None:
    with world.scope():
        make_budget(world.organization, world.groups["Facilities"], 1000)
        make_budget(world.organization, world.groups["Workplace"], 500)
        reserve(world.organization, world.groups["Workplace"], 450)
    client = signed_in(world, "Dana")
    assert ">Workplace</a>" in text(client.get(address(world)))
    closed = text(client.get(address(world), {"turned": str(world.groups["Facilities"].id)}))
    assert ">Workplace</a>" not in closed
    assert "Open Facilities, 1 group below" in closed
    assert "1 to look at below" in closed
    assert client.get(address(world), {"turned": "nonsense,"}).status_code == 200


def test_a_thousand_groups_take_the_queries_of_one_and_their_figures_a_single_one(
    world: Company,
) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            selectors.budget_tree(dana, QUARTER)
        return [query["sql"] for query in captured]

    with world.scope():
        dana = world.actor("Dana")
        first = make_budget(world.organization, world.root, 1_000_000)
        few = queries()
        grow(world, first, 1000)
        many = queries()
        tree = selectors.budget_tree(dana, QUARTER)
        assert sum(row.effect is not None for row in tree) == 1001
        assert len(many) == len(few) == 3
        assert sum("budgets_budgetperiod" in sql for sql in many) == 1
        branches = selectors.branches(tree)
        assert len(branches) > ALL_OPEN_UP_TO
        shown = selectors.in_sight(branches)
        assert len(shown) <= CHILDREN_SHOWN + 1
        assert shown[-1].rest == 1000 - CHILDREN_SHOWN
        whole = selectors.in_sight(branches, whole=world.root.id)
        assert len(whole) == 1001
    page = text(signed_in(world, "Dana").get(address(world)))
    assert f"{1000 - CHILDREN_SHOWN} more groups: show them all" in page


def grow(world: Company, first: Budget, number: int) -> None:
    """Put so many groups with a budget below the root, in few statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE made ON COMMIT DROP AS"
            " SELECT gen_random_uuid() AS g, gen_random_uuid() AS b, n"
            " FROM generate_series(1, %s) n",
            [number],
        )
    pattern = make_group(world.organization, world.root, "Pattern")
    budget = make_budget(world.organization, pattern, 10)
    named = "'id', g, 'name', 'Unit ' || n, 'path', jsonb_build_array(r.parent_id, g)"
    _copy("accounts_orggroup", f"jsonb_build_object({named})", "r.id = %s", pattern.id)
    _copy("budgets_budget", "jsonb_build_object('id', b, 'group_id', g)", "r.id = %s", budget.id)
    period = running(budget)
    _copy(
        "budgets_budgetperiod",
        "jsonb_build_object('id', gen_random_uuid(), 'budget_id', b)",
        "r.id = %s",
        period.id,
    )
    services.end_budget(
        actor=system(world.organization), budget_id=budget.id, reason="A pattern", now=NOW
    )
    assert first.is_active


def _copy(table: str, values: str, where: str, of: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} SELECT (jsonb_populate_record(r, {values})).*"
            f" FROM {table} r, made WHERE {where}",
            [of],
        )


def test_the_meters_download_with_all_their_figures(world: Company) -> None:
    with world.scope():
        make_budget(world.organization, world.root, 1000)
        reserve(world.organization, world.root, "830.50")
        allow(world, "Alice")
    rows = csv_of(signed_in(world, "Dana").get(address(world, "meters.csv")))
    assert [(row["Group"], row["Counts"], row["State"]) for row in rows] == [
        ("Northwind Works", "Everything", "Warned"),
        ("Field Service", "Alice Requester", "On track"),
    ]
    assert (rows[0]["Reserved"], rows[0]["Free"], rows[0]["Used %"]) == ("830.50", "169.50", "83.1")


# The ledger


def test_lines_are_found_by_person_day_and_amount_and_downloaded_as_found(world: Company) -> None:
    with world.scope():
        budget = make_budget(world.organization, world.root, 10_000)
        for number, amount in enumerate((10, 200, 3000)):
            reserve(world.organization, world.root, amount, make_document(f"R-{number}"))
        period = running(budget)
    client, path = signed_in(world, "Dana"), address(world, f"{period.id}/")
    page = text(client.get(path, {"at_least": "200", "kind": "RESERVE"}))
    assert "R-0" not in page
    assert page.index("R-2") < page.index("R-1")
    assert "These 2 lines moved together: reserved $3,200.00" in page
    oldest = text(client.get(path, {"order": "oldest"}))
    assert oldest.index("Opened with") < oldest.index("R-0") < oldest.index("R-2")
    assert "No line fits" in text(client.get(path, {"until": "2026-09-30"}))
    assert client.get(path, {"since": "soon", "at_least": "much"}).status_code == 200
    found = csv_of(client.get(f"{path}ledger.csv", {"at_least": "200", "kind": "RESERVE"}))
    assert [row["Document"] for row in found] == ["R-1", "R-2"]


# Outlook and comparison


def test_the_outlook_projects_the_usual_week_to_the_end_of_the_period(
    world: Company, lived: BudgetPeriod
) -> None:
    # 38 working days lie behind, today and 27 ahead: 6,600 of 9,000.
    client, path = signed_in(world, "Dana"), address(world, f"{lived.id}/outlook/")
    page = text(client.get(path))
    assert "It lasts: about $2,400.00 will be left on December 31." in page
    assert "<svg" in page
    tight = text(client.get(path, {"raise_by": "-50"}))
    assert "This is what if; nothing is changed" in tight
    assert "At this pace it is used up on December 2" in tight
    assert "?cap=6600.00" in tight
    assert "?amount=2100.00" in tight
    wrong = client.get(path, {"raise_by": "a bit", "extra_on": "2026-12-01"})
    assert wrong.status_code == 422
    assert "Enter the amount of the purchase on that day." in text(wrong)
    days = csv_of(client.get(address(world, f"{lived.id}/outlook.csv")))
    assert len(days) == QUARTER.days
    assert days[-1]["Used"] == "6600.00"
    with world.scope():
        assert running(Budget.objects.get()).cap == 9000


def test_the_outlook_reads_in_one_query_however_long_the_history(
    world: Company, lived: BudgetPeriod
) -> None:
    with world.scope():
        covering = selectors.period_for(world.actor("Dana"), lived.id)
        with CaptureQueriesContext(connection) as captured:
            days = selectors.days_of(covering, TODAY)
        assert len(captured) == 1
        with CaptureQueriesContext(connection) as captured:
            pipeline = selectors.pipeline_of(covering)
        assert len(captured) == 4
    assert days.history is not None
    assert sum(days.so_far.values()) == covering.used == 3800
    assert pipeline.reserved == pipeline.asked_for == 0


def test_a_new_budget_says_that_too_little_is_known(world: Company) -> None:
    with world.scope():
        period = running(make_budget(world.organization, world.root, 10_000))
    page = text(signed_in(world, "Dana").get(address(world, f"{period.id}/outlook/")))
    assert "Too little history to look ahead" in page


def test_a_period_stands_beside_the_one_before_at_the_same_day(
    world: Company, lived: BudgetPeriod
) -> None:
    client, path = signed_in(world, "Dana"), address(world, f"{lived.id}/compare/")
    page = text(client.get(path))
    # By the 55th day: October 1 to November 23, and July 1 to August 24, of working days.
    assert "Q4 2026, after 55 days" in page
    assert "$3,800.00" in page
    assert "$3,900.00" in page
    assert "−2.6%" in page
    assert "Beside Q4 2025" in text(client.get(path, {"with": "2025-Q4"}))
    with world.scope():
        first = BudgetPeriod.objects.earliest("starts_on")
    alone = text(client.get(address(world, f"{first.id}/compare/")))
    assert "Nothing to compare with yet" in alone


def test_the_api_gives_ledger_outlook_and_comparison(world: Company, lived: BudgetPeriod) -> None:
    client, path = signed_in(world, "Dana"), f"/api/v1/budgets/periods/{lived.id}"
    ledger = client.get(f"{path}/ledger/", {"kind": "HISTORY", "oldest_first": "true"}).json()
    assert (ledger["total"], ledger["lines"][0]["spent"]) == (38, "100.00")
    outlook = client.get(f"{path}/outlook/", {"raise_by": "10"}).json()
    assert (outlook["cap"], outlook["end"]["middle"]) == ("9900.00", "6600.00")
    assert outlook["runs_out"]["expected"] is None
    beside = client.get(f"{path}/compare/").json()
    assert beside["at_this_point"]["change"] == "-100.00"
    assert client.get(f"{path}/compare/", {"with": "1999"}).status_code == 404
    assert client.get(f"{path}/outlook/", {"pace": "never"}).status_code == 400
    assert signed_in(world, "Alice").get(f"{path}/ledger/").status_code == 404
