"""Pages and API of terms and personal budgets."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from budgets.models import Allowance, Budget
from tests.factories.accounts import Company, signed_in
from tests.factories.budgets import make_budget
from tests.factories.catalogs import make_category, make_supplier

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.database,
    pytest.mark.usefixtures("clock_stands"),
]

API = "/api/v1/budgets/"
HELD = {"warn_percent": 80, "enforcement": "HARD", "block_percent": 100}


def page(world: Company, path: str = "") -> str:
    return f"/{world.organization.slug}/budgets/{path}"


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    response = client.generic(method, path, json.dumps(body), content_type="application/json")
    return response.status_code, json.loads(response.content or b"null")


def test_a_limited_budget_is_set_without_a_script_and_says_what_it_means(world: Company) -> None:
    with world.scope():
        tablets, kestrel = make_category(world), make_supplier(world)
    client = signed_in(world, "Dana")
    given = HELD | {
        "group": world.groups["Workplace"].id,
        "kind": "HALF",
        "cap": "5,000",
        "category_q": "tabl",
        "supplier_q": "kest",
        "marks": "50, 90 %",
        "children_percent": "120",
        "carries_over": "on",
    }
    looking = client.post(page(world, "new/"), given | {"find_person": "category"})
    shown = looking.content.decode()
    assert looking.status_code == 200
    assert str(tablets.id) in shown
    assert str(kestrel.id) in shown
    assert 'value="5,000"' in shown
    chosen = given | {"category": tablets.id, "supplier": kestrel.id}
    wrong = client.post(page(world, "new/"), chosen | {"marks": "half"})
    assert wrong.status_code == 422
    assert "Write whole percents with commas between: 50, 90." in wrong.content.decode()
    done = client.post(page(world, "new/"), chosen, follow=True).content.decode()
    assert (
        "Workplace and all groups below it may use $5,000.00 each half-year for Tablets from "
        "Kestrel IT. People are told at 50, 80 and 90%; at 100% orders stop until there is room. "
        "The budgets below may together come to at most 120% of it. What is left goes over to the "
        "next period."
    ) in done

    with world.scope():
        budget = Budget.objects.get()
        period = budget.periods.get(starts_on__lte=date(2026, 11, 24))
    ledger = client.get(page(world, f"{period.id}/")).content.decode()
    assert "It counts Tablets from Kestrel IT." in ledger
    form = client.get(page(world, f"caps/{budget.id}/")).content.decode()
    assert 'value="50, 90"' in form
    softer = HELD | {"cap": "5000", "enforcement": "SOFT", "reason": "Season"}
    changed = client.post(page(world, f"caps/{budget.id}/"), softer, follow=True)
    assert "orders beyond 100% go on with one more approval." in changed.content.decode()


def test_the_refusal_of_a_child_stands_beside_its_cap(world: Company) -> None:
    with world.scope():
        root = make_budget(world.organization, world.root, 100)
        Budget.objects.filter(id=root.id).update(children_percent=100)
    given = HELD | {"group": world.groups["Workplace"].id, "kind": "QUARTER", "cap": "100.01"}
    refused = signed_in(world, "Dana").post(page(world, "new/"), given)
    assert refused.status_code == 422
    assert "so $100.00 is left." in refused.content.decode()


def test_a_budget_is_made_read_changed_and_ended_by_the_api(world: Company) -> None:
    client = signed_in(world, "Dana")
    given = {
        "group": str(world.groups["Workplace"].id),
        "kind": "QUARTER",
        "cap": "500.00",
        "name": "Fruit",
        "membership": str(world.people["Bob"].id),
        "marks": [90, 50],
        "enforcement": "SOFT",
    }
    status, made = send(client, "POST", API, given)
    assert (status, made["terms"]["marks"], made["is_active"]) == (201, [50, 90], True)
    assert made["meaning"].startswith("Workplace and all groups below it may use $500.00")
    path = f"{API}{made['id']}/"
    assert client.get(path).json() == made
    status, changed = send(client, "PATCH", path, {"block_percent": 90, "marks": []})
    assert (status, changed["terms"]["block_percent"], changed["cap"]) == (200, 90, "500.00")
    status, problem = send(client, "PATCH", path, {"warn_percent": 95})
    assert (status, problem["errors"][0]["field"]) == (400, "warn_percent")
    with world.scope():
        make_budget(world.organization, world.root, 1000)
    for query, found in (
        ({"scope": "personal"}, 1),
        ({"scope": "everything"}, 1),
        ({"state": "stop"}, 0),
        ({"group": str(world.groups["Facilities"].id)}, 1),
        ({"kind": "QUARTER"}, 2),
        ({"kind": "YEAR"}, 0),
    ):
        assert client.get(API, query).json()["total"] == found, query
    assert client.delete(path).status_code == 400
    assert client.delete(f"{path}?reason=Done").status_code == 204
    assert client.get(path).json()["is_active"] is False


def test_personal_budgets_are_given_watched_changed_and_ended_on_pages(world: Company) -> None:
    client = signed_in(world, "Dana")
    assert (
        "Nobody has a budget of their own yet"
        in client.get(page(world, "allowances/")).content.decode()
    )
    given = {
        "group": world.groups["Facilities"].id,
        "reaches_below": "on",
        "cap": "200",
        "kind": "MONTH",
        "warn_percent": 80,
        "enforcement": "HARD",
    }
    done = client.post(page(world, "allowances/new/"), given, follow=True).content.decode()
    assert "3 people may use $200.00 each month in Facilities now. Joiners get it, too." in done
    assert "Everybody in Facilities and below" in done
    with world.scope():
        allowance = Allowance.objects.get()
    path = f"allowances/{allowance.id}/"
    people = client.get(page(world, path), {"q": "alice"}).content.decode()
    assert "Alice Requester" in people
    assert "Tom Technician" not in people
    changed = client.post(page(world, f"{path}change/"), {"cap": "300"}, follow=True)
    assert "The budgets of 3 people have changed." in changed.content.decode()
    mine = signed_in(world, "Alice").get(page(world, "mine/")).content.decode()
    assert "$300.00" in mine
    assert signed_in(world, "Alice").get(page(world, path)).status_code == 404
    assert client.post(page(world, f"{path}end/"), {"reason": ""}).status_code == 422
    ended = client.post(page(world, f"{path}end/"), {"reason": "Trial is over"}, follow=True)
    assert "The personal budgets of 3 people have ended." in ended.content.decode()
    mine = signed_in(world, "Alice").get(page(world, "mine/")).content.decode()
    assert "You have no budget of your own" in mine


def test_personal_budgets_have_the_same_doors_in_the_api(world: Company) -> None:
    client, path = signed_in(world, "Dana"), f"{API}allowances/"
    given = {"group": str(world.groups["Facilities"].id), "kind": "MONTH", "cap": "200.00"}
    status, made = send(client, "POST", path, given)
    assert (status, made["people"], made["title"]) == (201, 2, "Everybody in Facilities")
    own = f"{path}{made['id']}/"
    status, changed = send(client, "PATCH", own, {"cap": "250.00"})
    assert (status, changed["cap"]) == (200, "250.00")
    people = client.get(f"{own}people/", {"q": "bob"}).json()
    assert [(one["name"], one["budget"]["free"]) for one in people["people"]] == [
        ("Bob Supervisor", "250.00")
    ]
    assert [one["cap"] for one in signed_in(world, "Bob").get(f"{API}mine/").json()["budgets"]] == [
        "250.00"
    ]
    assert client.get(path).json()["total"] == 1
    assert client.delete(f"{own}?reason=Over").status_code == 204
    assert client.get(path).json()["total"] == 0
    assert client.get(path, {"ended": "true"}).json()["total"] == 1
