"""The API of orders: the cart, its preview, the submit, and the orders that came of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from procurement.audit.models import AuditEvent
from procurement.orders.models import Requisition
from tests.factories.world import JUSTIFICATION, World, make_neighbour
from tests.orders.pages import BACKEND

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ROOT = "/api/v1/orders/"


class Caller:
    """Somebody who calls the API with a session of their own."""

    def __init__(self, world: World, name: str) -> None:
        self.client = Client()
        self.client.force_login(world.company.people[name].user, BACKEND)

    def __call__(self, method: str, path: str = "", body: Any = None) -> Any:
        call = getattr(self.client, method)
        if body is None and method == "get":
            return call(ROOT + path)
        return call(ROOT + path, data=body or {}, content_type="application/json")


@pytest.fixture
def alice(world: World) -> Caller:
    return Caller(world, "Alice")


def fill(caller: Caller, world: World, item: str, quantity: str = "1") -> Any:
    body = {"item": str(world.items[item].id), "quantity": quantity}
    return caller("post", "cart/lines/", body)


def test_without_a_session_nobody_is_let_in(world: World) -> None:
    assert Client().get(ROOT).status_code == 403


def test_an_empty_cart_is_not_found(alice: Caller) -> None:
    answer = alice("get", "cart/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "The cart is empty."


def test_items_go_into_the_cart_and_amounts_are_decimal_strings(
    alice: Caller, world: World
) -> None:
    answer = fill(alice, world, "kit", "2")
    assert answer.status_code == 201
    cart = alice("get", "cart/").json()
    assert cart["total"] == "640.00"
    (line,) = cart["lines"]
    assert (line["quantity"], line["unit_price"], line["amount"]) == ("2", "320.0000", "640.00")
    assert line["supplier"] == "Halden Tools"


def test_a_quantity_of_nothing_is_refused_beside_its_field(alice: Caller, world: World) -> None:
    answer = fill(alice, world, "kit", "0")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "quantity"


def test_lines_can_be_changed_and_removed(alice: Caller, world: World) -> None:
    line = fill(alice, world, "restricted").json()["lines"][0]["id"]
    changed = alice("patch", f"cart/lines/{line}/", {"quantity": "2", "justification": "Broken."})
    assert changed.json()["total"] == "900.00"
    assert changed.json()["lines"][0]["justification"] == "Broken."
    assert alice("delete", f"cart/lines/{line}/").status_code == 204
    assert alice("get", "cart/").json()["lines"] == []
    assert alice("delete", f"cart/lines/{line}/").status_code == 404


def test_the_cart_changes_its_group_and_note(alice: Caller, world: World) -> None:
    fill(alice, world, "bits")
    workplace = str(world.company.groups["Workplace"].id)
    cart = alice("patch", "cart/", {"group": workplace, "note": "For the lobby"}).json()
    assert (cart["group_name"], cart["note"]) == ("Workplace", "For the lobby")
    engineering = str(world.company.groups["Engineering"].id)
    assert alice("patch", "cart/", {"group": engineering}).status_code == 404


def test_the_preview_says_what_would_happen_and_writes_nothing(alice: Caller, world: World) -> None:
    fill(alice, world, "kit", "2")
    with world.company.scope():
        before = AuditEvent.objects.count()
    preview = alice("get", "cart/preview/").json()
    assert preview["is_submittable"]
    assert not preview["is_automatic"]
    assert preview["lines"][0]["guidance"] == "PREFERRED"
    assert [step["people"][0]["name"] for step in preview["route"]] == ["Bob Supervisor"]
    assert [(one["group_name"], one["free_after"]) for one in preview["budgets"]] == [
        ("Field Service", "15360.00"),
        ("Facilities", "59360.00"),
        ("Northwind Works", "639360.00"),
    ]
    with world.company.scope():
        assert AuditEvent.objects.count() == before


def test_a_submit_waits_for_approval_and_a_second_one_changes_nothing(
    alice: Caller, world: World
) -> None:
    order = fill(alice, world, "kit", "2").json()["id"]
    assert alice("post", f"{order}/submit/").json()["outcome"] == "SUBMITTED"
    assert alice("post", f"{order}/submit/").json()["outcome"] == "ALREADY"
    shown = alice("get", f"{order}/").json()
    assert shown["status"] == "PENDING"
    assert shown["route"][0]["people"][0]["name"] == "Bob Supervisor"
    assert shown["lines"][0]["guidance"] == "PREFERRED"


def test_a_small_order_is_placed_at_once(alice: Caller, world: World) -> None:
    order = fill(alice, world, "bits", "2").json()["id"]
    assert alice("post", f"{order}/submit/").json()["outcome"] == "PLACED"
    (placed,) = alice("get", f"{order}/").json()["purchase_orders"]
    assert (placed["supplier"], placed["total"]) == ("Halden Tools", "60.00")


def test_a_refused_submit_says_why_and_stays_on_record(alice: Caller, world: World) -> None:
    order = fill(alice, world, "restricted").json()["id"]
    answer = alice("post", f"{order}/submit/")
    assert answer.status_code == 422
    assert answer.json()["outcome"] == "REFUSED"
    assert answer.json()["refusals"][0]["code"] == "LINE"
    assert alice("get", "cart/").json()["id"] == order
    with world.company.scope():
        assert AuditEvent.objects.filter(action="requisition.refused", subject_id=order).exists()


def test_an_order_over_its_budget_is_refused_with_the_budget_named(
    alice: Caller, world: World
) -> None:
    order = fill(alice, world, "kit", "2").json()["id"]
    alice("patch", "cart/", {"group": str(world.company.groups["Workplace"].id)})
    (refusal,) = alice("post", f"{order}/submit/").json()["refusals"]
    assert refusal["code"] == "BUDGET"
    assert "Workplace" in refusal["sentence"]
    assert "Only $500.00 left of $500.00; ask Dana Finance" in refusal["sentence"]


def test_a_rejected_order_goes_back_into_the_cart(alice: Caller, world: World) -> None:
    with world.company.scope():
        order = world.order(("restricted", 1))
        world.decide(order, "Bob", choice="REJECT", comment="We have one.")
    assert alice("get", f"{order}/").json()["status"] == "REJECTED"
    cart = alice("post", f"{order}/reopen/").json()
    assert (cart["id"], cart["revision"]) == (str(order), 2)
    assert cart["lines"][0]["justification"] == JUSTIFICATION


def test_a_pending_order_can_be_withdrawn(alice: Caller, world: World) -> None:
    with world.company.scope():
        order = world.order(("kit", 2))
    shown = alice("post", f"{order}/withdraw/", {"reason": "Found some"}).json()
    assert shown["status"] == "WITHDRAWN"
    assert alice("post", f"{order}/withdraw/").status_code == 409


def test_lists_hold_what_the_caller_may_see(alice: Caller, world: World) -> None:
    with world.company.scope():
        world.order(("kit", 2))
        world.order(("bits", 2))
    assert alice("get").json()["count"] == 2
    assert alice("get", "?status=PLACED").json()["count"] == 1
    assert alice("get", "?q=drill+kit").json()["count"] == 1
    dana = Caller(world, "Dana")
    assert dana("get").json()["count"] == 0
    assert dana("get", "?of=all").json()["count"] == 2
    assert Caller(world, "Erin")("get", "?of=all").json()["count"] == 0
    assert alice("get", "?status=GONE").status_code == 400


def test_lists_add_up_to_the_cent(alice: Caller, world: World) -> None:
    with world.company.scope():
        world.order(("kit", 2))
        world.order(("bits", 1), ("glasses", 1))
    rows = alice("get").json()["results"]
    with world.company.scope():
        stored = sum((order.total for order in Requisition.objects.all()), Decimal(0))
    assert sum((Decimal(row["total"]) for row in rows), Decimal(0)) == stored == Decimal("704.00")


def test_another_tenants_order_does_not_exist(world: World) -> None:
    with world.company.scope():
        order = world.order(("kit", 2))
    neighbour = make_neighbour()
    charlie = Client()
    charlie.force_login(neighbour.people["Charlie"].user, BACKEND)
    assert charlie.get(f"{ROOT}{order}/").status_code == 404
    assert charlie.post(f"{ROOT}{order}/submit/").status_code == 404
    assert charlie.get(f"{ROOT}?of=all").json()["count"] == 0


def test_nobody_submits_somebody_elses_draft(alice: Caller, world: World) -> None:
    order = fill(alice, world, "kit", "2").json()["id"]
    assert Caller(world, "Dana")("post", f"{order}/submit/").status_code == 404
