"""Editing an order that waits and rejecting single lines, on pages and by API."""

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest
from procurement.orders.models import Requisition
from tests.factories.world import World
from tests.orders.pages import BACKEND, Reader, lines, order_of, status, text, typed

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BOUGHT = (("kit", 12), ("glasses", 10))


def pending(world: World, order: UUID) -> ApprovalRequest:
    with world.company.scope():
        return ApprovalRequest.objects.get(subject_id=order, status="PENDING")


def page_of(world: World, name: str, request: ApprovalRequest) -> tuple[Client, str]:
    client = Client()
    client.force_login(world.company.people[name].user, BACKEND)
    return client, f"/{world.slug}/approvals/{request.id}/"


def keys_of(request: ApprovalRequest) -> dict[str, str]:
    return {line["name"]: line["key"] for line in request.summary["lines"]}


def edited(world: World, alice: Reader, **changes: str) -> UUID:
    """Have Erin agree to an order, take it back into the cart and change it there."""
    order = order_of(world, *BOUGHT)
    with world.company.scope():
        world.decide(order, "Erin")
    page = text(alice.get(f"{order}/"))
    assert "Edit it" in page
    assert "the cart shows whose, and who is asked again" in page
    assert alice.post(f"{order}/reopen/")["Location"] == f"{alice.root}cart/"
    assert status(world, order) == "DRAFT"
    with world.company.scope():
        cart = Requisition.objects.get(id=order)
    answer = alice.post("cart/settings/", typed(world, cart, **changes))
    assert answer.status_code == 302
    return order


def submit(world: World, alice: Reader, order: UUID) -> str:
    with world.company.scope():
        cart = Requisition.objects.get(id=order)
    answer = alice.post("cart/submit/", typed(world, cart))
    assert answer["Location"] == f"{alice.root}{order}/"
    return text(alice.get(f"{order}/"))


def test_the_cart_says_whose_approval_stands_and_the_page_that_it_was_kept(
    world: World, alice: Reader
) -> None:
    order = edited(world, alice, kit="11")
    cart = text(alice.get("cart/"))
    assert "Erin Director’s approval stands." in cart
    assert "Approval stands" in cart
    page = submit(world, alice, order)
    assert "Submitted. Dana Finance will be asked." in page
    assert "The system kept what Erin Director had approved" in page
    request = pending(world, order)
    client, path = page_of(world, "Dana", request)
    shown = text(client.get(path))
    assert "Version 2 of 2" in shown
    assert "The quantity of Cordless drill kit 18 V is 11 instead of 12." in shown
    assert "Erin Director had approved the content before" in shown


def test_the_cart_says_who_is_asked_again_and_why(world: World, alice: Reader) -> None:
    order = edited(world, alice, kit="13")
    said = "Erin Director is asked again: the quantity of Cordless drill kit 18 V is 13 instead"
    assert said in text(alice.get("cart/"))
    assert "Submitted. Erin Director and Dana Finance will be asked." in submit(world, alice, order)
    client, path = page_of(world, "Erin", pending(world, order))
    shown = text(client.get(path))
    assert "You approved this before; since then, the quantity of Cordless drill kit" in shown


def test_both_versions_stay_readable_and_lead_to_each_other(world: World, alice: Reader) -> None:
    order = edited(world, alice, kit="11")
    submit(world, alice, order)
    request = pending(world, order)
    client, path = page_of(world, "Erin", request)
    answer = client.get(path)
    former = f"/{world.slug}/approvals/{request.follows_id}/"
    assert former in answer.content.decode()
    page = client.get(former)
    assert page.status_code == 200
    assert "Version 1 of 2" in text(page)
    assert path in page.content.decode()


def test_a_first_version_costs_no_query_more(world: World) -> None:
    order = order_of(world, *BOUGHT)
    client, path = page_of(world, "Erin", pending(world, order))
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    assert not any("is_seated" in query["sql"] for query in seen.captured_queries)


def test_single_lines_are_rejected_on_the_decision_page_and_struck_out_on_the_order(
    world: World, alice: Reader
) -> None:
    order = order_of(world, *BOUGHT)
    request = pending(world, order)
    client, path = page_of(world, "Erin", request)
    page = client.get(path).content.decode()
    key = keys_of(request)["Safety glasses, box of 12"]
    assert f'name="lines" value="{key}"' in page
    form = {"action": "reject_lines", "content_hash": request.content_hash}
    missing = client.post(path, form)
    assert missing.status_code == 400
    assert "Choose at least one line to reject." in text(missing)
    everything = {**form, "lines": list(keys_of(request).values()), "reason": "No."}
    refused = client.post(path, everything)
    assert "These are all of its lines" in text(refused)
    answer = client.post(path, {**form, "lines": [key], "reason": "We have plenty."}, follow=True)
    said = "You rejected Safety glasses, box of 12 and approved the rest."
    assert said in text(answer)
    assert list(lines(world, Requisition(id=order))) == ["Cordless drill kit 18 V"]
    shown = alice.get(f"{order}/")
    assert "<s>Safety glasses, box of 12</s>" in shown.content.decode()
    assert "Erin Director rejected it on" in text(shown)
    assert "“We have plenty.”" in text(shown)
    assert "Erin Director rejected Safety glasses, box of 12; the rest is $3,840.00" in text(shown)


def test_lines_are_rejected_by_api_and_the_order_tells_them_apart(
    world: World, alice: Reader
) -> None:
    order = order_of(world, *BOUGHT)
    request = pending(world, order)
    client, _ = page_of(world, "Erin", request)
    key = keys_of(request)["Safety glasses, box of 12"]
    at = f"/api/v1/approvals/{request.id}/reject-lines/"
    body = {"lines": [key], "content_hash": request.content_hash}
    empty = client.post(at, body, content_type="application/json")
    assert (empty.status_code, empty.json()["verdict"]) == (400, "COMMENT_NEEDED")
    answer = client.post(at, {**body, "reason": "Plenty."}, content_type="application/json")
    assert (answer.status_code, answer.json()["verdict"]) == (200, "DECIDED")
    again = client.post(at, {**body, "reason": "Plenty."}, content_type="application/json")
    assert (again.status_code, again.json()["verdict"]) == (409, "OVERTAKEN")
    told = alice.client.get(f"/api/v1/orders/{order}/").json()
    (line,) = told["rejected_lines"]
    assert (line["title"], line["amount"], line["reason"]) == (
        "Safety glasses, box of 12",
        "340.00",
        "Plenty.",
    )
    assert [one["title"] for one in told["lines"]] == ["Cordless drill kit 18 V"]
