import json
from typing import Any

import pytest
from django.test import Client

from budgets.models import Budget
from tests.factories.accounts import Company, make_company, signed_in
from tests.factories.budgets import make_budget, reserve

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

PATH = "/api/v1/budgets/"


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    response = client.generic(method, path, json.dumps(body), content_type="application/json")
    return response.status_code, json.loads(response.content)


def test_the_list_gives_meters_with_amounts_as_decimal_text(world: Company) -> None:
    with world.scope():
        make_budget(world.organization, world.root, 1000)
        reserve(world.organization, world.root, "830.50")
    body = signed_in(world, "Dana").get(PATH).json()
    assert body["period"] == {
        "code": "2026-Q4",
        "kind": "QUARTER",
        "name": "Q4 2026",
        "starts_on": "2026-10-01",
        "ends_on": "2026-12-31",
    }
    (budget,) = body["budgets"]
    assert budget["group"]["name"] == "Northwind Works"
    assert {
        name: budget[name] for name in ("cap", "reserved", "free", "used_percent", "state")
    } == {
        "cap": "1000.00",
        "reserved": "830.50",
        "free": "169.50",
        "used_percent": "83.1",
        "state": "warn",
    }


def test_a_period_is_named_by_its_code(world: Company) -> None:
    with world.scope():
        make_budget(world.organization, world.root, 1000)
    client = signed_in(world, "Dana")
    assert client.get(PATH, {"period": "2026"}).json()["budgets"] == []
    refused = client.get(PATH, {"period": "soon"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "period"


def test_nothing_is_set_yet(world: Company) -> None:
    body = signed_in(world, "Dana").get(PATH).json()
    assert (body["period"], body["budgets"], body["total"]) == (None, [], 0)


def test_a_budget_is_set_and_its_cap_changed(world: Company) -> None:
    client = signed_in(world, "Dana")
    given = {"group": str(world.groups["Workplace"].id), "kind": "MONTH", "cap": "500.00"}
    status, made = send(client, "POST", PATH, given)
    assert (status, made["cap"], made["period"]["code"]) == (201, "500.00", "2026-11")
    status, problem = send(client, "POST", PATH, given)
    assert (status, problem["errors"][0]["field"]) == (400, "kind")
    path = f"{PATH}{made['id']}/"
    status, changed = send(client, "PATCH", path, {"cap": "750.00", "reason": "Season"})
    assert (status, changed["cap"], changed["free"]) == (200, "750.00", "750.00")
    with world.scope():
        reserve(world.organization, world.groups["Workplace"], 600)
    status, problem = send(client, "PATCH", path, {"cap": "599.99"})
    assert (status, problem["errors"][0]["field"]) == (400, "cap")


@pytest.mark.parametrize(
    "wrong", [{"cap": "much"}, {"cap": "-1"}, {"cap": "1.001"}, {"kind": "WEEK"}, {"group": "x"}]
)
def test_what_cannot_be_read_is_told_by_field(world: Company, wrong: dict[str, str]) -> None:
    given = {"group": str(world.root.id), "kind": "MONTH", "cap": "500.00"} | wrong
    status, problem = send(signed_in(world, "Dana"), "POST", PATH, given)
    assert status == 400
    assert [error["field"] for error in problem["errors"]] == list(wrong)


def test_who_may_only_look_changes_nothing(world: Company) -> None:
    with world.scope():
        budget = make_budget(world.organization, world.groups["Field Service"], 1000)
        above = make_budget(world.organization, world.root, 1000)
    alice = signed_in(world, "Alice")
    status, _ = send(alice, "PATCH", f"{PATH}{budget.id}/", {"cap": "1.00"})
    assert status == 403
    status, _ = send(alice, "PATCH", f"{PATH}{above.id}/", {"cap": "1.00"})
    assert status == 404
    given = {"group": str(world.groups["Field Service"].id), "kind": "MONTH", "cap": "5.00"}
    assert send(alice, "POST", PATH, given)[0] == 403
    assert len(alice.get(PATH).json()["budgets"]) == 1
    with world.scope():
        assert set(Budget.objects.values_list("cap", flat=True)) == {1000}


def test_another_tenants_budget_does_not_exist(world: Company) -> None:
    with world.scope():
        budget = make_budget(world.organization, world.root, 1000)
    stranger = signed_in(make_company("Contoso"), "Dana")
    status, _ = send(stranger, "PATCH", f"{PATH}{budget.id}/", {"cap": "1.00"})
    assert status == 404


def test_nobody_comes_in_unnamed(world: Company) -> None:
    assert Client().get(PATH).status_code in {401, 403}
