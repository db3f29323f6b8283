"""The decision page, by link and in the app: what stands beside it, and what else can be done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import services
from approvals.background import Background, PaidBefore, PricePast, SimilarOrder, SupplierPast
from approvals.models import ApprovalRequest, Question, Stage, StageSeat
from procurement.core import clock
from tests.approvals.test_link import links_in_mails
from tests.factories.accounts import NOW, Company, signed_in
from tests.factories.approvals import Answered, ask, decide, make_governed_company, seat_of

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def world(handler: Answered) -> Iterator[Company]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        company = make_governed_company()
        yield company


@pytest.fixture
def link(world: Company, request_: ApprovalRequest) -> str:
    with world.scope():
        (path,) = links_in_mails()
    mail.outbox.clear()
    return path


def at(company: Company, request: ApprovalRequest, tail: str = "") -> str:
    return f"/{company.organization.slug}/approvals/{request.id}/{tail}"


def both_doors(world: Company, request: ApprovalRequest, link: str) -> list[tuple[Client, str]]:
    return [(Client(), link), (signed_in(world, "Bob"), at(world, request))]


def test_both_doors_show_what_was_before(
    world: Company, request_: ApprovalRequest, link: str, handler: Answered
) -> None:
    today = NOW.date()
    handler.background = Background(
        suppliers=(
            SupplierPast("Halden Tools", 12, Decimal(8400), 4, Decimal(2000), today),
            SupplierPast("Orrin Precision", 0, Decimal(0), 0, Decimal(0), None),
        ),
        prices=(
            PricePast(
                "Cordless drill 18 V",
                Decimal(160),
                (PaidBefore(today, Decimal(1), Decimal(150)),),
            ),
        ),
        similar=(
            SimilarOrder(
                label="R-2026-0001",
                title="Rugged tablet",
                requester_name="Alice Requester",
                group_name="Field Service",
                amount=Decimal(1360),
                on=today,
                alike="The same requester",
                outcome="Rejected",
                kind="stop",
                said="There are six in storage.",
            ),
        ),
    )
    for client, address in both_doors(world, request_, link):
        page = client.get(address).content.decode()
        for words in (
            "12 orders, $8,400.00",
            "4 for Field Service, $2,000.00",
            "nothing was ordered there before",
            "6.7% more than last time",
            "R-2026-0001",
            "There are six in storage.",
            "What happened so far",
        ):
            assert words in page, words


def test_a_question_is_asked_by_both_doors_and_stands_with_its_answer(
    world: Company, request_: ApprovalRequest, link: str
) -> None:
    for client, address in both_doors(world, request_, link):
        sent = client.post(address, {"action": "ask", "text": "Does it have to be new?"})
        assert sent.status_code == 302
        page = client.get(address).content.decode()
        assert "Does it have to be new?" in page
        assert "Waiting for an answer from Alice" in page
        assert "Clock stopped: question open" in page
    with world.scope():
        for question in Question.objects.all():
            services.answer_question(
                actor=world.actor("Alice"),
                question_id=question.id,
                answer="The old one broke.",
                now=clock.now(),
            )
    page = Client().get(link).content.decode()
    assert page.count("The old one broke.") == 2
    assert "Clock stopped" not in page


def test_what_was_typed_comes_back_with_what_is_wrong(
    world: Company, request_: ApprovalRequest, link: str
) -> None:
    with world.scope():
        Stage.objects.update(due_at=clock.now() + timedelta(days=1))
        stage_id = Stage.objects.get().id
    sent = {
        "action": "extend",
        "stage": stage_id,
        "due_at": "2026-11-01T10:00",
        "reason": "Waiting for a second quote.",
    }
    for client, address in both_doors(world, request_, link):
        refused = client.post(address, sent)
        assert refused.status_code == 400
        page = refused.content.decode()
        assert "Choose a time to come." in page
        assert "Waiting for a second quote." in page
        empty = client.post(address, {"action": "ask", "text": " "})
        assert "Write what you would like to know." in empty.content.decode()
    with world.scope():
        assert not Question.objects.exists()


def test_more_time_is_taken_in_the_organizations_time_zone(
    world: Company, request_: ApprovalRequest, link: str
) -> None:
    with world.scope():
        Stage.objects.update(due_at=clock.now() + timedelta(days=1))
        stage_id = Stage.objects.get().id
    sent = {"action": "extend", "stage": stage_id, "due_at": "2026-11-25T16:00", "reason": "Quote"}
    assert Client().post(link, sent).status_code == 302
    with world.scope():
        assert Stage.objects.get().due_at == datetime(2026, 11, 25, 21, tzinfo=UTC)
    page = signed_in(world, "Bob").get(at(world, request_)).content.decode()
    assert "took more time" in page


def test_somebody_is_found_without_a_script_and_asked_as_well(
    world: Company, request_: ApprovalRequest
) -> None:
    client, address = signed_in(world, "Bob"), at(world, request_, "add/")
    found = client.post(address, {"find": "yes", "q": "erin", "reason": "She knows the depot."})
    page = found.content.decode()
    assert "Erin Director" in page
    assert "Dana Finance" not in page
    assert "She knows the depot." in page
    nobody = client.post(address, {"q": "erin", "reason": "She knows the depot."})
    assert nobody.status_code == 400
    assert "Choose a person" in nobody.content.decode()
    erin = world.people["Erin"].id
    done = client.post(address, {"person": erin, "reason": "She knows the depot."})
    assert done.status_code == 302
    with world.scope():
        assert StageSeat.objects.get(membership_id=erin).origin == "ADDED"
    page = client.get(at(world, request_)).content.decode()
    assert "asked Erin Director to agree, too" in page


def test_only_an_administrator_is_offered_to_take_somebody_off(
    world: Company, request_: ApprovalRequest
) -> None:
    with world.scope():
        stage = services.add_approver(
            actor=world.actor("Bob"),
            request_id=request_.id,
            member_id=world.people["Erin"].id,
            reason="She knows the depot.",
            now=clock.now(),
        )
    address = at(world, request_)
    assert "Take Erin Director off" not in signed_in(world, "Bob").get(address).content.decode()
    adam = signed_in(world, "Adam")
    assert "Take Erin Director off" in adam.get(address).content.decode()
    sent = {"action": "remove", "stage": stage.id, "reason": ""}
    assert adam.post(address, sent).status_code == 400
    assert signed_in(world, "Bob").post(address, {**sent, "reason": "No"}).status_code == 400
    done = adam.post(address, {**sent, "reason": "Policy is enough."}, follow=True)
    assert "took Erin Director off" in done.content.decode()


def test_a_decision_is_handed_to_somebody_who_may_take_it(
    world: Company, request_: ApprovalRequest
) -> None:
    client, address = signed_in(world, "Bob"), at(world, request_, "hand-over/")
    page = client.get(address).content.decode()
    assert "Tom Technician" in page
    assert "Alice Requester</span>" not in page
    alice = {"person": world.people["Alice"].id, "reason": "On leave."}
    refused = client.post(address, alice)
    assert refused.status_code == 400
    assert "nobody decides on their own request" in refused.content.decode()
    done = client.post(address, {"person": world.people["Tom"].id, "reason": "On leave."})
    assert done.status_code == 302
    with world.scope():
        assert seat_of(request_, world.people["Tom"]).is_open
    assert "handed it over to Tom Technician" in client.get(at(world, request_)).content.decode()


def test_hand_over_is_for_who_is_asked_and_leads_through_the_sign_in(
    world: Company, request_: ApprovalRequest, link: str
) -> None:
    assert signed_in(world, "Dana").get(at(world, request_, "hand-over/")).status_code == 403
    page = Client().get(link).content.decode()
    address = at(world, request_, "hand-over/")
    assert address in page
    assert "You will be asked to sign in." in page
    led = Client().get(address)
    assert led.status_code == 302
    assert "/accounts/login/" in led.headers["Location"]


def test_an_overtaken_link_says_what_has_changed_and_leads_to_the_new_request(
    world: Company, request_: ApprovalRequest, link: str
) -> None:
    with world.scope():
        services.supersede_request(
            actor=world.actor("Alice"),
            subject_kind=request_.subject_kind,
            subject_id=request_.subject_id,
            now=clock.now(),
        )
    page = Client().get(link).content.decode()
    assert "has taken it back to change it" in page
    with world.scope():
        fresh = ask(world, "800.00", subject_id=request_.subject_id, now=clock.now())
    for client, address in both_doors(world, request_, link):
        page = client.get(address).content.decode()
        assert "The price of Cordless drill 18 V, two batteries is up 25" in page
        assert "$800.00" in page
        assert at(world, fresh) in page
    assert "Sign in to decide on the new content" in Client().get(link).content.decode()


def test_the_new_content_is_shown_to_nobody_who_may_not_see_it(
    world: Company, request_: ApprovalRequest, link: str
) -> None:
    with world.scope():
        services.supersede_request(
            actor=world.actor("Alice"),
            subject_kind=request_.subject_kind,
            subject_id=request_.subject_id,
            now=clock.now(),
        )
        # So much that the director and finance are asked, and Bob no more.
        fresh = ask(world, "9999.00", subject_id=request_.subject_id, now=clock.now())
    page = Client().get(link).content.decode()
    assert "$9,999.00" not in page
    assert at(world, fresh) not in page


def test_the_story_is_told_in_order_without_further_statements(
    world: Company, handler: Answered
) -> None:
    with world.scope():
        request = ask(world, "4800.00", now=clock.now())
        decide(world, request, "Dana", comment="Within the plan.", now=clock.now())
    client = signed_in(world, "Erin")
    client.get(at(world, request))
    with CaptureQueriesContext(connection) as counted:
        page = client.get(at(world, request)).content.decode()
    assert len(counted) <= 26
    story = page[page.index("What happened so far") :]
    assert story.index("sent it") < story.index("approved as")
    assert "Within the plan." in story
