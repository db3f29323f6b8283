from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from approvals.routing import Part, Tier
from tests.factories.accounts import NOW, Company, make_company, signed_in
from tests.factories.approvals import SUPERVISOR, TYPICAL, publish, stage, through

pytestmark = [pytest.mark.django_db, pytest.mark.database]

STRICTER = replace(TYPICAL, tiers=(Tier(Decimal("50.00"), ()), *TYPICAL.tiers[1:]))


@pytest.fixture
def world() -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(hours=1)):
        company = make_company()
        with company.scope():
            publish(company, replace(TYPICAL, mandatory=frozenset({Part.EXCEPTION})))
            publish(company, through(stage(SUPERVISOR)), company.groups["Facilities"], reason="Own")
        yield company


def path_of(company: Company, group: str) -> str:
    return f"/api/v1/approvals/policies/{company.groups[group].id}/"


def sent(client: Client, path: str, **fields: Any) -> tuple[int, Any]:
    body = {"document": STRICTER.to_json(), "reason": "Smaller orders", **fields}
    response = client.post(path, body, content_type="application/json")
    return response.status_code, response.json()


def test_each_line_of_what_holds_says_where_it_comes_from(world: Company) -> None:
    body = signed_in(world, "Adam").get(path_of(world, "Field Service")).json()
    origins = [
        (line["place"], line["from_group_name"], line["is_mandatory"]) for line in body["lines"]
    ]
    assert origins == [
        ("exception", "Northwind Works", True),
        ("tiers.0", "Facilities", False),
        ("restricted", "Facilities", False),
        ("exception", "Facilities", False),
        ("over_budget", "Facilities", False),
    ]
    assert (body["is_inherited"], body["versions"]) == (True, [])
    assert body["document"] == through(stage(SUPERVISOR)).to_json()


def test_a_version_is_published_and_shown(world: Company) -> None:
    adam, path = signed_in(world, "Adam"), path_of(world, "Engineering")
    status, body = sent(adam, path, name="Engineering orders", based_on=0)
    assert (status, body["number"], body["reason"]) == (201, 1, "Smaller orders")
    shown = adam.get(path).json()
    assert shown["policy_name"] == "Engineering orders"
    assert [one["version"] for one in shown["versions"]] == [body["version"]]
    assert shown["document"] == STRICTER.to_json()


def test_problems_are_named_with_their_place(world: Company) -> None:
    gap = replace(TYPICAL, tiers=TYPICAL.tiers[:2]).to_json()
    status, body = sent(signed_in(world, "Adam"), path_of(world, "Engineering"), document=gap)
    assert status == 400
    assert [one["field"] for one in body["errors"]] == ["document.tiers.1.up_to"]


@pytest.mark.parametrize(
    ("fields", "status", "place"),
    [
        ({"document": {"schema": 99}}, 400, "document"),
        ({"document": "tiers"}, 400, "document"),
        ({"reason": ""}, 400, "reason"),
        ({"in_force_from": "2020-01-01T00:00:00Z"}, 400, "in_force_from"),
        ({"based_on": 7}, 409, None),
    ],
)
def test_what_cannot_be_published_is_refused(
    world: Company, fields: dict[str, Any], status: int, place: str | None
) -> None:
    answered, body = sent(signed_in(world, "Adam"), path_of(world, "Engineering"), **fields)
    assert answered == status
    assert [one["field"] for one in body.get("errors", [])] == ([place] if place else [])


def test_only_who_manages_policies_publishes(world: Company) -> None:
    dana = signed_in(world, "Dana")
    assert dana.get(path_of(world, "Facilities")).status_code == 200
    assert sent(dana, path_of(world, "Facilities"))[0] == 403
    alice = signed_in(world, "Alice")
    assert alice.get(path_of(world, "Engineering")).status_code == 404
