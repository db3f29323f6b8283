"""Deciding on a phone: many in one go, a question and its answer, without scripts as well."""

import re

import pytest
from playwright.sync_api import expect

from approvals.models import ApprovalRequest
from tests.e2e.conftest import Postbox, Seat, link_in
from tests.factories.world import World

pytestmark = [pytest.mark.browser]


def submitted(world: World, *lines: tuple[str, int]) -> None:
    with world.company.scope():
        world.order(*lines)


def test_three_requests_are_approved_in_one_go_on_a_phone_without_scripts(
    world: World, visitor: Seat
) -> None:
    for quantity in (1, 2, 3):
        submitted(world, ("kit", quantity))
    bob = visitor(phone=True, scripts=False)
    bob.sign_in(world.email("Bob"))
    bob.goto(f"/{world.slug}/approvals/")
    for box in bob.page.get_by_role("checkbox").all():
        box.check()
    bob.page.get_by_role("button", name="Approve chosen").click()
    expect(bob.page.get_by_role("heading", name="Approve 3 together?")).to_be_visible()
    bob.page.get_by_role("button", name=re.compile(r"Approve 3, \$1,920\.00")).click()
    expect(bob.page.locator("#toasts")).to_contain_text(
        "You approved 3 requests, $1,920.00 together."
    )
    expect(bob.page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    with world.company.scope():
        assert {one.status for one in ApprovalRequest.objects.all()} == {"APPROVED"}


def test_a_question_is_asked_from_the_mail_and_its_answer_leads_back(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    submitted(world, ("kit", 2))
    bob = visitor(phone=True)
    bob.goto(link_in(postbox.letter(world.email("Bob"), "$640.00"), "/decide/"))
    bob.look("decision-background")
    bob.page.get_by_text("Ask Alice a question").click()
    bob.page.get_by_label("Your question").fill("Does it have to be new?")
    bob.page.get_by_role("button", name="Send the question").click()
    expect(bob.page.get_by_text("Waiting for an answer from Alice")).to_be_visible()
    expect(bob.page.get_by_text("Clock stopped: question open")).to_be_visible()
    bob.look("decision-asked")
    asked = postbox.letter(world.email("Alice"), "Does it have to be new?")
    alice = visitor(phone=True)
    alice.sign_in(world.email("Alice"))
    alice.goto(link_in(asked, "/orders/"))
    alice.look("question-to-answer")
    alice.page.get_by_label("Your answer").fill("The old one broke.")
    alice.page.get_by_role("button", name="Answer Bob").click()
    expect(alice.page.get_by_text("“The old one broke.”").first).to_be_visible()
    bob.goto(link_in(postbox.letter(world.email("Bob"), "The old one broke."), "/decide/"))
    expect(bob.page.get_by_text("“The old one broke.”").first).to_be_visible()
    bob.page.get_by_role("button", name="Approve $640.00").click()
    expect(bob.page.get_by_role("heading", name="You approved $640.00")).to_be_visible()


def test_the_inbox_and_its_pages_can_be_used_by_everybody(world: World, visitor: Seat) -> None:
    submitted(world, ("kit", 1))
    submitted(world, ("kit", 2), ("restricted", 1))
    bob = visitor(phone=True)
    bob.sign_in(world.email("Bob"))
    bob.goto(f"/{world.slug}/approvals/?choose=all")
    bob.look("inbox")
    bob.page.get_by_role("button", name="Reject chosen").click()
    bob.page.get_by_role("button", name=re.compile("Reject 2")).click()
    expect(bob.page.get_by_text("Say why you reject these")).to_be_visible()
    bob.look("reject-many")
    bob.goto(f"/{world.slug}/approvals/")
    bob.page.get_by_role("rowheader").get_by_role("link").first.click()
    bob.page.get_by_text("Ask somebody else to agree, too").click()
    bob.page.get_by_role("link", name="Choose somebody").last.click()
    bob.page.get_by_label("Part of a name or address").fill("erin")
    bob.page.get_by_role("button", name="Find").click()
    bob.page.get_by_label("Erin Director").check()
    bob.look("add-approver")
    bob.page.get_by_label("Why they should agree, too").fill("She knows the depot.")
    bob.page.get_by_role("button", name="Ask them, too").click()
    expect(bob.page.get_by_text("asked Erin Director to agree, too")).to_be_visible()
    bob.look("decision-added")
