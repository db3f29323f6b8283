"""The API of the catalog."""

from typing import Any

import pytest
from django.test import Client

from catalogs.models import BuyingRule
from tests.catalogs.test_views import client
from tests.factories.catalogs import Shop, open_shop

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def api(shop: Shop, name: str) -> Client:
    browser = client(shop.company, name)
    browser.defaults["HTTP_X_ORGANIZATION"] = shop.company.organization.slug
    return browser


def test_a_search_gives_hits_with_guidance_in_their_order(shop: Shop) -> None:
    response = api(shop, "Alice").get("/api/v1/catalog/items/", {"q": "tablet", "sort": "price"})
    assert response.status_code == 200
    found = response.json()
    assert found["group"] == str(shop.company.groups["Field Service"].id)
    assert (found["total"], found["page"], found["pages"]) == (6, 1, 1)
    assert found["counts"] == {"PREFERRED": 2, "NEUTRAL": 2, "RESTRICTED": 1, "BLOCKED": 1}
    first, last = found["hits"][0], found["hits"][-1]
    assert first["item"]["price"] == "985.00"
    assert first["guidance"]["rule"] == str(shop.rules["preferred"].id)
    assert last["guidance"]["outcome"] == "BLOCKED"
    assert last["guidance"]["exception_allowed"] is True
    assert last["alternative"]["item"]["sku"] == "KX-10R"
    assert {one["name"] for one in found["suppliers"]} == {
        "Kestrel IT", "Brightline Supply", "Tideway Direct",
    }  # fmt: skip


def test_an_item_is_judged_for_the_group_that_is_named(shop: Shop) -> None:
    url = f"/api/v1/catalog/items/{shop.items['rugged'].id}/"
    engineering = shop.company.groups["Engineering"].id
    adam = api(shop, "Adam")
    assert adam.get(url, {"group": str(engineering)}).json()["guidance"] == {
        "outcome": "NEUTRAL",
        "sentence": "No buying rule covers this item.",
        "exception_allowed": False,
        "rule": None,
    }
    detail = api(shop, "Alice").get(url).json()
    assert detail["guidance"]["outcome"] == "PREFERRED"
    assert len(detail["offers"]) == 3


@pytest.mark.parametrize(("group", "status"), [("x", 404), ("Engineering", 404)])
def test_a_group_out_of_sight_is_not_found(shop: Shop, group: str, status: int) -> None:
    named = shop.company.groups.get(group)
    wanted = str(named.id) if named else group
    response = api(shop, "Alice").get("/api/v1/catalog/items/", {"group": wanted})
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


def test_who_has_no_role_is_refused_with_a_reason(shop: Shop) -> None:
    response = api(shop, "Bob").get("/api/v1/catalog/items/")
    assert response.status_code == 403
    assert "role" in response.json()["detail"]


def test_suppliers_come_with_their_spellings(shop: Shop) -> None:
    found = api(shop, "Adam").get("/api/v1/catalog/suppliers/", {"q": "kestrel"}).json()
    assert [(one["name"], one["spellings"], one["offers"]) for one in found] == [
        ("Kestrel IT", ["Kestrel IT"], 2)
    ]
    assert api(shop, "Alice").get("/api/v1/catalog/suppliers/").status_code == 403


def rule(shop: Shop, **changes: Any) -> dict[str, Any]:
    return {
        "group": str(shop.company.root.id),
        "effect": "BLOCK",
        "kind": "CATEGORY",
        "target": "Cases",
        "reason": "We have plenty",
        "exception_allowed": True,
    } | changes


def test_a_rule_is_set_listed_and_ended(shop: Shop) -> None:
    adam = api(shop, "Adam")
    response = adam.post("/api/v1/catalog/rules/", rule(shop), content_type="application/json")
    assert response.status_code == 201, response.content
    made = response.json()
    assert (made["target"], made["target_name"]) == ("43212000", "Cases")
    assert (made["effect"], made["exception_allowed"], made["valid_to"]) == ("BLOCK", True, None)
    assert len(adam.get("/api/v1/catalog/rules/").json()) == 4
    assert adam.delete(f"/api/v1/catalog/rules/{made['id']}/").status_code == 204
    assert len(adam.get("/api/v1/catalog/rules/").json()) == 3
    with shop.company.scope():
        assert BuyingRule.objects.get(id=made["id"]).ended_at is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"target": "Nothing"}, "target"),
        ({"reason": ""}, "reason"),
        ({"effect": "FORBID"}, "effect"),
        ({"valid_from": "2026-01-02", "valid_to": "2026-01-01"}, "valid_to"),
    ],
)
def test_a_rule_that_is_refused_names_the_field(
    shop: Shop, changes: dict[str, Any], field: str
) -> None:
    response = api(shop, "Adam").post(
        "/api/v1/catalog/rules/", rule(shop, **changes), content_type="application/json"
    )
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


def test_a_requester_neither_reads_nor_sets_nor_ends_rules(shop: Shop) -> None:
    alice = api(shop, "Alice")
    assert alice.get("/api/v1/catalog/rules/").status_code == 403
    refused = alice.post("/api/v1/catalog/rules/", rule(shop), content_type="application/json")
    assert refused.status_code == 403
    blocked = shop.rules["blocked"].id
    assert alice.delete(f"/api/v1/catalog/rules/{blocked}/").status_code == 404
