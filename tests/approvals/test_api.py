from typing import Any

import pytest
from django.test import Client

from approvals import services
from approvals.models import ApprovalRequest
from procurement.core import clock
from tests.factories.accounts import Company, make_company, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PATH = "/api/v1/approvals/"


def decide(client: Client, request: ApprovalRequest, **fields: str) -> tuple[int, Any]:
    body = {"choice": "APPROVE", "content_hash": request.content_hash, **fields}
    path = f"{PATH}{request.id}/decide/"
    response = client.post(path, body, content_type="application/json")
    return response.status_code, response.json()


def test_the_inbox_lists_what_waits_for_the_caller(
    world: Company, request_: ApprovalRequest
) -> None:
    body = signed_in(world, "Bob").get(PATH).json()
    (waiting,) = body.pop("requests")
    assert body == {"total": 1, "page": 1, "pages": 1}
    assert waiting["request"] == str(request_.id)
    assert (waiting["amount"], waiting["currency"]) == ("640.00", "USD")
    assert (waiting["requester"], waiting["seat"]) == (
        "Alice Requester",
        "Supervisor of Facilities",
    )
    assert signed_in(world, "Erin").get(PATH).json()["total"] == 0


def test_a_request_shows_content_way_and_reasons(world: Company, request_: ApprovalRequest) -> None:
    body = signed_in(world, "Bob").get(f"{PATH}{request_.id}/").json()
    assert body["status"] == "PENDING"
    assert body["summary"]["lines"][0]["name"].startswith("Cordless drill")
    (stage,) = body["stages"]
    assert stage["because"] == "Orders over $100.00 and up to $1,000.00 go to the supervisor."
    (seat,) = stage["seats"]
    assert (seat["name"], seat["decision"]) == ("Bob Supervisor", None)
    assert body["facts"]["amount"] == "640.00"


def test_a_request_says_which_part_asked_and_what_would_have_avoided_it(
    world: Company, request_: ApprovalRequest
) -> None:
    (stage,) = signed_in(world, "Bob").get(f"{PATH}{request_.id}/").json()["why"]
    assert stage["origin"]["sentence"].startswith("Tier 2 of policy “Northwind Works approvals”")
    assert stage["origin"]["group"] == str(world.root.id)
    assert stage["avoided"] == "The supervisor would not be asked at or below $100.00."
    assert stage["changes"] == [{"kind": "AMOUNT", "phrase": "at or below $100.00"}]
    (person,) = stage["people"]
    assert person["name"] == "Bob Supervisor"
    assert person["why"].startswith("Bob Supervisor holds the supervisor’s seat in Facilities")


def test_deciding_answers_with_the_verdict(world: Company, request_: ApprovalRequest) -> None:
    bob = signed_in(world, "Bob")
    assert decide(bob, request_, choice="REJECT")[0] == 400
    status, body = decide(bob, request_, comment="Fine.")
    assert (status, body["verdict"], body["request_status"]) == (200, "DECIDED", "APPROVED")
    status, body = decide(bob, request_)
    assert (status, body["verdict"]) == (200, "ALREADY_DECIDED")
    seat = bob.get(f"{PATH}{request_.id}/").json()["stages"][0]["seats"][0]
    assert (seat["decision"]["channel"], seat["decision"]["comment"]) == ("API", "Fine.")


def test_other_content_is_a_conflict(world: Company, request_: ApprovalRequest) -> None:
    status, body = decide(signed_in(world, "Bob"), request_, content_hash="0" * 64)
    assert (status, body["verdict"]) == (409, "OVERTAKEN")
    with world.scope():
        services.withdraw_request(
            actor=world.actor("Alice"),
            subject_kind=request_.subject_kind,
            subject_id=request_.subject_id,
            now=clock.now(),
        )
    status, body = decide(signed_in(world, "Bob"), request_)
    assert (status, body["verdict"]) == (409, "SETTLED")


def test_whoever_is_not_asked_decides_nothing(world: Company, request_: ApprovalRequest) -> None:
    for name, expected in (("Alice", 403), ("Adam", 403), ("Erin", 404)):
        status, body = decide(signed_in(world, name), request_)
        assert status == expected
        assert body["title"]


@pytest.mark.parametrize("fields", [{"choice": "MAYBE"}, {"choice": ""}, {"content_hash": ""}])
def test_a_mangled_decision_names_its_field(
    world: Company, request_: ApprovalRequest, fields: dict[str, str]
) -> None:
    status, body = decide(signed_in(world, "Bob"), request_, **fields)
    assert status == 400
    assert body["errors"][0]["field"] == next(iter(fields))


def test_strangers_see_nothing(world: Company, request_: ApprovalRequest) -> None:
    other = make_company("Contoso")
    assert signed_in(other, "Bob").get(f"{PATH}{request_.id}/").status_code == 404
    assert decide(signed_in(other, "Bob"), request_)[0] == 404
    assert Client().get(PATH).status_code == 403
