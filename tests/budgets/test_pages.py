from csv import DictReader
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from budgets import selectors, services
from budgets.fiscal import PeriodKind, period_of
from budgets.models import Budget, BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.rules import BudgetState
from procurement.outbox import services as outbox
from tests.factories.accounts import (
    NOW,
    Company,
    make_company,
    make_group,
    make_member,
    signed_in,
    system,
)
from tests.factories.budgets import TODAY, make_budget, make_document, reserve

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

AS_USUAL = {"warn_percent": 80, "enforcement": "HARD", "block_percent": 100}

QUARTER = period_of(PeriodKind.QUARTER, TODAY)
# What a form of a budget is sent with where nothing is chosen.
AS_USUAL = {"warn_percent": 80, "enforcement": "HARD", "block_percent": 100}


def address(company: Company, path: str = "") -> str:
    return f"/{company.organization.slug}/budgets/{path}"


def furnish(company: Company) -> dict[str, Budget]:
    """Set budgets of which one is warned and one used up."""
    groups = company.groups
    budgets = {
        "root": make_budget(company.organization, company.root, 100_000),
        "Field Service": make_budget(company.organization, groups["Field Service"], 1000),
        "Workplace": make_budget(company.organization, groups["Workplace"], 500),
        "Engineering": make_budget(company.organization, groups["Engineering"], 9000),
    }
    reserve(company.organization, groups["Field Service"], 830, make_document("R-2026-0418"))
    reserve(company.organization, groups["Workplace"], 500, make_document("R-2026-0419"))
    return budgets


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_tree_shows_every_budget_below_its_group_with_meter_and_state(world: Company) -> None:
    with world.scope():
        furnish(world)
    page = text(signed_in(world, "Dana").get(address(world)))
    assert page.index(">Northwind Works</a>") < page.index(">Engineering</a>")
    assert (
        page.index("Facilities") < page.index(">Field Service</a>") < page.index(">Workplace</a>")
    )
    assert "Field Service: 83.0% of $1,000.00 used." in page
    assert "Field Service has passed 80%" in page
    assert "with R-2026-0418" in page
    assert "Workplace is used up; new orders are refused" in page
    assert "$98,670.00" in page  # free at the top, counted once


def test_the_tree_takes_three_queries_however_many_groups(world: Company) -> None:
    with world.scope():
        furnish(world)
        dana = world.actor("Dana")

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                rows = selectors.budget_tree(dana, QUARTER)
            assert rows
            return len(captured)

        few = queries()
        for number in range(30):
            group = make_group(world.organization, world.groups["Engineering"], f"Lab {number}")
            make_budget(world.organization, group, 10)
        assert queries() == few == 3


def test_a_requester_sees_the_budgets_of_their_own_groups_alone(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
        period = BudgetPeriod.objects.get(budget=budgets["root"], starts_on=QUARTER.starts_on)
    client = signed_in(world, "Alice")
    page = text(client.get(address(world)))
    assert "Field Service" in page
    assert "Engineering" not in page
    assert "New budget" not in page
    assert client.get(address(world, f"{period.id}/")).status_code == 404
    assert client.get(address(world, f"{period.id}/ledger.csv")).status_code == 404


def test_another_tenant_sees_nothing_of_it(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
        period = BudgetPeriod.objects.get(budget=budgets["root"], starts_on=QUARTER.starts_on)
    other = make_company("Contoso")
    stranger = signed_in(other, "Dana")
    assert stranger.get(address(world)).status_code == 404
    assert "No budget is set yet" in text(stranger.get(address(other)))
    assert stranger.get(address(other, f"{period.id}/")).status_code == 404
    assert stranger.get(address(other, f"caps/{budgets['root'].id}/")).status_code == 404


def test_an_empty_page_teaches_and_leads_to_the_first_budget(world: Company) -> None:
    page = text(signed_in(world, "Dana").get(address(world)))
    assert "No budget is set yet" in page
    assert "Set the first budget" in page


def test_the_tree_can_be_narrowed_to_what_is_warned_or_used_up(world: Company) -> None:
    with world.scope():
        furnish(world)
    client = signed_in(world, "Dana")
    warned = text(client.get(address(world), {"state": "warned"}))
    assert "Field Service" in warned
    assert "Engineering" not in warned
    used_up = text(client.get(address(world), {"state": "blocked"}))
    assert "Workplace is used up" in used_up
    assert ">Field Service</a>" not in used_up


def test_another_period_is_a_choice_away(world: Company) -> None:
    with world.scope():
        furnish(world)
        make_budget(world.organization, world.root, 40_000, kind=PeriodKind.MONTH)
    client = signed_in(world, "Dana")
    page = text(client.get(address(world), {"period": "2026-11"}))
    assert "November 2026" in page
    assert "$40,000.00" in page
    assert "Field Service" not in page
    assert "No budget in may 2020" in text(client.get(address(world), {"period": "2020-05"}))
    assert client.get(address(world), {"period": "soon"}).status_code == 200


def test_the_ledger_shows_every_movement_with_the_running_balance(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
        document = make_document("R-2026-0500")
        group = world.groups["Engineering"]
        reserve(world.organization, group, "1234.50", document)
        services.commit(actor=system(world.organization), document=document, now=NOW)
        reserve(world.organization, group, 100)
        period = BudgetPeriod.objects.get(
            budget=budgets["Engineering"], starts_on=QUARTER.starts_on
        )
    page = text(signed_in(world, "Dana").get(address(world, f"{period.id}/")))
    for words in ("Opened with $9,000.00", "R-2026-0500", "−$1,234.50", "$1,334.50"):
        assert words in page
    assert page.index("$1,334.50") < page.index("R-2026-0500")  # the latest first


def test_the_ledger_is_filtered_and_paged(world: Company) -> None:
    with world.scope():
        budget = make_budget(world.organization, world.root, 100_000)
        for number in range(60):
            reserve(world.organization, world.root, 10, make_document(f"R-{number:03}"))
        period = BudgetPeriod.objects.get(budget=budget, starts_on=QUARTER.starts_on)
    client, path = signed_in(world, "Dana"), address(world, f"{period.id}/")
    first = text(client.get(path))
    assert "R-059" in first
    assert "R-005" not in first
    assert "1–50 of 61 lines" in first
    assert "R-005" in text(client.get(path, {"page": 2}))
    found = text(client.get(path, {"q": "r-00", "kind": "RESERVE"}))
    assert "1–10 of 10 lines" in found
    assert "No line fits" in text(client.get(path, {"q": "none of them"}))
    assert client.get(path, {"kind": "NONSENSE"}).status_code == 200


def test_the_download_reconciles_with_the_counters_to_the_cent(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
        make_document()
        reserve(world.organization, world.root, "0.01", make_document('=HYPERLINK("x")'))
        period = BudgetPeriod.objects.get(budget=budgets["root"], starts_on=QUARTER.starts_on)
    client = signed_in(world, "Dana")
    one = client.get(address(world, f"{period.id}/ledger.csv"))
    assert isinstance(one, StreamingHttpResponse)
    assert one["Content-Disposition"] == (
        'attachment; filename="ledger-northwind-works-q4-2026.csv"'
    )
    rows = list(DictReader(StringIO(one.getvalue().decode("utf-8-sig"))))
    assert sum(Decimal(row["Reserved"]) for row in rows) == period.reserved == Decimal("1330.01")
    assert rows[-1]["Used after"] == "1330.01"
    assert rows[-1]["Document"].startswith("'=")
    assert rows[0]["Posted at"] == "2026-11-24 10:00:00"
    whole = client.get(address(world, "ledger.csv"), {"period": "2026-Q4"})
    assert isinstance(whole, StreamingHttpResponse)
    lines = list(DictReader(StringIO(whole.getvalue().decode("utf-8-sig"))))
    with world.scope():
        expected = LedgerEntry.objects.filter(period__starts_on=QUARTER.starts_on).count()
    assert len(lines) == expected


def test_finance_sets_a_budget_and_is_told_beside_the_field_what_is_wrong(world: Company) -> None:
    client, path = signed_in(world, "Dana"), address(world, "new/")
    group = world.groups["Workplace"]
    given = {"group": group.id, "kind": "QUARTER", "cap": "$20,000.00"} | AS_USUAL
    wrong = client.post(path, given | {"cap": "plenty"})
    assert wrong.status_code == 422
    assert "Enter an amount in figures, such as 20,000.00." in text(wrong)
    assert 'value="plenty"' in text(wrong)
    done = client.post(path, given, follow=True)
    assert "Workplace and all groups below it may use $20,000.00 each quarter." in text(done)
    again = client.post(path, given)
    assert again.status_code == 422
    assert "Workplace has a quarterly budget already; change its cap instead." in text(again)
    assert "warn_percent" in text(client.post(path, given | {"warn_percent": 101}))


def test_a_cap_is_raised_but_not_below_what_is_used(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
    client = signed_in(world, "Dana")
    path = address(world, f"caps/{budgets['Workplace'].id}/")
    assert "$500.00" in text(client.get(path))
    low = client.post(path, {"cap": "499.99", "reason": ""} | AS_USUAL)
    assert low.status_code == 422
    assert "Q4 2026 has used $500.00 already" in text(low)
    done = client.post(path, {"cap": "1,500", "reason": "Two more fitters"} | AS_USUAL, follow=True)
    assert "may use $1,500.00 each quarter. People are told at 80%; at 100% orders" in text(done)
    with world.scope():
        (row,) = [
            row
            for row in selectors.budget_tree(world.actor("Dana"), QUARTER)
            if row.name == "Workplace"
        ]
    assert row.state is BudgetState.OK


def test_a_budget_is_ended_with_a_reason(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
    client = signed_in(world, "Dana")
    path = address(world, f"caps/{budgets['Engineering'].id}/end/")
    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": ""}).status_code == 422
    done = client.post(path, {"reason": "Folded into the year"}, follow=True)
    assert "The budget of Engineering has ended." in text(done)
    assert ">Engineering</a>" not in text(done).split("has ended")[1]


def test_who_may_only_look_cannot_change(world: Company) -> None:
    with world.scope():
        budgets = furnish(world)
    client = signed_in(world, "Alice")
    path = f"caps/{budgets['Field Service'].id}/"
    assert client.get(address(world, path)).status_code == 404
    assert client.post(address(world, path), {"cap": "1"}).status_code == 404
    given = {"group": world.groups["Field Service"].id, "kind": "MONTH", "cap": "1"} | AS_USUAL
    assert client.get(address(world, "new/")).status_code == 403
    assert client.post(address(world, "new/"), given).status_code == 403
    assert "No budget is yours to see" in text(signed_in(world, "Tom").get(address(world)))


def test_finance_of_a_department_sets_budgets_there_alone(world: Company) -> None:
    with world.scope():
        facilities = world.groups["Facilities"]
        world.people["Frida"] = make_member(
            world.organization, facilities, "Frida Finance", Role.FINANCE
        )
    client, path = signed_in(world, "Frida"), address(world, "new/")
    page = text(client.get(path))
    assert "Workplace" in page
    assert "Engineering" not in page.split("<form", maxsplit=1)[1]
    given = {"kind": "MONTH", "cap": "1"} | AS_USUAL
    refused = client.post(path, given | {"group": world.groups["Engineering"].id})
    assert "This group is closed or not yours to use; choose another." in text(refused)
    done = client.post(path, given | {"group": world.groups["Workplace"].id})
    assert done.status_code == 302


def test_history_that_went_beyond_the_cap_is_said(world: Company) -> None:
    with world.scope():
        budget = make_budget(world.organization, world.root, 1000, starts_on=date(2026, 10, 1))
        period = BudgetPeriod.objects.get(budget=budget, starts_on=QUARTER.starts_on)
        document = make_document("S-1")
        services.record_history(
            actor=system(world.organization),
            document_kind="imported_order",
            postings=[
                services.HistoryPosting(
                    period.id, document.id, "S-1", date(2026, 11, 2), Decimal(1250)
                )
            ],
            now=NOW,
        )
    client = signed_in(world, "Dana")
    assert "It is over by $250.00, from imported spend." in text(client.get(address(world)))
    page = text(client.get(address(world, f"{period.id}/")))
    assert "New orders are held to the cap alone." in page
    assert "Mon, Nov 2" in page


def test_what_goes_over_a_soft_budget_is_said_and_drawn_alike_on_every_page(
    world: Company,
) -> None:
    with world.scope():
        budget = make_budget(world.organization, world.root, 1000)
        Budget.objects.filter(id=budget.id).update(enforcement="SOFT")
        reserve(world.organization, world.root, 1050)
        period = BudgetPeriod.objects.get(budget=budget, starts_on=QUARTER.starts_on)
        alert = BudgetAlert.objects.get(threshold=100)
        services.send_alert(actor=system(world.organization), alert_id=alert.id, now=NOW)
    client = signed_in(world, "Dana")
    listed = text(client.get(address(world)))
    assert "is over by $50.00; orders go on with one more approval" in listed
    assert '<span class="warn">over by $50.00</span>' in listed
    assert 'class="budget-over"' in listed
    assert "budget-warn" not in listed
    ledger = text(client.get(address(world, f"{period.id}/")))
    assert "<b>Over by $50.00</b>" in ledger
    assert "budget budget-over" in ledger
    assert "<span>over by $50.00</span>" in ledger
    for page in (listed, ledger):
        assert "\N{MINUS SIGN}$50.00" not in page
    with world.scope():
        outbox.deliver(outbox.claim_due(now=NOW))
    assert "reserved, committed or spent, over by $50.00." in mail.outbox[0].body
