"""The product's main job, as the people do it: ask, look ahead, agree by mail, buy, reconcile."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum
from playwright.sync_api import Page, expect

from procurement.core import clock
from procurement.core.money import format_money
from procurement.orders.models import ImportedOrder, PurchaseOrder
from tests.e2e.conftest import Postbox, Seat, Visitor, link_in, text_of
from tests.e2e.insights import wait_for_insights
from tests.factories.world import JUSTIFICATION, World, keep_busy

pytestmark = [pytest.mark.browser]

# Who bought what from whom every month of the past year: department, supplier, UNSPSC code, price.
PAST = (
    ("Field Service", "Halden Tools", "27112700", Decimal("1290.00")),
    ("Field Service", "Orrin Precision", "41110000", Decimal("415.50")),
    ("Workplace", "Brightline Supply", "56110000", Decimal("880.25")),
    ("Workplace", "Lumen Lighting", "39110000", Decimal("233.10")),
    ("Engineering", "Kestrel IT", "43210000", Decimal("2150.00")),
    ("Engineering", "Halden Tools", "27112700", Decimal("342.75")),
)


def card(page: Page, title: str) -> str:
    """Return the text of the card with a heading."""
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator("section.card").filter(has=heading).inner_text()


def open_cart(visitor: Visitor, world: World) -> None:
    visitor.goto(f"/{world.slug}/orders/cart/")
    expect(visitor.page.get_by_role("heading", name="If you submit now")).to_be_visible()


def set_quantity(visitor: Visitor, title: str, quantity: str, total: str) -> None:
    """Type a quantity and wait until the preview has followed."""
    visitor.page.get_by_label(f"Quantity of {title}").fill(quantity)
    expect(visitor.page.locator("#preview .grand").last).to_contain_text(total)


def approve_by_mail(postbox: Postbox, seat: Seat, to: str, amount: str) -> Visitor:
    """Open the link of a mail on a phone, without having signed in, and approve there."""
    phone = seat(phone=True)
    phone.goto(link_in(postbox.letter(to, amount), "/decide/"))
    phone.page.get_by_role("button", name=f"Approve {amount}").click()
    expect(phone.page.get_by_role("heading", name=f"You approved {amount}")).to_be_visible()
    return phone


def test_640_dollars_are_looked_ahead_at_submitted_and_approved_from_the_mail(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    with world.company.scope():
        keep_busy(world)
    alice = visitor()
    alice.sign_in_by_form(world.email("Alice"))
    search_and_add(alice)
    alice.page.locator("#cart-button").click()
    set_quantity(alice, "Cordless drill kit 18 V", "2", "$640.00")
    expect(alice.page.locator("#preview")).to_contain_text("Bob Supervisor")
    expect(alice.page.locator("#preview")).to_contain_text("$3,050.00 free after")
    # The note is saved a moment after the last key; it must not arrive behind the submit.
    with alice.page.expect_response(re.compile(r"/orders/cart/line/$")):
        alice.page.get_by_label("Note to the approvers").fill(
            "Two new fitters start on December 1."
        )
    alice.look("cart", is_shown=True)
    alice.page.get_by_role("button", name="Submit $640.00").click()
    expect(alice.page.get_by_text("Waiting for Bob Supervisor")).to_be_visible()
    alice.look("order-waiting")

    alarm = postbox.letter(world.email("Dana"), "has passed 80%")
    assert "Field Service" in str(alarm["Subject"])

    asked = postbox.letter(world.email("Bob"), "$640.00")
    for words in ("Alice Requester", "Field Service", "Halden Tools", "Two new fitters", "80.9%"):
        assert words in text_of(asked), words
    link = link_in(asked, "/decide/")
    bob = visitor(phone=True)
    bob.goto(link)
    bob.goto(link)  # a mail scanner has been here, too: looking decides nothing
    bob.look("decide")
    bob.look("decide-first", whole=False, is_shown=True)
    bob.page.get_by_role("button", name="Approve $640.00").click()
    expect(bob.page.get_by_role("heading", name="You approved $640.00")).to_be_visible()
    bob.look("decided")
    bob.goto(link)
    expect(bob.page.get_by_role("button", name=re.compile("Approve"))).to_have_count(0)

    sent = postbox.letter("orders@halden.example", "Purchase order")
    assert "$640.00" in text_of(sent)
    assert "Two new fitters" not in text_of(sent)
    told = postbox.letter(world.email("Alice"), "approved")
    alice.goto(link_in(told, "/orders/"))
    expect(alice.page.locator("main")).to_contain_text("approved as Supervisor of Facilities")
    expect(alice.page.locator("main")).to_contain_text("by email link")
    alice.look("order-placed", is_shown=True)
    alice.page.get_by_role("link", name="PO-").click()
    expect(alice.page.get_by_role("article")).to_contain_text("Halden Tools")
    alice.look("purchase-order")


def search_and_add(alice: Visitor) -> None:
    """Find the drills, see what guidance says of each, and put the preferred kit into the cart."""
    alice.page.get_by_label("Search the catalog").first.fill("drill")
    alice.page.keyboard.press("Enter")
    hits = alice.page.locator("li.hit")
    kit = hits.filter(has_text="Cordless drill kit 18 V").first
    expect(kit.locator(".badge-preferred").first).to_be_visible()
    stop = hits.filter(has_text="Drill without a CE mark").first
    expect(stop.locator(".badge-blocked")).to_be_visible()
    expect(stop).to_contain_text("Tools without a CE mark are not insured")
    expect(stop.get_by_role("button", name="Add to cart")).to_have_count(0)
    alice.look("catalog", is_shown=True)
    kit.get_by_role("button", name="Add to cart").first.click()
    expect(alice.page.get_by_text("In your cart: Cordless drill kit 18 V.")).to_be_visible()
    expect(alice.page.locator("#cart-button")).to_have_attribute("aria-label", "Cart, 1 line")


def test_4800_dollars_with_a_restricted_line_go_on_to_director_and_finance(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    with world.company.scope():
        for item, quantity in (("kit", 12), ("bits", 17), ("restricted", 1)):
            world.add(item, quantity)
    alice = visitor(phone=True)
    alice.sign_in(world.email("Alice"))
    open_cart(alice, world)
    button = alice.page.get_by_role("button", name="Submit $4,800.00")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(alice.page.locator("#obstacles")).to_contain_text("One thing first")
    alice.look("cart-refused")
    alice.page.get_by_label(re.compile("Why do you need this one")).last.fill(JUSTIFICATION)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    route = card(alice.page, "Who decides")
    for name in ("Bob Supervisor", "Erin Director", "Dana Finance"):
        assert name in route
    button.click()
    expect(alice.page.get_by_text("Waiting for Bob Supervisor")).to_be_visible()
    order = alice.page.url

    approve_by_mail(postbox, visitor, world.email("Bob"), "$4,800.00")
    approve_by_mail(postbox, visitor, world.email("Erin"), "$4,800.00")
    alice.goto(order)
    expect(alice.page.get_by_text("Waiting for Dana Finance")).to_be_visible()
    dana = visitor()
    dana.sign_in(world.email("Dana"))
    dana.goto(f"/{world.slug}/approvals/")
    dana.page.locator("main a").filter(has_text="Cordless drill kit").first.click()
    dana.page.get_by_role("button", name="Approve $4,800.00").click()
    dana.page.wait_for_url("**/approvals/")
    alice.goto(order)
    expect(alice.page.locator("h1 + *")).to_contain_text("Placed")
    assert "2 purchase orders" in card(alice.page, "Purchase orders")
    alice.look("order-4800")
    desk = visitor()
    desk.sign_in(world.email("Alice"))
    desk.goto(order)
    desk.look("order")


def test_60_dollars_are_placed_at_once(world: World, visitor: Seat, postbox: Postbox) -> None:
    with world.company.scope():
        world.add("bits", 2)
    alice = visitor()
    alice.sign_in(world.email("Alice"))
    open_cart(alice, world)
    assert "nobody is asked" in card(alice.page, "Who decides")
    alice.page.get_by_role("button", name="Place order for $60.00").click()
    expect(alice.page.locator("h1 + *")).to_contain_text("Placed")
    expect(alice.page.locator("main")).to_contain_text("approved it at once: policy asks nobody")
    assert "$60.00" in text_of(postbox.letter("orders@halden.example", "Purchase order"))


def test_an_order_over_the_remaining_budget_is_refused_with_the_budget_named(
    world: World, visitor: Seat
) -> None:
    with world.company.scope():
        world.order(("kit", 15))
        world.add("kit", 40)
    alice = visitor()
    alice.sign_in(world.email("Alice"))
    open_cart(alice, world)
    refusal = "Only $11,200.00 left of $16,000.00; ask Dana Finance for an increase."
    expect(alice.page.locator("#obstacles")).to_contain_text("Field Service, Q")
    expect(alice.page.locator("#obstacles")).to_contain_text(refusal)
    button = alice.page.get_by_role("button", name="Submit $12,800.00")
    expect(button).to_have_attribute("aria-disabled", "true")
    alice.look("cart-over-budget")

    # The server says the same to whoever presses the button all the same.
    plain = visitor(scripts=False)
    plain.sign_in(world.email("Alice"))
    open_cart(plain, world)
    plain.page.get_by_role("button", name="Submit $12,800.00").click(force=True)
    expect(plain.page.get_by_role("alert")).to_contain_text(refusal)
    plain.page.get_by_label("Quantity of Cordless drill kit 18 V").fill("1")
    plain.page.get_by_role("button", name="Submit $12,800.00").click(force=True)
    expect(plain.page.get_by_role("alert")).to_contain_text("Submit $320.00")
    plain.page.get_by_role("button", name="Submit $320.00").click()
    expect(plain.page.get_by_text("Waiting for Bob Supervisor")).to_be_visible()


def test_a_rejected_order_comes_back_with_its_reason_and_goes_out_again(
    world: World, visitor: Seat, postbox: Postbox
) -> None:
    with world.company.scope():
        world.order(("kit", 2))
    bob = visitor(phone=True)
    bob.goto(link_in(postbox.letter(world.email("Bob"), "$640.00"), "?choice=reject"))
    bob.page.get_by_role("button", name="Reject").click()
    expect(bob.page.locator("main")).to_contain_text("Say why you reject it")
    bob.page.get_by_label("Comment").fill("One kit is enough for the depot.")
    bob.page.get_by_role("button", name="Reject").click()
    expect(bob.page.get_by_role("heading", name="You rejected $640.00")).to_be_visible()

    alice = visitor()
    alice.sign_in(world.email("Alice"))
    alice.goto(link_in(postbox.letter(world.email("Alice"), "rejected"), "/orders/"))
    expect(alice.page.locator("main")).to_contain_text("Bob Supervisor rejected this order")
    expect(alice.page.locator(".note-stop")).to_contain_text("One kit is enough for the depot.")
    alice.look("order-rejected")
    alice.page.get_by_role("button", name="Edit and resubmit").click()
    set_quantity(alice, "Cordless drill kit 18 V", "1", "$320.00")
    alice.page.get_by_role("button", name="Submit $320.00").click()
    expect(alice.page.get_by_text("Waiting for Bob Supervisor")).to_be_visible()
    assert "submitted it again, changed, for $320.00" in card(alice.page, "What happened")
    approve_by_mail(postbox, visitor, world.email("Bob"), "$320.00")


def test_finance_downloads_what_the_page_shows_and_the_database_holds(
    world: World, visitor: Seat, tmp_path: Path
) -> None:
    load_past_year(world, tmp_path)
    with world.company.scope():
        world.order(("bits", 2))
        world.order(("bits", 1), ("glasses", 2))
        world.decide(world.order(("kit", 2), ("glasses", 3)), "Bob")
        live = PurchaseOrder.objects.aggregate(total=Sum("total"))["total"]
        past = ImportedOrder.objects.aggregate(total=Sum("amount"))["total"]
    assert live == Decimal("900.00")
    bought, shown = live + past, format_money(live + past)
    dana = visitor()
    dana.sign_in(world.email("Dana"))
    wait_for_insights(dana, world, shown)
    dana.look("insights", is_shown=True)
    with dana.page.expect_download() as download:
        dana.page.get_by_role("link", name="Spend by line as CSV").click()
    written = tmp_path / "spend.csv"
    download.value.save_as(written)
    head, *lines, total = csv.reader(io.StringIO(written.read_text("utf-8-sig")))
    place = head.index("Amount, USD")
    assert sum((Decimal(line[place]) for line in lines), Decimal(0)) == bought
    assert Decimal(total[place]) == bought
    assert dana.page.locator(".stat-value").first.inner_text().startswith(shown)


def load_past_year(world: World, folder: Path) -> None:
    """Replay a purchase history of the eleven months before this one, as somebody's file has it."""
    month = clock.local_date(world.now, "America/New_York").replace(day=1)
    rows = ["Order,Posting date,Department,Supplier,UNSPSC,Amount"]
    for back in range(11):
        month = (month - timedelta(days=1)).replace(day=1)
        for number, (department, supplier, code, price) in enumerate(PAST):
            amount = price * (8 + back % 4 + number % 3) / 10
            rows.append(
                f"H-{month:%Y%m}-{number},{month + timedelta(days=3 * number)},{department},"
                f"{supplier},{code},{amount:.2f}"
            )
    path = folder / "past.csv"
    path.write_text("\n".join(rows))
    call_command(
        "replay",
        path,
        organization=world.slug,
        rejects=folder / "rejects.csv",
        stdout=io.StringIO(),
    )
