"""The cart: what is typed in it, what it foresees, and how it is submitted."""

import re
from dataclasses import replace

import pytest

from accounts import services as accounts
from approvals import services as approvals
from approvals.routing import Aggregation, CountedBy, CountedTo
from procurement.audit.models import AuditEvent
from tests.factories.accounts import NOW, system
from tests.factories.world import JUSTIFICATION, POLICY, World
from tests.orders.pages import Reader, fill, lines, status, text, typed

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_an_empty_cart_teaches_what_it_is_for(alice: Reader) -> None:
    page = text(alice.get("cart/"))
    assert "Your cart is empty" in page
    assert "who has to agree and why" in page


def test_who_may_not_buy_is_told_what_it_takes(world: World) -> None:
    assert "role Requisitioner" in text(Reader(world, "Tom").get("cart/"))


def test_an_item_goes_into_the_cart_and_the_reader_goes_back_to_where_it_was(
    world: World, alice: Reader
) -> None:
    item = str(world.items["kit"].id)
    back = f"/{world.slug}/catalog/?q=drill"
    answer = alice.post("cart/add/", {"item_id": item, "quantity": "2", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    away = {"item_id": item, "quantity": "1", "next": "https://elsewhere.example/"}
    assert alice.post("cart/add/", away)["Location"] == f"{alice.root}cart/"
    page = text(alice.get("cart/"))
    assert "In your cart: Cordless drill kit 18 V." in page
    assert "$960.00" in page


def test_adding_with_scripts_answers_with_words_and_the_new_count(
    world: World, alice: Reader
) -> None:
    answer = alice.partial("cart/add/", {"item_id": str(world.items["kit"].id)})
    body = answer.content.decode()
    assert 'id="toasts"' in body
    assert "Cart, 1 line" in body
    assert "<main" not in body


def test_adding_for_another_group_says_whom_the_cart_buys_for(world: World, alice: Reader) -> None:
    fill(world, ("kit", 1))
    group = str(world.company.groups["Workplace"].id)
    asked = {"item_id": str(world.items["bits"].id), "group": group}
    assert "In your cart, which buys for Field Service" in text(alice.partial("cart/add/", asked))


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"quantity": "many"}, "Enter a quantity as a number"),
        ({"quantity": "0"}, "Enter a quantity from 1"),
        ({"item_id": "nothing"}, "Enter a quantity as a number"),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_sentence(
    world: World, alice: Reader, asked: dict[str, str], refusal: str
) -> None:
    answer = alice.post("cart/add/", {"item_id": str(world.items["kit"].id), **asked})
    assert answer.status_code == 400
    assert refusal in text(answer)


def test_the_cart_shows_what_a_submit_would_do(world: World, alice: Reader) -> None:
    fill(world, ("kit", 2), ("glasses", 1))
    page = text(alice.get("cart/"))
    for words in (
        "2 lines, $674.00",
        "Halden Tools $640.00",
        "Orrin Precision $34.00",
        "Submit $674.00",
        "Bob Supervisor Supervisor of Facilities",
        "2 purchase orders go out",
        "$15,326.00 free after",
        "$639,326.00 free after",
        "No rule for this item",
        "One battery for all tools, repaired on site.",
    ):
        assert words in page, words


def test_the_cart_says_what_would_have_avoided_who_is_asked(world: World, alice: Reader) -> None:
    fill(world, ("kit", 2))
    assert "The supervisor would not be asked at or below $100.00." in text(alice.get("cart/"))


def test_a_restricted_line_asks_for_a_reason_and_keeps_the_button_shut(
    world: World, alice: Reader
) -> None:
    fill(world, ("restricted", 1))
    answer = alice.get("cart/")
    assert "One thing first: Say why you need “Core drill rig 2.4 kW”." in text(answer)
    assert 'aria-disabled="true" aria-describedby="obstacles"' in answer.content.decode()


def test_a_blocked_line_has_to_go_and_no_route_pretends_otherwise(
    world: World, alice: Reader
) -> None:
    fill(world, ("kit", 1), ("blocked", 1))
    page = text(alice.get("cart/"))
    assert "“Drill without a CE mark” is blocked. Remove it." in page
    assert "No exceptions: an administrator of Northwind Works can change the rule." in page
    assert "Who decides" not in page


def test_a_small_order_is_placed_by_its_button(world: World, alice: Reader) -> None:
    fill(world, ("bits", 2))
    page = text(alice.get("cart/"))
    assert "Place order for $60.00" in page
    assert "Approved at once; nobody is asked" in page


def test_what_was_typed_is_kept_and_shown_again_without_scripts(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("kit", 2), ("restricted", 1))
    posted = typed(world, cart, kit="3", why_restricted="For the depot", note="Before December")
    answer = alice.post("cart/settings/", posted)
    assert (answer.status_code, answer["Location"]) == (302, f"{alice.root}cart/")
    page = alice.get("cart/").content.decode()
    assert "For the depot</textarea>" in page
    assert "Before December</textarea>" in page
    assert "A few more words, please" in page
    assert lines(world, cart)["Cordless drill kit 18 V"].quantity == 3


def test_an_answer_to_typing_swaps_no_field_that_somebody_types_in(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("kit", 2), ("restricted", 1))
    answer = alice.partial("cart/line/", typed(world, cart, kit="4"))
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "Submit $1,730.00" in text(answer)
    assert 'hx-swap-oob="true">$1,280.00' in body
    assert not re.search(r"<(input|textarea|select)\b", body)


def test_a_quantity_that_cannot_be_read_stays_in_its_field_and_the_rest_is_kept(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("kit", 2), ("restricted", 1))
    posted = typed(world, cart, kit="", restricted="0", why_restricted=JUSTIFICATION)
    answer = alice.post("cart/settings/", posted)
    assert answer.status_code == 422
    page = text(answer)
    assert "Enter a quantity, or remove the line." in page
    assert "Enter a quantity from 1 to 100,000" in page
    assert 'value="0"' in answer.content.decode()
    kept = lines(world, cart)
    assert kept["Cordless drill kit 18 V"].quantity == 2
    assert kept["Core drill rig 2.4 kW"].justification == JUSTIFICATION


def test_another_group_has_other_rules_budgets_and_approvers(world: World, alice: Reader) -> None:
    cart = fill(world, ("kit", 2))
    workplace = str(world.company.groups["Workplace"].id)
    page = text(alice.partial("cart/settings/", typed(world, cart, group=workplace)))
    assert "Wendy Supervisor" in page
    assert "Workplace, Q4 2026: the order takes $640.00." in page
    assert "Only $500.00 left of $500.00; ask Dana Finance for an increase." in page


def test_who_may_not_buy_for_the_group_any_more_is_told_before_submitting(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("kit", 2))
    with world.company.scope():
        accounts.revoke_role(
            actor=system(world.company.organization),
            membership=world.company.people["Alice"],
            group=world.company.groups["Field Service"],
            role="REQUISITIONER",
            now=NOW,
        )
    sentence = "You may not buy for Field Service any more. Choose another group."
    assert sentence in text(alice.get("cart/"))
    answer = alice.post("cart/submit/", typed(world, cart))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert status(world, cart.id) == "DRAFT"


def test_a_line_is_removed_and_what_was_typed_for_the_others_is_kept(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("kit", 2), ("bits", 1))
    line = lines(world, cart)["Drill bits, set of 19"]
    posted = typed(world, cart, kit="5") | {"line": str(line.id)}
    answer = alice.partial("cart/remove/", posted)
    assert f'id="line-{line.id}" hx-swap-oob="delete"' in answer.content.decode()
    assert "Submit $1,600.00" in text(answer)
    assert "Removed: Drill bits, set of 19." in text(answer)


def test_removing_the_last_line_leads_to_the_empty_cart(world: World, alice: Reader) -> None:
    cart = fill(world, ("kit", 2))
    (line,) = lines(world, cart).values()
    posted = typed(world, cart) | {"line": str(line.id)}
    assert alice.partial("cart/remove/", posted)["HX-Redirect"] == f"{alice.root}cart/"
    assert "Your cart is empty" in text(alice.get("cart/"))


def test_the_preview_can_be_asked_for_alone(world: World, alice: Reader) -> None:
    fill(world, ("kit", 2))
    answer = alice.get("cart/preview/", **{"HX-Request": "true"})
    assert "Submit $640.00" in text(answer)
    assert "<main" not in answer.content.decode()
    assert alice.get("cart/preview/")["Location"] == f"{alice.root}cart/"


def test_a_submit_keeps_what_was_typed_and_leads_to_the_order(world: World, alice: Reader) -> None:
    cart = fill(world, ("restricted", 1))
    posted = typed(world, cart, why_restricted=JUSTIFICATION, promise="Submit $450.00")
    answer = alice.post("cart/submit/", posted)
    assert answer["Location"] == f"{alice.root}{cart.id}/"
    page = text(alice.get(f"{cart.id}/"))
    assert "Submitted. Bob Supervisor will be asked." in page
    assert "Waiting for Bob Supervisor" in page
    assert "$450.00 is held in reserve on the budgets until then." in page


def test_a_refused_submit_says_why_keeps_everything_and_stays_on_record(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("restricted", 1))
    answer = alice.post("cart/submit/", typed(world, cart, why_restricted="Heat checks"))
    assert answer.status_code == 422
    page = text(answer)
    assert "Not submitted: one thing first" in page
    assert "Heat checks" in page
    assert "At least 20 characters" in page
    with world.company.scope():
        assert AuditEvent.objects.filter(action="requisition.refused", subject_id=cart.id).exists()
    assert status(world, cart.id) == "DRAFT"


def test_a_button_does_what_it_says_or_nothing(world: World, alice: Reader) -> None:
    cart = fill(world, ("kit", 2))
    posted = typed(world, cart, kit="3", promise="Submit $640.00")
    answer = alice.post("cart/submit/", posted)
    assert answer.status_code == 422
    assert "Look once more: it is “Submit $960.00” now" in text(answer)
    assert status(world, cart.id) == "DRAFT"
    assert alice.post("cart/submit/", posted | {"promise": "Submit $960.00"}).status_code == 302
    assert status(world, cart.id) == "PENDING"


def test_nothing_is_submitted_while_a_quantity_cannot_be_read(world: World, alice: Reader) -> None:
    cart = fill(world, ("kit", 2))
    answer = alice.post("cart/submit/", typed(world, cart, kit="", promise="Submit $640.00"))
    assert answer.status_code == 422
    assert "Enter a quantity, or remove the line." in text(answer)
    assert status(world, cart.id) == "DRAFT"


def test_a_cart_that_another_window_has_submitted_leads_to_the_order(
    world: World, alice: Reader
) -> None:
    cart = fill(world, ("kit", 2))
    posted = typed(world, cart, kit="9")
    alice.post("cart/submit/", typed(world, cart))
    order = f"{alice.root}{cart.id}/"
    assert alice.post("cart/submit/", posted)["Location"] == order
    assert alice.partial("cart/line/", posted)["HX-Redirect"] == order
    assert lines(world, cart)["Cordless drill kit 18 V"].quantity == 2


def test_nobody_changes_or_submits_somebody_elses_cart(world: World) -> None:
    cart = fill(world, ("kit", 2))
    dana = Reader(world, "Dana")
    assert dana.post("cart/submit/", typed(world, cart)).status_code == 404
    assert dana.post("cart/settings/", typed(world, cart, kit="9")).status_code == 404
    assert status(world, cart.id) == "DRAFT"


def test_the_cart_says_which_earlier_orders_count(world: World, alice: Reader) -> None:
    with world.company.scope():
        approvals.publish_policy(
            actor=system(world.company.organization),
            group=world.company.root,
            name="",
            document=replace(
                POLICY, aggregations=(Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30),)
            ),
            reason="Splitting an order buys nothing",
            now=world.now,
        )
        world.order(("bits", 3))
    fill(world, ("bits", 1))
    assert (
        "With 1 earlier order from Halden Tools by the same person within the last 30 days "
        "($90.00), $120.00 counts towards the tiers."
    ) in text(alice.get("cart/"))
    found = alice.client.get("/api/v1/orders/cart/preview/").json()
    assert found["counted"] == "120.00"
