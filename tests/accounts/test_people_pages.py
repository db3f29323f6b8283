"""The pages of people, and the API beside them: looked up, changed, moved, off-boarded."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import MemberMove, Membership, RoleGrant
from accounts.web import org_reverse
from procurement.core import clock
from tests.accounts.test_group_pages import BACKEND
from tests.answers import Answer
from tests.factories.accounts import Company, make_company, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOT = "/api/v1/accounts"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def adam(client: Client, company: Company) -> Client:
    client.force_login(company.people["Adam"].user, backend=BACKEND)
    return client


def address(company: Company, name: str, who: str = "", **ids: Any) -> str:
    if who:
        ids["membership_id"] = company.people[who].id
    return org_reverse(company.organization, f"accounts:{name}", **ids)


def send(client: Client, method: str, path: str, data: dict[str, Any]) -> Answer:
    call = getattr(client, method)
    answer: Answer = call(f"{ROOT}{path}", data=data, content_type="application/json")
    return answer


def member(company: Company, name: str) -> Membership:
    with company.scope():
        return Membership.objects.select_related("group").get(id=company.people[name].id)


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    adam: Client, company: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with company.scope():
        for number in range(12):
            make_member(company.organization, company.root, f"Person {number}", "FINANCE")
    with django_assert_max_num_queries(16):
        html = adam.get(address(company, "people")).content.decode()
    assert "Alice Requester" in html
    assert "18 with access" in html


def test_the_list_is_narrowed_and_downloaded_as_shown(adam: Client, company: Company) -> None:
    people = address(company, "people")
    html = adam.get(people, {"q": "alice"}).content.decode()
    assert "Alice Requester" in html
    assert "Dana Finance" not in html
    assert "Nobody is like that" in adam.get(people, {"q": "zebra"}).content.decode()
    file = adam.get(address(company, "people-csv"), {"role": "FINANCE"})
    lines = file.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Name,Address,Job title,Group")
    assert len(lines) == 2
    assert lines[1].endswith("Active,Finance of Northwind Works")


def test_a_persons_page_shows_roles_seats_and_history(adam: Client, company: Company) -> None:
    html = adam.get(address(company, "person", "Bob")).content.decode()
    assert "Supervisor of" in html
    assert "No role" in html
    assert "At home" in html
    html = adam.get(address(company, "person", "Alice")).content.decode()
    assert "Requisitioner" in html
    assert "Bob Supervisor" in html


def test_what_is_known_is_changed_and_a_wrong_manager_is_refused_beside_the_field(
    adam: Client, company: Company
) -> None:
    edit = address(company, "change-member", "Bob")
    wrong = adam.post(edit, {"title": "Lead", "manager": str(company.people["Alice"].id)})
    assert wrong.status_code == 422
    assert "choose somebody else" in wrong.content.decode()
    assert "Lead" in wrong.content.decode()
    assert adam.post(edit, {"title": "Lead", "manager": ""}).status_code == 302
    assert member(company, "Bob").title == "Lead"


def test_a_move_is_shown_then_made_and_called_off(adam: Client, company: Company) -> None:
    move = address(company, "move-member", "Alice")
    day = (clock.now() + timedelta(days=10)).date().isoformat()
    sent = {
        "target": str(company.groups["Engineering"].id),
        "effective_at": day,
        "reason": "New post",
    }
    shown = adam.post(move, sent)
    html = shown.content.decode()
    assert "Alice Requester ceases to be Requisitioner of Field Service and below." in html
    assert "Alice Requester becomes Requisitioner of Engineering and below." in html
    assert "New post" in html
    done = adam.post(move, {**sent, "seen": shown.context["seen"]})
    assert done.status_code == 302
    assert member(company, "Alice").group.name == "Field Service"
    with company.scope():
        planned = MemberMove.objects.get()
    assert "Moves to Engineering on" in adam.get(done["Location"]).content.decode()
    assert "Alice Requester" in adam.get(address(company, "planned-moves")).content.decode()
    adam.post(address(company, "cancel-move", move_id=planned.id))
    assert "Nobody is about to move" in adam.get(address(company, "planned-moves")).content.decode()


def test_an_overlap_before_the_move_is_refused_beside_its_field(
    adam: Client, company: Company
) -> None:
    answer = adam.post(
        address(company, "move-member", "Alice"),
        {
            "target": str(company.groups["Engineering"].id),
            "effective_at": "2030-01-10",
            "overlap_until": "2030-01-05",
        },
    )
    assert answer.status_code == 422
    assert "The overlap ends before the move" in str(answer.context["form"].errors["overlap_until"])


def test_a_move_on_a_day_that_has_gone_is_refused_beside_its_field(
    adam: Client, company: Company
) -> None:
    answer = adam.post(
        address(company, "move-member", "Alice"),
        {"target": str(company.groups["Engineering"].id), "effective_at": "2026-11-01"},
    )
    assert answer.status_code == 422
    assert "Choose today or a day to come" in str(answer.context["form"].errors["effective_at"])
    assert member(company, "Alice").group.name == "Field Service"


def test_ending_access_is_shown_first_and_needs_a_reason(adam: Client, company: Company) -> None:
    suspend = address(company, "suspend-member", "Alice")
    assert adam.post(suspend, {"reason": ""}).status_code == 422
    answer = adam.post(suspend, {"reason": "Left", "successor": ""})
    while answer.status_code == 200:
        answer = adam.post(suspend, {"reason": "Left", "seen": answer.context["seen"]})
    assert answer.status_code == 302
    assert member(company, "Alice").status == Membership.Status.SUSPENDED
    assert "Open access again" in adam.get(answer["Location"]).content.decode()
    adam.post(address(company, "reinstate-member", "Alice"), {"reason": "Back"})
    assert member(company, "Alice").status == Membership.Status.ACTIVE


def test_a_role_is_ended_after_its_effects_were_shown(adam: Client, company: Company) -> None:
    with company.scope():
        grant = RoleGrant.objects.get(membership=company.people["Alice"])
    end = address(company, "end-grant", "Alice", grant_id=grant.id)
    shown = adam.post(end)
    assert "Alice Requester ceases to be Requisitioner" in shown.content.decode()
    assert adam.post(end, {"seen": shown.context["seen"]}).status_code == 302
    assert adam.post(end).status_code == 404


def test_the_api_lists_reads_and_changes_people(adam: Client, company: Company) -> None:
    listed = adam.get(f"{ROOT}/people/?q=alice").json()
    assert listed["total"] == 1
    (alice,) = listed["people"]
    assert alice["roles"][0]["role"] == "REQUISITIONER"
    read = adam.get(f"{ROOT}/people/{alice['id']}/").json()
    assert read["member"]["group_name"] == "Field Service"
    changed = send(adam, "patch", f"/people/{alice['id']}/", {"site": "Oslo"})
    assert changed.json()["site"] == "Oslo"


def test_the_api_moves_after_a_preview_and_refuses_what_has_changed(
    adam: Client, company: Company
) -> None:
    path = f"/people/{company.people['Alice'].id}/move/"
    sent = {"target": str(company.groups["Engineering"].id)}
    shown = send(adam, "post", path, {**sent, "preview": True}).json()
    assert member(company, "Alice").group.name == "Field Service"
    assert send(adam, "post", path, {**sent, "seen": "0" * 64}).status_code == 409
    assert send(adam, "post", path, {**sent, "seen": shown["seen"]}).status_code == 200
    assert member(company, "Alice").group.name == "Engineering"


def test_the_api_plans_and_calls_off_a_move(adam: Client, company: Company) -> None:
    path = f"/people/{company.people['Alice'].id}/move/"
    later = (clock.now() + timedelta(days=3)).isoformat()
    sent = {"target": str(company.groups["Engineering"].id), "effective_at": later}
    assert send(adam, "post", path, sent).status_code == 200
    (planned,) = adam.get(f"{ROOT}/moves/").json()["moves"]
    assert adam.delete(f"{ROOT}/moves/{planned['id']}/").status_code == 204
    assert adam.get(f"{ROOT}/moves/").json()["total"] == 0


def test_the_api_grants_and_ends_roles_and_access(adam: Client, company: Company) -> None:
    bob = f"/people/{company.people['Bob'].id}"
    sent = {"group": str(company.root.id), "role": "TECHNICIAN"}
    assert send(adam, "post", f"{bob}/grants/", sent).status_code == 200
    (role,) = adam.get(f"{ROOT}{bob}/").json()["roles"]
    assert adam.delete(f"{ROOT}{bob}/grants/{role['id']}/").status_code == 204
    gone = send(
        adam,
        "post",
        f"{bob}/suspension/",
        {"reason": "Left", "successor": str(company.people["Tom"].id)},
    )
    assert gone.status_code == 200
    back = send(adam, "put", f"{bob}/suspension/", {"reason": "Back"})
    assert back.json()["status"] == "ACTIVE"
