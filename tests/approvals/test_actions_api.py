from datetime import timedelta
from typing import Any

import pytest

from approvals.models import ApprovalRequest, Stage
from procurement.core import clock
from procurement.core.ids import new_id
from tests.approvals.acting import asked
from tests.factories.accounts import Company, signed_in
from tests.factories.approvals import ask

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PATH = "/api/v1/approvals/"


def post(company: Company, name: str, path: str, **body: Any) -> tuple[int, Any]:
    response = signed_in(company, name).post(f"{PATH}{path}", body, content_type="application/json")
    return response.status_code, response.json() if response.content else None


def get(company: Company, name: str, path: str) -> tuple[int, Any]:
    response = signed_in(company, name).get(f"{PATH}{path}")
    return response.status_code, response.json()


def now_asked(company: Company, request: ApprovalRequest) -> set[str]:
    with company.scope():
        return asked(request)


def test_a_question_is_asked_answered_and_listed(world: Company, request_: ApprovalRequest) -> None:
    status, question = post(world, "Bob", f"{request_.id}/questions/", text="Why two?")
    assert (status, question["text"], question["closed_at"]) == (201, "Why two?", None)
    path = f"questions/{question['question']}/answer/"
    assert post(world, "Dana", path, answer="Because.")[0] == 404
    status, answered = post(world, "Alice", path, answer="Two new fitters.")
    assert (status, answered["answered_by"]) == (200, "Alice Requester")
    assert post(world, "Alice", path, answer="Again.")[0] == 409
    status, (listed,) = get(world, "Dana", f"{request_.id}/questions/")
    assert (status, listed) == (200, answered)
    assert get(world, "Erin", f"{request_.id}/questions/")[0] == 404


def test_handing_over_says_where_whoever_receives_it_sits(
    world: Company, request_: ApprovalRequest
) -> None:
    to = str(world.people["Erin"].id)
    path = f"{request_.id}/hand-over/"
    status, (seat,) = post(world, "Bob", path, to=to, reason="I am away.")
    assert (status, seat["member"], seat["seat"]) == (200, to, "Supervisor of Facilities")
    assert now_asked(world, request_) == {"Erin"}
    assert post(world, "Bob", path, to=to, reason="Again.")[0] == 409
    assert post(world, "Alice", path, to=to, reason="Mine.")[0] == 403


def test_a_refusal_names_its_field(world: Company, request_: ApprovalRequest) -> None:
    alice = str(world.people["Alice"].id)
    status, body = post(world, "Bob", f"{request_.id}/hand-over/", to=alice, reason="Yours.")
    assert (status, body["errors"][0]["field"]) == (400, "to")
    status, body = post(world, "Bob", f"{request_.id}/questions/", text=" ")
    assert (status, body["errors"][0]["field"]) == (400, "text")
    status, body = post(world, "Bob", f"{request_.id}/approvers/", member=alice, reason="You.")
    assert (status, body["errors"][0]["field"]) == (400, "member")


def test_an_approver_is_added_and_taken_off(world: Company, request_: ApprovalRequest) -> None:
    erin = str(world.people["Erin"].id)
    status, stage = post(
        world, "Alice", f"{request_.id}/approvers/", member=erin, reason="Hers, too."
    )
    assert (status, stage["status"], stage["name"]) == (201, "OPEN", "Added by Alice Requester")
    assert now_asked(world, request_) == {"Bob", "Erin"}
    path = f"stages/{stage['stage']}/remove/"
    assert post(world, "Bob", path, reason="No.")[0] == 403
    assert post(world, "Adam", path, reason="Not hers.") == (204, None)
    shown = get(world, "Bob", f"{request_.id}/")[1]["stages"]
    assert [(one["stage"], one["status"]) for one in shown][1] == (stage["stage"], "REMOVED")


def test_the_due_time_moves(world: Company, request_: ApprovalRequest) -> None:
    with world.scope():
        stage = Stage.objects.get(request=request_)
    assert stage.due_at is not None
    later = (stage.due_at + timedelta(days=1)).isoformat()
    path = f"stages/{stage.id}/due/"
    status, moved = post(world, "Bob", path, due_at=later, reason="I wait for a quote.")
    assert (status, moved["stage"]) == (200, str(stage.id))
    assert post(world, "Bob", path, due_at=later, reason="Again.")[0] == 400
    assert post(world, "Tom", path, due_at=later, reason="Mine.")[0] == 403


def test_many_are_decided_in_one_go(world: Company, request_: ApprovalRequest) -> None:
    with world.scope():
        other, changed = ask(world, now=clock.now()), ask(world, now=clock.now())
    shown = [
        {"request": str(one.id), "content_hash": content_hash}
        for one, content_hash in (
            (other, other.content_hash),
            (changed, "0" * 64),
            (request_, request_.content_hash),
        )
    ]
    status, body = post(world, "Bob", "decide-many/", requests=shown, choice="APPROVE")
    assert status == 200
    assert [(one["request"], one["verdict"]) for one in body["verdicts"]] == [
        (str(other.id), "DECIDED"),
        (str(changed.id), "OVERTAKEN"),
        (str(request_.id), "DECIDED"),
    ]
    body = post(world, "Bob", "decide-many/", requests=shown, choice="APPROVE")[1]
    assert [one["verdict"] for one in body["verdicts"]] == [
        "ALREADY_DECIDED",
        "OVERTAKEN",
        "ALREADY_DECIDED",
    ]


def test_one_that_is_not_the_callers_stops_all(world: Company, request_: ApprovalRequest) -> None:
    shown = [{"request": str(request_.id), "content_hash": request_.content_hash}]
    status, _ = post(world, "Dana", "decide-many/", requests=shown, choice="APPROVE")
    assert status == 404
    unknown = [*shown, {"request": str(new_id()), "content_hash": ""}]
    status, _ = post(world, "Bob", "decide-many/", requests=unknown, choice="APPROVE")
    assert status in (400, 404)
    assert now_asked(world, request_) == {"Bob"}
