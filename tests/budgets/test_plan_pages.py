"""Planning on pages, by API and by command: shown first, then carried out."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.http import StreamingHttpResponse
from django.test import Client

from budgets.fiscal import PeriodKind
from budgets.models import Budget, BudgetImport, BudgetPeriod
from tests.factories.accounts import Company, signed_in
from tests.factories.budgets import make_budget, reserve

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

API = "/api/v1/budgets/"


def address(company: Company, path: str = "") -> str:
    return f"/{company.organization.slug}/budgets/plan/{path}"


def furnish(company: Company) -> dict[str, Budget]:
    with company.scope():
        groups = company.groups
        budgets = {
            "root": make_budget(company.organization, company.root, 10_000, kind=PeriodKind.YEAR),
            "Facilities": make_budget(
                company.organization, groups["Facilities"], 5_000, kind=PeriodKind.YEAR
            ),
        }
        reserve(company.organization, groups["Facilities"], 900)
    return budgets


def caps(company: Company, code: str) -> dict[str, Decimal]:
    """Return each group's cap in a period: its own, or what it would open with."""
    with company.scope():
        usual = {one.group.name: one.cap for one in Budget.objects.select_related("group")}
        rows = BudgetPeriod.objects.filter(code=code).select_related("budget__group")
        return usual | {row.budget.group.name: row.cap for row in rows}


def text(response: Any) -> str:
    return str(response.content.decode())


def seen_in(response: Any) -> str:
    return str(response.context["plan"].digest)


def send(client: Client, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    response = client.post(f"{API}{path}", json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def test_without_a_budget_the_page_teaches_what_planning_is_for(world: Company) -> None:
    page = text(signed_in(world, "Dana").get(address(world)))
    assert "No budget is set yet" in page
    assert "Import a file" in page


def test_caps_are_entered_in_the_table_shown_and_then_changed(world: Company) -> None:
    budgets = furnish(world)
    client = signed_in(world, "Dana")
    page = text(client.get(address(world)))
    assert "Cap FY2027" not in page
    assert 'value="5,000.00"' in page
    given = {
        "period": "2027",
        f"cap-{budgets['root'].id}": "12,000.00",
        f"cap-{budgets['Facilities'].id}": "5,000.00",
        "reason": "Agreed",
    }
    shown = client.post(address(world, "caps/"), given)
    assert "+$2,000.00" in text(shown)
    assert "20.0%" in text(shown)
    assert caps(world, "2027") == {"Northwind Works": 10_000, "Facilities": 5_000}
    done = client.post(address(world, "caps/"), given | {"seen": seen_in(shown)})
    assert done.status_code == 302
    assert caps(world, "2027")["Northwind Works"] == 12_000


def test_what_is_no_amount_stands_beside_its_field_and_nothing_is_lost(world: Company) -> None:
    budgets = furnish(world)
    given = {"period": "2027", f"cap-{budgets['root'].id}": "a lot"}
    answer = signed_in(world, "Dana").post(address(world, "caps/"), given)
    assert answer.status_code == 422
    assert 'value="a lot"' in text(answer)
    assert "Enter an amount, such as 20,000.00." in text(answer)


def test_a_cap_below_what_is_used_is_named_and_nothing_can_be_changed(world: Company) -> None:
    budgets = furnish(world)
    given = {"period": "2026", f"cap-{budgets['Facilities'].id}": "899.99"}
    answer = signed_in(world, "Dana").post(address(world, "caps/"), given)
    assert answer.status_code == 422
    assert "$900.00 is used already" in text(answer)
    assert "Change 1 cap" not in text(answer)


def test_a_year_is_copied_on_the_page_and_downloaded_before(world: Company) -> None:
    furnish(world)
    client = signed_in(world, "Dana")
    assert "Growth in percent" in text(client.get(address(world, "copy/")))
    given = {"from_period": "2026", "to_period": "2028", "percent": "10"}
    shown = client.post(address(world, "copy/"), given)
    assert "$11,000.00" in text(shown)
    file = client.post(address(world, "copy/"), given | {"download": "1"})
    assert isinstance(file, StreamingHttpResponse)
    last = file.getvalue().decode("utf-8-sig").splitlines()[-1]
    assert last == "Total,,,15000.00,16500.00,1500.00,,"
    client.post(address(world, "copy/"), given | {"seen": seen_in(shown)})
    assert caps(world, "2028") == {"Northwind Works": 11_000, "Facilities": 5_500}
    wrong = client.post(address(world, "copy/"), given | {"to_period": "2026"})
    assert wrong.status_code == 422
    assert "Choose another period" in text(wrong)


def test_a_budget_is_split_and_rolled_up_on_pages(world: Company) -> None:
    budgets = furnish(world)
    client = signed_in(world, "Dana")
    split = address(world, f"split/{budgets['Facilities'].id}/")
    given = {"period": "2027", "amount": "5,000.00", "by": "EQUALLY"}
    refused = client.post(split, given)
    assert refused.status_code == 422
    assert "Have the missing ones made" in text(refused)
    given["makes_missing"] = "on"
    shown = client.post(split, given)
    assert "a new budget" in text(shown)
    client.post(split, given | {"seen": seen_in(shown)})
    assert caps(world, "2027")["Workplace"] == 2_500
    given = {"period": "2027", "own": "NOTHING"}
    shown = client.post(address(world, "roll-up/"), given)
    client.post(address(world, "roll-up/"), given | {"seen": seen_in(shown)})
    assert caps(world, "2027")["Northwind Works"] == 5_000


def test_a_file_is_uploaded_looked_at_and_applied(world: Company) -> None:
    furnish(world)
    client = signed_in(world, "Dana")
    file = SimpleUploadedFile(
        "caps.csv",
        b"\xef\xbb\xbfgroup;cap\r\nFacilities;6.000,50\r\nEngineering;700\r\nNorthwind Works;10000",
    )
    answer = client.post(address(world, "import/"), {"file": file, "period_code": "2027"})
    page = text(client.get(answer.headers["Location"]))
    assert "1 new, 1 changed" in page
    with world.scope():
        planned = BudgetImport.objects.get()
    done = client.post(address(world, f"import/{planned.id}/apply/"), {"reason": "Agreed"})
    assert done.status_code == 302
    assert caps(world, "2027") == {
        "Northwind Works": 10_000,
        "Facilities": Decimal("6000.50"),
        "Engineering": 700,
    }
    again = client.post(address(world, f"import/{planned.id}/apply/"))
    assert again.status_code == 409
    assert "applied already" in text(again)
    export = client.get(address(world, "budgets.csv"), {"period": "2027"})
    assert isinstance(export, StreamingHttpResponse)
    assert "6000.50" in export.getvalue().decode()


def test_a_file_with_problems_names_each_and_gives_them_as_a_file(world: Company) -> None:
    furnish(world)
    client = signed_in(world, "Dana")
    file = SimpleUploadedFile("caps.csv", b"group,period,cap\nNowhere,2027,5\nFacilities,2027,x\n")
    answer = client.post(address(world, "import/"), {"file": file})
    page = text(client.get(answer.headers["Location"]))
    assert "2 problems keep this file from being applied" in page
    assert "Change the budgets" not in page
    with world.scope():
        planned = BudgetImport.objects.get()
    problems = client.get(address(world, f"import/{planned.id}/problems.csv"))
    assert isinstance(problems, StreamingHttpResponse)
    assert len(problems.getvalue().decode().splitlines()) == 3


def test_the_api_previews_and_carries_out_each_action(world: Company) -> None:
    budgets = furnish(world)
    client = signed_in(world, "Dana")
    rows = [{"budget": str(budgets["Facilities"].id), "period": "2027", "cap": "6000.00"}]
    status, shown = send(client, "plans/caps/", {"rows": rows, "is_preview": True})
    assert (status, shown["difference"], shown["changes"][0]["percent"]) == (200, "1000.00", "20.0")
    assert caps(world, "2027")["Facilities"] == 5_000
    status, _ = send(client, "plans/caps/", {"rows": rows, "seen": shown["seen"]})
    assert (status, caps(world, "2027")["Facilities"]) == (200, Decimal(6_000))
    status, _ = send(client, "plans/caps/", {"rows": rows, "seen": shown["seen"]})
    assert status == 409
    copy = {"from_period": "2027", "to_period": "2028", "percent": "-50"}
    assert send(client, "plans/copy/", copy)[0] == 200
    assert caps(world, "2028") == {"Northwind Works": 5_000, "Facilities": 3_000}
    assert send(client, "plans/roll-up/", {"period": "2028", "own": "NOTHING"})[0] == 200
    assert caps(world, "2028")["Northwind Works"] == 3_000
    rolled = client.get(f"{API}plans/roll-up/", {"period": "2028"}).json()
    assert rolled["budgets"][0]["cap_below"] == "3000.00"
    assert [one["cap"] for one in rolled["levels"]] == ["3000.00", "3000.00"]
    split = {"budget": str(budgets["Facilities"].id), "period": "2028", "by": "PEOPLE"}
    status, body = send(client, "plans/split/", split | {"makes_missing": True})
    assert (status, len(body["changes"])) == (200, 2)
    bad = [{"budget": str(budgets["Facilities"].id), "period": "2026", "cap": "1.00"}]
    status, body = send(client, "plans/caps/", {"rows": bad})
    assert (status, "$900.00 is used already" in json.dumps(body)) == (400, True)


def test_the_api_takes_files(world: Company) -> None:
    furnish(world)
    client = signed_in(world, "Dana")
    file = {"file_name": "caps.csv", "content": "group,period,cap\nFacilities,2027,6000\n"}
    status, planned = send(client, "imports/", file)
    assert (status, planned["counts"]["changes"], planned["after"]) == (201, 1, "6000.00")
    assert client.get(f"{API}imports/").json()["total"] == 1
    assert client.get(f"{API}imports/{planned['id']}/").json()["status"] == "PLANNED"
    assert send(client, f"imports/{planned['id']}/again/", {})[0] == 200
    assert send(client, f"imports/{planned['id']}/apply/", {})[1]["status"] == "APPLIED"
    assert caps(world, "2027")["Facilities"] == 6_000
    assert "Facilities" in client.get(f"{API}export/").getvalue().decode()


def test_the_commands_write_a_file_and_take_it_again(world: Company, tmp_path: Path) -> None:
    furnish(world)
    path, slug = tmp_path / "caps.csv", world.organization.slug
    said = io.StringIO()
    call_command("export_budgets", slug, "--period", "2027", "--to", str(path), stdout=said)
    assert "2 caps written" in said.getvalue()
    path.write_text(path.read_text(encoding="utf-8-sig").replace("5000.00", "5100.00"))
    call_command("import_budgets", slug, str(path), stdout=said)
    assert "0 new, 1 changed" in said.getvalue()
    assert caps(world, "2027")["Facilities"] == 5_000
    call_command("import_budgets", slug, str(path), "--apply", stdout=said)
    assert caps(world, "2027")["Facilities"] == 5_100
    path.write_text("group,period,cap\nNowhere,2027,5\n")
    with pytest.raises(CommandError, match="1 problem\\.") as refused:
        call_command("import_budgets", slug, str(path), stdout=said)
    assert refused.value.returncode == 1
