"""The three main jobs by keys alone: buying, deciding by a mail's link, taking out a report."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from procurement.orders.models import Requisition
from tests.e2e.conftest import Postbox, Seat, link_in
from tests.e2e.insights import wait_for_insights
from tests.e2e.keys import Keys
from tests.factories.world import JUSTIFICATION, World

pytestmark = [pytest.mark.browser]

KIT = "Cordless drill kit 18 V"
RIG = "Core drill rig 2.4 kW"


def test_a_requester_finds_looks_ahead_and_submits_by_keys(world: World, visitor: Seat) -> None:
    alice = visitor()
    alice.sign_in(world.email("Alice"))
    alice.goto(f"/{world.slug}/")
    keys = Keys(alice.page)
    keys.press("/")
    assert keys.here().name == "Search the catalog"
    keys.type("drill")
    keys.press("Enter")
    expect(alice.page.get_by_role("heading", name="Catalog")).to_be_visible()
    keys.skip()
    for title, key in ((KIT, "Enter"), (RIG, "Space")):
        keys.to(f"Add to cart: {title}")
        keys.press(key)
        expect(alice.page.locator("#toasts")).to_contain_text(f"In your cart: {title}.")
        assert keys.here().name == f"Add to cart: {title}"
    keys.to("Cart, 2 lines", back=True)
    keys.press("Enter")
    expect(alice.page.get_by_role("heading", name="If you submit now")).to_be_visible()

    keys.skip()
    keys.to(f"Quantity of {KIT}")
    keys.type("2")
    expect(alice.page.locator("#preview .grand").last).to_contain_text("$1,090.00")
    assert keys.here().name == f"Quantity of {KIT}"
    keys.to("Remove Core drill rig")
    keys.press("Enter")
    expect(alice.page.locator("#preview .grand").last).to_contain_text("$640.00")
    assert keys.here().name == "Lines"
    keys.to("Note to the approvers")
    with alice.page.expect_response(re.compile(r"/orders/cart/line/$")):
        keys.type("Two new fitters start on December 1.")
    assert keys.here().name.startswith("Note to the approvers")
    keys.to("Submit $640.00")
    keys.press("Enter")
    expect(alice.page.get_by_text("Waiting for Bob Supervisor")).to_be_visible()
    with world.company.scope():
        assert Requisition.objects.get(status="PENDING").note.startswith("Two new fitters")


def test_what_stands_in_the_way_of_an_order_is_found_and_mended_by_keys(
    world: World, visitor: Seat
) -> None:
    with world.company.scope():
        world.add("kit", 2)
        world.add("restricted", 1)
    alice = visitor()
    alice.sign_in(world.email("Alice"))
    alice.goto(f"/{world.slug}/orders/cart/")
    keys = Keys(alice.page)
    assert "One thing first" in keys.to("Submit $1,090.00").describes
    keys.press("Enter")
    assert keys.here().name == "Submit $1,090.00"
    keys.to(f"Say why you need “{RIG}”.")
    keys.press("Enter")
    assert keys.here().name == f"Why do you need this one? {RIG}"
    keys.type(JUSTIFICATION)
    button = alice.page.get_by_role("button", name="Submit $1,090.00")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    assert keys.here().name == f"Why do you need this one? {RIG}"

    # Another window of hers puts something in, too: the button has promised another amount.
    with world.company.scope():
        world.add("bits", 1)
    keys.to("Submit $1,090.00")
    keys.press("Enter")
    expect(alice.page.get_by_role("alert")).to_contain_text("Look once more")
    assert "it is “Submit $1,120.00” now" in keys.here().name
    keys.to("Submit $1,120.00")
    keys.press("Enter")
    expect(alice.page.get_by_text("Waiting for Bob Supervisor")).to_be_visible()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_an_approver_decides_from_the_mail_by_keys(
    world: World, visitor: Seat, postbox: Postbox, *, phone: bool
) -> None:
    with world.company.scope():
        world.order(("kit", 2))
        world.order(("kit", 3))
    bob = visitor(phone=phone)
    bob.goto(link_in(postbox.letter(world.email("Bob"), "$640.00"), "/decide/"))
    keys = Keys(bob.page)
    keys.skip("Skip to the decision")
    stop = keys.next()
    assert stop is not None
    assert stop.name.startswith("Comment")
    keys.to("Approve $640.00")
    keys.press("Enter")
    expect(bob.page.get_by_role("heading", name="You approved $640.00")).to_be_visible()

    bob.goto(link_in(postbox.letter(world.email("Bob"), "$960.00"), "/decide/"))
    keys.skip("Skip to the decision")
    keys.to("Reject")
    keys.press("Enter")
    expect(bob.page.locator("#comment-error")).to_be_visible()
    stop = keys.here()
    assert stop.name.startswith("Comment")
    assert stop.is_invalid
    assert "Say why you reject it" in stop.describes
    keys.type("One kit is enough for the depot.")
    keys.to("Reject")
    keys.press("Space")
    expect(bob.page.get_by_role("heading", name="You rejected $960.00")).to_be_visible()


def test_finance_changes_the_period_and_downloads_by_keys(
    world: World, visitor: Seat, tmp_path: Path
) -> None:
    with world.company.scope():
        world.order(("bits", 2))
    dana = visitor()
    dana.sign_in(world.email("Dana"))
    wait_for_insights(dana, world, "$60.00")
    keys = Keys(dana.page)
    keys.skip()
    keys.to("Period")
    before = dana.page.url
    keys.press("ArrowDown", "ArrowDown")
    assert dana.page.url == before
    assert keys.here().name == "Period"
    keys.press("Enter")
    dana.page.wait_for_url(re.compile("period="))
    assert keys.here().name == "Period"
    wanted = dana.page.locator("#f-period").input_value()
    assert f"period={wanted}" in dana.page.url

    keys.press("ArrowUp", "Tab")
    dana.page.wait_for_url(lambda url: f"period={wanted}" not in url)
    assert keys.here().name == "Group"

    keys.to("Download", back=True)
    keys.press("Enter")
    keys.to("Spend by line as CSV")
    with dana.page.expect_download() as download:
        keys.press("Enter")
    written = tmp_path / "spend.csv"
    download.value.save_as(written)
    lines = list(csv.reader(io.StringIO(written.read_text("utf-8-sig"))))
    assert lines[-1][lines[0].index("Amount, USD")] == "60.00"


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_every_stop_of_the_pages_of_the_main_jobs_can_be_seen_and_follows_the_page(
    world: World, visitor: Seat, postbox: Postbox, *, phone: bool
) -> None:
    with world.company.scope():
        world.order(("bits", 2))
        world.order(("kit", 2))
        world.add("kit", 1)
        world.add("restricted", 1)
    link = link_in(postbox.letter(world.email("Bob"), "$640.00"), "/decide/")
    for who, address in (
        ("Alice", f"/{world.slug}/catalog/?q=drill"),
        ("Alice", f"/{world.slug}/orders/cart/"),
        ("Bob", link),
        ("Bob", f"/{world.slug}/approvals/"),
        ("Dana", f"/{world.slug}/insights/"),
    ):
        one = visitor(phone=phone)
        if address is not link:
            one.sign_in(world.email(who))
        one.goto(address)
        assert len(Keys(one.page).walk()) > 5
