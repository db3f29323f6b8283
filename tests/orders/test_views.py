"""Orders after they have left the cart: one order, the list, the purchase order."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from procurement.orders.models import PurchaseOrder
from tests.factories.accounts import make_member
from tests.factories.world import JUSTIFICATION, World, make_neighbour
from tests.orders.pages import BACKEND, Reader, fill, order_of, status, text

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_an_order_shows_its_way_its_reasons_and_what_it_became(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2), ("glasses", 1))
    with world.company.scope():
        world.decide(order, "Bob", comment="Fair enough.")
    page = text(alice.get(f"{order}/"))
    for words in (
        "Cordless drill kit 18 V and one more",
        "R-2026-0001 by Alice Requester for Field Service",
        "Bob Supervisor approved as Supervisor of Facilities “Fair enough.”",
        "The system placed PO-2026-0001 with Halden Tools for $640.00",
        "2 purchase orders went out",
        "Orders over $100.00 and up to $1,000.00 go to the supervisor.",
        "The supervisor would not be asked at or below $100.00.",
        "Worked out again just now from the stored facts and policy version: the same stages.",
        "orders@halden.example",
    ):
        assert words in page, words


def test_the_history_tells_the_submit_before_who_was_asked(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    page = text(alice.get(f"{order}/"))
    asked = page.index("The system asked Bob Supervisor")
    submitted = page.index("Alice Requester submitted $640.00")
    assert asked < submitted < page.index("Alice Requester filled the cart")


def test_a_rejected_order_says_by_whom_why_and_what_can_be_done(
    world: World, alice: Reader
) -> None:
    order = order_of(world, ("restricted", 1))
    with world.company.scope():
        world.decide(order, "Bob", choice="REJECT", comment="We have one at the depot.")
    page = text(alice.get(f"{order}/"))
    assert "Bob Supervisor rejected this order" in page
    assert "“We have one at the depot.”" in page
    assert "Edit and resubmit" in page
    assert "Edit and resubmit" not in text(Reader(world, "Dana").get(f"{order}/"))
    assert alice.post(f"{order}/reopen/")["Location"] == f"{alice.root}cart/"
    cart = text(alice.get("cart/"))
    assert "R-2026-0001 is in your cart." in cart
    assert JUSTIFICATION in cart


def test_an_order_that_waits_can_be_withdrawn_with_a_reason(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    assert "Withdraw this order" in text(alice.get(f"{order}/"))
    alice.post(f"{order}/withdraw/", {"reason": "Found two in the van."})
    page = text(alice.get(f"{order}/"))
    assert "Alice Requester withdrew it “Found two in the van.”" in page
    assert "You can edit it and submit it again." in page
    again = alice.post(f"{order}/withdraw/", {"reason": ""})
    assert again.status_code == 409


def test_only_the_requester_withdraws_or_reopens(world: World) -> None:
    order = order_of(world, ("kit", 2))
    dana = Reader(world, "Dana")
    assert dana.post(f"{order}/withdraw/").status_code == 404
    assert dana.post(f"{order}/reopen/").status_code == 404
    assert status(world, order) == "PENDING"


def test_who_is_asked_is_led_to_the_decision(world: World) -> None:
    order = order_of(world, ("kit", 2))
    answer = Reader(world, "Bob").get(f"{order}/")
    assert answer.status_code == 200
    assert "Look and decide" in text(answer)
    assert f"/{world.slug}/approvals/" in answer.content.decode()


def test_an_order_is_seen_by_those_who_may_and_by_nobody_else(world: World) -> None:
    order = order_of(world, ("kit", 2))
    with world.company.scope():
        company = world.company
        company.people["Eve"] = make_member(
            company.organization, company.groups["Engineering"], "Eve Engineer", "TECHNICIAN"
        )
    seen = {name: Reader(world, name).get(f"{order}/").status_code for name in company.people}
    assert seen == {
        "Alice": 200,  # her own
        "Bob": 200,  # he is asked
        "Dana": 200,  # finance sees all
        "Adam": 200,  # administrators, too
        "Tom": 200,  # technician of the group above
        "Erin": 404,  # not asked for this amount
        "Wendy": 404,  # supervises another group
        "Eve": 404,  # technician elsewhere
    }


def test_who_may_read_the_trail_is_led_to_all_of_it(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    trail = f"/{world.slug}/audit/?subject={order}"
    adam = Reader(world, "Adam")
    assert trail in adam.get(f"{order}/").content.decode()
    assert adam.client.get(trail).status_code == 200
    assert trail not in alice.get(f"{order}/").content.decode()


def test_another_tenants_order_does_not_exist(world: World) -> None:
    order = order_of(world, ("bits", 2))
    with world.company.scope():
        placed = PurchaseOrder.objects.get()
    neighbour = make_neighbour()
    charlie = Client()
    charlie.force_login(neighbour.people["Charlie"].user, BACKEND)
    own = f"/{neighbour.organization.slug}/orders/"
    for path in (f"{order}/", f"purchase-orders/{placed.id}/"):
        assert charlie.get(own + path).status_code == 404
        assert charlie.get(f"/{world.slug}/orders/{path}").status_code == 404


def test_lists_show_ones_own_or_all_that_one_may_see(world: World, alice: Reader) -> None:
    order_of(world, ("kit", 2))
    fill(world, ("bits", 1))
    own = text(alice.get())
    assert "Cordless drill kit 18 V R-2026-0001 Field Service Waiting for approval" in own
    assert "Drill bits, set of 19 R-2026-0002 Field Service In the cart" in own
    assert "$30.00" in own
    dana = Reader(world, "Dana")
    assert "You have not ordered anything yet" in text(dana.get())
    everybody = text(dana.get("?of=all"))
    assert "R-2026-0001 Alice Requester Field Service" in everybody
    assert "R-2026-0002" not in everybody  # somebody else's cart is theirs


def test_lists_are_narrowed_by_status_number_and_item(world: World, alice: Reader) -> None:
    order_of(world, ("kit", 2))
    order_of(world, ("bits", 2))
    assert "R-2026-0001" not in text(alice.get("?status=PLACED"))
    assert "R-2026-0002" in text(alice.get("?q=2026-0002"))
    assert "R-2026-0001" in text(alice.get("?q=drill+kit"))
    assert "No order fits" in text(alice.get("?q=nothing&status=PENDING"))
    assert "R-2026-0001" in text(alice.get("?status=UNKNOWN"))


def test_a_long_list_is_cut_into_pages(world: World, alice: Reader) -> None:
    for _ in range(27):
        order_of(world, ("bits", 1))
    first, second = text(alice.get()), text(alice.get("?page=2"))
    assert "1–25 of 27 orders" in first
    assert "26–27 of 27 orders" in second
    assert "R-2026-0001" in second


def test_a_purchase_order_says_what_a_supplier_needs_and_nothing_of_approvals(
    world: World, alice: Reader
) -> None:
    with world.company.scope():
        order = world.add("bits", 2)
        accounts_note = "Hush, for the surprise"
        order.note = accounts_note
        order.save()
        world.submit(order)
        placed = PurchaseOrder.objects.get()
    page = text(alice.get(f"purchase-orders/{placed.id}/"))
    article = page[page.index("Northwind Works Field Service") :]
    for words in (
        "PO-2026-0001",
        "Halden Tools orders@halden.example",
        "1. Drill bits, set of 19 Your number HT-0419 2 each $30.00 $60.00",
        "Total $60.00 USD",
        "November 24, 2026",
    ):
        assert words in article, words
    assert accounts_note not in page
    assert "Preferred" not in article
    assert Reader(world, "Erin").get(f"purchase-orders/{placed.id}/").status_code == 404


def test_pages_stay_within_their_queries(
    world: World, alice: Reader, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = order_of(world, ("kit", 2), ("glasses", 3), ("bits", 1))
    small = order_of(world, ("bits", 2))
    fill(world, ("kit", 1), ("glasses", 2), ("bits", 3), ("restricted", 1))
    with world.company.scope():
        placed = PurchaseOrder.objects.get(requisition=small)
    for path, most in (
        ("cart/", 20),
        ("", 13),
        (f"{order}/", 20),
        (f"purchase-orders/{placed.id}/", 12),
    ):
        with django_assert_max_num_queries(most):
            assert alice.get(path).status_code == 200


def test_a_list_costs_the_same_however_long_it_is(world: World, alice: Reader) -> None:
    order_of(world, ("bits", 1))
    with CaptureQueriesContext(connection) as short:
        alice.get()
    for _ in range(6):
        order_of(world, ("bits", 1), ("glasses", 1))
    with CaptureQueriesContext(connection) as long:
        alice.get()
    assert len(long) == len(short)
