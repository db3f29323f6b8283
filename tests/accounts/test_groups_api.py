"""The API of groups: the same services and answers as the pages."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import OrgGroup
from tests.accounts.test_group_pages import BACKEND
from tests.answers import Answer
from tests.factories.accounts import Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOT = "/api/v1/accounts"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def send(client: Client, method: str, path: str, data: dict[str, Any]) -> Answer:
    call = getattr(client, method)
    answer: Answer = call(f"{ROOT}{path}", data=data, content_type="application/json")
    return answer


def test_groups_are_listed_in_the_order_of_the_tree(adam: Client, company: Company) -> None:
    found = adam.get(f"{ROOT}/groups/").json()
    assert found["total"] == 5
    names = [group["name"] for group in found["groups"]]
    assert names[0] == "Northwind Works"
    assert names.index("Facilities") < names.index("Workplace")
    narrowed = adam.get(f"{ROOT}/groups/?q=field").json()
    assert [group["name"] for group in narrowed["groups"]] == ["Field Service"]


def test_a_group_is_created_changed_and_limited(adam: Client, company: Company) -> None:
    created = send(
        adam,
        "post",
        "/groups/",
        {
            "parent_id": str(company.groups["Engineering"].id),
            "name": "Robotics",
            "kind": "PROJECT",
            "ends_on": "2027-06-30",
        },
    )
    assert created.status_code == 201
    group = created.json()
    assert (group["kind"], group["ends_on"]) == ("PROJECT", "2027-06-30")
    changed = send(adam, "patch", f"/groups/{group['id']}/", {"code": "5400"})
    assert changed.json()["code"] == "5400"
    assert changed.json()["name"] == "Robotics"
    limited = send(adam, "put", f"/groups/{group['id']}/limit/", {"amount": "500.00"})
    assert limited.status_code == 204


def test_a_move_is_previewed_and_then_made_only_as_it_was_shown(
    adam: Client, company: Company
) -> None:
    group, target = company.groups["Workplace"], company.groups["Engineering"]
    path = f"/groups/{group.id}/move/"
    asked = {"target": str(target.id), "preview": True}
    shown = send(adam, "post", path, asked).json()
    assert not shown["is_blocked"]
    assert "POWER_LOST" in {effect["kind"] for effect in shown["effects"]}
    refused = send(adam, "post", path, {"target": str(target.id), "seen": "0" * 64})
    assert refused.status_code == 409
    with company.scope():
        assert OrgGroup.objects.get(id=group.id).parent_id == company.groups["Facilities"].id
    made = send(adam, "post", path, {"target": str(target.id), "seen": shown["seen"]})
    assert made.status_code == 200
    with company.scope():
        assert OrgGroup.objects.get(id=group.id).parent_id == target.id


def test_what_cannot_be_done_is_a_problem_with_its_field(adam: Client, company: Company) -> None:
    answer = send(
        adam,
        "post",
        f"/groups/{company.groups['Facilities'].id}/move/",
        {"target": str(company.groups["Workplace"].id)},
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "target"


def test_access_is_answered_both_ways(adam: Client, company: Company) -> None:
    group, alice = company.groups["Field Service"], company.people["Alice"]
    found = adam.get(f"{ROOT}/groups/{group.id}/access/?permission=place_orders").json()
    assert [holder["name"] for holder in found["holders"]] == ["Alice Requester"]
    access = adam.get(f"{ROOT}/people/{alice.id}/access/").json()
    assert access["has_access"]
    assert [power["group_name"] for power in access["powers"]] == ["Field Service"]
    late = adam.get(f"{ROOT}/people/{alice.id}/access/?at=2199-01-01")
    assert late.status_code == 400
