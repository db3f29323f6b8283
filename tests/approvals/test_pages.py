from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from approvals import selectors
from approvals.models import ApprovalRequest, PolicyVersion
from procurement.core import clock
from tests.factories.accounts import Company, make_company, signed_in
from tests.factories.approvals import SUPERVISOR, Answered, ask, publish, stage, through

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def at(company: Company, tail: str = "") -> str:
    return f"/{company.organization.slug}/approvals/{tail}"


def fields(**changes: Any) -> dict[str, Any]:
    """The editor's form, as the typical policy fills it."""
    return {
        "based_on": "0",
        "name": "Engineering orders",
        "reason": "Engineering is different",
        "tiers.0.up_to": "250.00",
        "tiers.1.up_to": "",
        "tiers.1.stages.0.mode": "ALL",
        "tiers.1.stages.0.seats": ["POSITION:supervisor", "ROLE:FINANCE", ""],
        "restricted.0.mode": "ALL",
        "restricted.0.seats": ["POSITION:supervisor", ""],
        "exception.0.mode": "ANY",
        "exception.0.seats": ["POSITION:director", "ROLE:FINANCE"],
        **changes,
    }


def test_the_inbox_lists_what_waits_and_what_was_decided(
    world: Company, request_: ApprovalRequest
) -> None:
    bob = signed_in(world, "Bob")
    page = bob.get(at(world)).content.decode()
    assert "Tools for the depot" in page
    assert f"/approvals/{request_.id}/" in page
    assert "$640.00" in page
    assert "You have decided nothing yet" in bob.get(at(world, "?show=decided")).content.decode()
    erin = signed_in(world, "Erin").get(at(world)).content.decode()
    assert "Nothing waits for you" in erin


def test_deciding_in_the_app_leads_back_to_the_inbox(
    world: Company, request_: ApprovalRequest, handler: Answered
) -> None:
    bob = signed_in(world, "Bob")
    path = at(world, f"{request_.id}/")
    page = bob.get(path).content.decode()
    assert "Approve $640.00" in page
    assert "You hold that seat in Facilities" in page
    body = {"decision": "APPROVE", "comment": "Fine.", "content_hash": request_.content_hash}
    response = bob.post(path, body, follow=True)
    assert "R-2026-0418: You approved this." in response.content.decode()
    assert handler.told == [("approved", request_.subject_id)]
    again = bob.post(path, body, follow=True).content.decode()
    assert "You have decided already" in again
    assert "Approve $640.00" not in again
    assert "“Fine.”" in bob.get(at(world, "?show=decided")).content.decode()


def test_rejecting_in_the_app_needs_a_reason(world: Company, request_: ApprovalRequest) -> None:
    response = signed_in(world, "Bob").post(
        at(world, f"{request_.id}/"),
        {"decision": "REJECT", "comment": "", "content_hash": request_.content_hash},
    )
    assert response.status_code == 400
    assert "Say why you reject it" in response.content.decode()


def test_the_requester_sees_the_way_and_no_buttons(
    world: Company, request_: ApprovalRequest
) -> None:
    alice = signed_in(world, "Alice")
    page = alice.get(at(world, f"{request_.id}/")).content.decode()
    assert "Waiting for Bob Supervisor." in page
    assert "Your decision" not in page
    body = {"decision": "APPROVE", "comment": "", "content_hash": request_.content_hash}
    assert alice.post(at(world, f"{request_.id}/"), body).status_code == 200
    with world.scope():
        assert ApprovalRequest.objects.get().status == "PENDING"


def test_a_request_leads_on_to_its_subject(world: Company, request_: ApprovalRequest) -> None:
    response = signed_in(world, "Alice").get(at(world, f"{request_.id}/subject/"))
    assert response["Location"].endswith(f"/orders/{request_.subject_id}/")


def test_a_request_says_why_it_goes_this_way_and_leads_to_the_version(
    world: Company, request_: ApprovalRequest
) -> None:
    page = signed_in(world, "Adam").get(at(world, f"{request_.id}/")).content.decode()
    for words in (
        "Orders over $100.00 and up to $1,000.00 go to the supervisor.",
        "Bob Supervisor holds the supervisor’s seat in Facilities",
        "The supervisor would not be asked at or below $100.00.",
        "Tier 2 of policy “Northwind Works approvals”, version 1, set by Northwind Works",
    ):
        assert words in page, words
    link = at(world, f"policies/{world.root.id}/")
    assert f'href="{link}"' in page
    own = signed_in(world, "Bob").get(at(world, f"{request_.id}/")).content.decode()
    assert f'href="{link}"' not in own, "it leads nobody to what they may not see"
    assert "Tier 2 of policy" in own


def test_a_route_that_no_longer_follows_is_told_without_its_origin(
    world: Company, request_: ApprovalRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("approvals.selectors.rederiving.differences", lambda *_: ("altered",))
    page = signed_in(world, "Bob").get(at(world, f"{request_.id}/")).content.decode()
    assert "Orders over $100.00 and up to $1,000.00 go to the supervisor." in page
    assert "would not be asked" not in page


def test_strangers_and_visitors_see_nothing(world: Company, request_: ApprovalRequest) -> None:
    path = at(world, f"{request_.id}/")
    assert signed_in(world, "Erin").get(path).status_code == 404
    assert signed_in(make_company("Contoso"), "Adam").get(path).status_code == 404
    assert Client().get(path).status_code == 302


def test_pages_take_few_statements(
    world: Company, request_: ApprovalRequest, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bob, adam = signed_in(world, "Bob"), signed_in(world, "Adam")
    root = f"policies/{world.root.id}/"
    for client, tail in (
        (bob, ""),
        (bob, "?show=decided"),
        (bob, f"{request_.id}/"),
        (adam, "policies/"),
        (adam, root),
        (adam, f"{root}edit/"),
    ):
        with django_assert_max_num_queries(30):
            assert client.get(at(world, tail)).status_code == 200


def test_the_inbox_takes_as_many_statements_for_thirty_as_for_one(
    world: Company, request_: ApprovalRequest
) -> None:
    bob = signed_in(world, "Bob")
    bob.get(at(world))
    with CaptureQueriesContext(connection) as one:
        bob.get(at(world))
    with world.scope():
        for _ in range(30):
            ask(world, now=clock.now())
    with CaptureQueriesContext(connection) as many:
        page = bob.get(at(world)).content.decode()
    assert len(many) == len(one)
    assert "1–25 of 31" in page


def test_a_policy_shows_its_tiers_versions_and_who_sits_there(world: Company) -> None:
    page = signed_in(world, "Adam").get(at(world, f"policies/{world.root.id}/")).content.decode()
    for words in (
        "Then up to $1,000.00",
        "Above $1,000.00",
        "Erin Director",
        "Dana Finance",
        "Supervisor: nobody",
        "First rules",
        "New version",
    ):
        assert words in page, words


def test_a_group_without_a_policy_shows_whose_it_follows(world: Company) -> None:
    with world.scope():
        publish(world, through(stage(SUPERVISOR)), world.groups["Facilities"], reason="Own")
    below = world.groups["Field Service"]
    page = signed_in(world, "Adam").get(at(world, f"policies/{below.id}/")).content.decode()
    assert "Field Service has no policy of its own; what Facilities says holds here." in page
    listed = signed_in(world, "Adam").get(at(world, "policies/")).content.decode()
    assert "Up to $100.00: automatic · Then up to $1,000.00: the supervisor" in listed


def test_whoever_does_not_manage_policies_reads_but_does_not_write(world: Company) -> None:
    dana = signed_in(world, "Dana")
    page = dana.get(at(world, f"policies/{world.root.id}/"))
    assert page.status_code == 200
    assert "New version" not in page.content.decode()
    assert dana.get(at(world, f"policies/{world.root.id}/edit/")).status_code == 403
    assert dana.post(at(world, f"policies/{world.root.id}/edit/"), fields()).status_code == 403
    assert signed_in(world, "Alice").get(
        at(world, f"policies/{world.groups['Engineering'].id}/")
    ).status_code in (403, 404)


class TestEditor:
    @pytest.fixture
    def path(self, world: Company) -> str:
        return at(world, f"policies/{world.groups['Engineering'].id}/edit/")

    @pytest.fixture
    def adam(self, world: Company) -> Client:
        return signed_in(world, "Adam")

    def test_publishing_puts_a_version_in_force(
        self, world: Company, adam: Client, path: str
    ) -> None:
        response = adam.post(path, fields(), follow=True)
        assert "Version 1 is published." in response.content.decode()
        with world.scope():
            engineering = world.groups["Engineering"]
            page = selectors.policy_page(world.actor("Adam"), engineering.id, clock.now())
            document = page.versions[0].document
            assert page.policy is not None
            assert page.policy.name == "Engineering orders"
        assert [str(tier.up_to) for tier in document.tiers] == ["250.00", "None"]
        assert document.tiers[1].stages[0].phrase == "the supervisor and finance"
        assert document.tiers[1].stages[0].name == "Supervisor and finance"
        assert document.exception[0].phrase == "the director or finance"

    def test_an_edit_starts_from_what_holds(self, world: Company, adam: Client, path: str) -> None:
        page = adam.get(path).content.decode()
        assert 'value="1,000.00"' in page
        assert 'value="POSITION:supervisor" selected' in page

    @pytest.mark.parametrize(
        ("press", "tiers", "stages"),
        [
            ("add:tiers", 3, 3),
            ("remove:tiers.0", 1, 3),
            ("add:tiers.0.stages", 2, 4),
            ("remove:tiers.1.stages.0", 2, 2),
            ("add:restricted", 2, 4),
            ("remove:exception.0", 2, 2),
            ("remove:tiers.1", 2, 3),
            ("add:nonsense.9", 2, 3),
            ("", 2, 3),
        ],
    )
    def test_buttons_change_the_form_and_store_nothing(
        self, world: Company, adam: Client, path: str, press: str, tiers: int, stages: int
    ) -> None:
        response = adam.post(path, fields(press=press))
        page = response.content.decode()
        assert response.status_code == 200
        assert page.count('.up_to"') == tiers
        assert page.count('.mode"') == stages
        assert "Engineering is different" in page
        with world.scope():
            assert PolicyVersion.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"tiers.0.up_to": "a lot"}, "Enter an amount, such as 1,000.00."),
            ({"tiers.0.up_to": "-5"}, "Enter an amount above zero."),
            ({"tiers.1.up_to": "50", "tiers.2.up_to": ""}, "Enter more than $250.00"),
            ({"restricted.0.seats": [""]}, "Name at least one seat"),
            ({"reason": ""}, "This field is required."),
            ({"in_force_on": "2020-01-01"}, "never in the past"),
            ({"based_on": "7"}, "has been published in the meantime"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(
        self, world: Company, adam: Client, path: str, changes: dict[str, Any], words: str
    ) -> None:
        response = adam.post(path, fields(**changes))
        assert response.status_code in (400, 409)
        assert words in response.content.decode()
        with world.scope():
            assert PolicyVersion.objects.count() == 1

    def test_a_version_can_be_set_for_a_later_day(
        self, world: Company, adam: Client, path: str
    ) -> None:
        response = adam.post(path, fields(in_force_on="2026-12-01"), follow=True)
        assert "takes over on Tue, Dec 1" in response.content.decode()
        with world.scope():
            version = PolicyVersion.objects.get(reason="Engineering is different")
        assert version.in_force_from.isoformat() == "2026-12-01T05:00:00+00:00"

    def test_the_first_policy_starts_from_a_sketch(self, handler: Answered) -> None:
        empty = make_company("Contoso")
        adam = signed_in(empty, "Adam")
        path = at(empty, f"policies/{empty.root.id}/")
        assert "Nothing holds here yet" in adam.get(path).content.decode()
        assert 'value="100"' in adam.get(f"{path}edit/").content.decode()
        assert "No policy yet" in adam.get(at(empty, "policies/")).content.decode()
        chosen = adam.get(at(empty, f"policies/?group={empty.root.id}"))
        assert chosen["Location"] == path
