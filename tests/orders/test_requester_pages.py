"""The requester's page: where an order is, and every way on from there."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership
from approvals import services as approvals
from approvals.models import Delegation, Question, StageSeat
from catalogs.guidance import Effect
from procurement.orders.models import Requisition, RequisitionLine
from tests.factories.catalogs import make_rule
from tests.factories.world import World
from tests.orders.pages import Reader, order_of, status, text

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NO = "We have one at the depot."


def rejected(world: World, *lines: tuple[str, int]) -> UUID:
    order = order_of(world, *(lines or (("kit", 2),)))
    with world.company.scope():
        world.decide(order, "Bob", choice="REJECT", comment=NO)
    return order


def test_a_pending_order_says_who_is_asked_since_when_by_when_and_what_comes_then(
    world: World, alice: Reader
) -> None:
    order = order_of(world, ("kit", 4))
    page = text(alice.get(f"{order}/"))
    for words in (
        "Waiting for Erin Director and Dana Finance",
        "Asked",
        "Due",
        "When they agree, the order is placed with its suppliers.",
        "If nobody decides by",
        "Until then you can withdraw it.",
        "Withdraw this order",
        "Cancel it for good",
    ):
        assert words in page, words


def test_a_later_stage_is_named_before_it_opens(world: World, alice: Reader) -> None:
    order = order_of(world, ("restricted", 3))
    page = text(alice.get(f"{order}/"))
    assert "Waiting for Bob Supervisor" in page
    assert "When they agree, Erin Director and Dana Finance are asked." in page


def test_a_rejected_order_shows_every_way_on_and_what_each_does(
    world: World, alice: Reader
) -> None:
    with world.company.scope():
        bob = world.company.people["Bob"]
        Membership.objects.filter(id=bob.id).update(manager=world.company.people["Erin"])
    order = rejected(world, ("restricted", 1))
    page = text(alice.get(f"{order}/"))
    for words in (
        "Bob Supervisor rejected this order on",
        f"“{NO}” Bob Supervisor was asked as Supervisor of Facilities",
        "Edit and resubmit",
        "Say more on Core drill rig 2.4 kW",
        "Erin Director decides instead of Bob Supervisor.",
        "You can appeal once; the answer holds for this content.",
        "Fills a new cart with what is still offered, at today’s prices",
        "Cancel it for good",
    ):
        assert words in page, words
    dana = text(Reader(world, "Dana").get(f"{order}/"))
    assert "What you can do now" not in dana
    assert "Alice Requester can change it and submit it again." in dana


def test_an_appeal_is_made_on_the_page_and_says_who_is_asked(world: World, alice: Reader) -> None:
    order = rejected(world)
    empty = alice.post(f"{order}/appeal/", {"reason": " "})
    assert empty.status_code == 422
    assert "Say what speaks against the rejection." in text(empty)
    assert status(world, order) == "REJECTED"
    answer = alice.post(f"{order}/appeal/", {"reason": "That one is broken."})
    assert answer["Location"] == f"{alice.root}{order}/"
    page = text(alice.get(f"{order}/"))
    assert "Appealed. Adam Administrator will be asked." in page
    assert "Waiting for Adam Administrator" in page
    assert "Alice Requester appealed the rejection “That one is broken.”" in page
    with world.company.scope():
        world.decide(order, "Adam", choice="REJECT", comment="Bob is right.")
    page = text(alice.get(f"{order}/"))
    assert "That was the answer to an appeal, and it holds for this content." in page
    assert "This has been appealed once" in page
    assert alice.post(f"{order}/appeal/", {"reason": "Once more."}).status_code == 409


def test_a_budget_without_room_is_told_on_the_page(world: World, alice: Reader) -> None:
    order = rejected(world)
    other = order_of(world, ("kit", 49))
    answer = alice.post(f"{order}/appeal/", {"reason": "That one is broken."})
    assert answer.status_code == 422
    assert "Field Service" in text(answer)
    assert (status(world, order), status(world, other)) == ("REJECTED", "PENDING")


def test_the_preferred_item_is_taken_from_the_page(world: World, alice: Reader) -> None:
    with world.company.scope():
        facilities = world.company.groups["Facilities"]
        make_rule(world.company, Effect.RESTRICT, world.items["bits"], group=facilities)
        cart = world.add("bits", 2)
        world.justify(cart, "bits")
        world.submit(cart)
        world.decide(cart.id, "Bob", choice="REJECT", comment=NO)
    answer = alice.get(f"{cart.id}/")
    assert "Take what is preferred instead of Drill bits, set of 19" in text(answer)
    assert "2 × Cordless drill kit 18 V from Halden Tools at $320.00." in text(answer)
    form = dict(re.findall(r'name="(line|item)" value="([^"]+)"', answer.content.decode()))
    taken = alice.post(f"{cart.id}/take-preferred/", form)
    assert taken["Location"] == f"{alice.root}cart/"
    with world.company.scope():
        assert RequisitionLine.objects.get(requisition=cart).title == "Cordless drill kit 18 V"
    assert status(world, cart.id) == "DRAFT"


def test_justifying_opens_the_cart_at_the_reason(world: World, alice: Reader) -> None:
    order = rejected(world, ("restricted", 1))
    with world.company.scope():
        line = RequisitionLine.objects.get(requisition_id=order)
    answer = alice.post(f"{order}/reopen/", {"justify": str(line.id)})
    assert answer["Location"] == f"{alice.root}cart/?justify={line.id}#line-{line.id}"
    cart = alice.get(f"cart/?justify={line.id}").content.decode()
    focused = re.search(r"<textarea[^>]*autofocus[^>]*>", cart)
    assert focused is not None
    assert f"justification-{line.id}" in focused.group()


def test_a_cart_is_rebuilt_with_one_click_and_says_what_has_changed(
    world: World, alice: Reader
) -> None:
    order = rejected(world, ("kit", 2), ("glasses", 1))
    with world.company.scope():
        type(world.items["kit"]).objects.filter(id=world.items["kit"].id).update(price="330.00")
        type(world.items["kit"]).objects.filter(id=world.items["glasses"].id).update(
            is_active=False
        )
    alice.post(f"{order}/rebuild/")
    page = text(alice.get("cart/"))
    for words in (
        "is your new cart.",
        "Not offered any more: Safety glasses, box of 12.",
        "Cordless drill kit 18 V costs $330.00 now; it was $320.00.",
        "$660.00",
    ):
        assert words in page, words
    assert status(world, order) == "REJECTED"


def test_a_cancelled_order_is_closed_and_can_only_be_rebuilt(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    alice.post(f"{order}/cancel/", {"reason": "The job was called off."})
    assert status(world, order) == "CANCELLED"
    page = text(alice.get(f"{order}/"))
    assert "It is closed for good and stays here to be read." in page
    assert "Alice Requester cancelled it “The job was called off.”" in page
    assert "Fill a new cart" in page
    assert "Edit and resubmit" not in page
    assert alice.post(f"{order}/reopen/").status_code == 409


def test_an_expired_order_says_so_and_can_be_edited(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    with world.company.scope():
        Requisition.objects.filter(id=order).update(status="EXPIRED", closed_at=world.now)
    page = text(alice.get(f"{order}/"))
    assert "Not decided in time" in page
    assert "since nobody had decided by then" in page
    assert "Edit and resubmit" in page


def test_a_question_is_answered_on_the_page(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    with world.company.scope():
        seat = StageSeat.objects.get(request__subject_id=order)
        approvals.ask_question(
            actor=world.company.actor("Bob"), seat_id=seat.id, text="Is it urgent?", now=world.now
        )
        question = Question.objects.get()
    page = text(alice.get(f"{order}/"))
    assert "Bob Supervisor asks: “Is it urgent?”" in page
    assert "The clock stands still until a question is answered" in page
    assert "Answer Bob Supervisor" in page
    assert "Answer Bob Supervisor" not in text(Reader(world, "Dana").get(f"{order}/"))
    empty = alice.post(f"{order}/questions/{question.id}/", {"answer": ""})
    assert empty.status_code == 422
    assert "Write an answer." in text(empty)
    alice.post(f"{order}/questions/{question.id}/", {"answer": "By Monday."})
    page = text(alice.get(f"{order}/"))
    assert "Alice Requester answered: “By Monday.”" in page
    assert Reader(world, "Dana").post(
        f"{order}/questions/{question.id}/", {"answer": "No."}
    ).status_code in (404, 409)


def test_what_was_placed_can_be_ordered_again(world: World, alice: Reader) -> None:
    order = order_of(world, ("bits", 1))
    assert "Order it again" in text(alice.get(f"{order}/"))
    assert alice.post(f"{order}/rebuild/")["Location"] == f"{alice.root}cart/"


def test_the_list_finds_what_has_ended_in_each_way(world: World, alice: Reader) -> None:
    expired, cancelled = order_of(world, ("kit", 2)), order_of(world, ("kit", 2))
    with world.company.scope():
        for order, ending in ((expired, "EXPIRED"), (cancelled, "CANCELLED")):
            Requisition.objects.filter(id=order).update(status=ending, closed_at=world.now)
    assert "R-2026-0001" in text(alice.get("?status=EXPIRED"))
    assert "R-2026-0002" not in text(alice.get("?status=EXPIRED"))
    assert "R-2026-0002" in text(alice.get("?status=CANCELLED"))
    everybody = text(Reader(world, "Dana").get("?of=all&status=CANCELLED"))
    assert "R-2026-0002" in everybody


def test_a_rejected_orders_page_stays_within_its_queries(
    world: World, alice: Reader, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = rejected(world, ("restricted", 1))
    alice.get(f"{order}/")
    with django_assert_max_num_queries(25):
        alice.get(f"{order}/")


def test_who_decides_for_somebody_away_is_said(world: World, alice: Reader) -> None:
    order = order_of(world, ("kit", 2))
    with world.company.scope():
        Delegation.objects.create(
            organization_id=world.company.organization.id,
            membership=world.company.people["Bob"],
            deputy=world.company.people["Tom"],
            starts_at=world.now - timedelta(days=1),
            ends_at=world.now + timedelta(days=3),
            source="SELF",
            set_by="Bob Supervisor",
            created_at=world.now,
        )
    page = text(alice.get(f"{order}/"))
    assert "Tom Technician for Bob Supervisor, who is away until" in page
