"""An order is edited while it waits, and a line of it rejected on a phone."""

import pytest
from playwright.sync_api import expect

from approvals.models import ApprovalRequest
from tests.e2e.conftest import Seat
from tests.factories.world import World

pytestmark = [pytest.mark.browser]


def test_an_approval_outlives_an_edit_and_a_line_is_rejected_on_a_phone(
    world: World, visitor: Seat
) -> None:
    with world.company.scope():
        order = world.order(("kit", 12), ("glasses", 10))
        world.decide(order, "Erin")
    alice = visitor()
    alice.sign_in(world.email("Alice"))
    alice.goto(f"/{world.slug}/orders/{order}/")
    alice.look("changes-order-waiting")
    alice.page.get_by_role("button", name="Edit", exact=True).click()
    alice.page.wait_for_url("**/orders/cart/")
    alice.page.get_by_label("Quantity").first.fill("11")
    alice.page.get_by_label("Quantity").first.blur()
    preview = alice.page.get_by_role("complementary", name="Preview")
    expect(preview).to_contain_text("Submit $3,860.00")
    expect(preview).to_contain_text("Erin Director’s approval stands.")
    alice.look("changes-cart")
    alice.page.get_by_role("button", name="Submit $3,860.00").click()
    alice.page.wait_for_url(f"**/orders/{order}/")
    expect(alice.page.get_by_text("Dana Finance will be asked.")).to_be_visible()

    with world.company.scope():
        request = ApprovalRequest.objects.get(subject_id=order, status="PENDING")
    dana = visitor(phone=True)
    dana.sign_in(world.email("Dana"))
    dana.goto(f"/{world.slug}/approvals/{request.id}/")
    expect(dana.page.get_by_role("heading", name="Version 2 of 2")).to_be_visible()
    dana.page.get_by_text("Reject single lines").click()
    dana.look("changes-reject-lines")
    dana.page.get_by_label("Safety glasses, box of 12").check()
    dana.page.get_by_label("Why they are rejected").fill("We have plenty.")
    dana.page.get_by_role("button", name="Reject these and approve the rest").click()
    expect(dana.page.get_by_text("The rest is approved.")).to_be_visible()
    dana.look("changes-rejected")

    alice.goto(f"/{world.slug}/orders/{order}/")
    expect(alice.page.get_by_text("“We have plenty.”").first).to_be_visible()
    alice.look("changes-order-placed")


def test_what_lets_approvals_stand_is_chosen_in_the_policy_editor(
    world: World, visitor: Seat
) -> None:
    group = world.company.root
    adam = visitor()
    adam.sign_in(world.email("Adam"))
    adam.goto(f"/{world.slug}/approvals/policies/{group.id}/edit/")
    section = adam.page.get_by_role("region", name="When an order is changed while it waits")
    section.get_by_label("A price goes up: approvals stand up to").fill("2.5")
    section.get_by_label("The note to the approvers is changed").check()
    adam.look("changes-policy")
