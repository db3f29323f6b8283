"""What a requester does with an order by API: cancel, appeal, rebuild, take what is preferred."""

import pytest

from catalogs.guidance import Effect
from tests.factories.catalogs import make_rule
from tests.factories.world import World
from tests.orders.pages import order_of, status
from tests.orders.test_api import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def alice(world: World) -> Caller:
    return Caller(world, "Alice")


def rejected(world: World) -> str:
    order = order_of(world, ("kit", 2))
    with world.company.scope():
        world.decide(order, "Bob", choice="REJECT", comment="We have one.")
    return str(order)


def test_an_order_is_cancelled_once(alice: Caller, world: World) -> None:
    order = order_of(world, ("kit", 2))
    answer = alice("post", f"{order}/cancel/", {"reason": "Not needed."})
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    again = alice("post", f"{order}/cancel/")
    assert (again.status_code, again["Content-Type"]) == (409, "application/problem+json")
    assert [one["number"] for one in alice("get", "?status=CANCELLED").json()["results"]] == [
        "R-2026-0001"
    ]


def test_a_rejection_is_appealed_and_says_who_hears_it(alice: Caller, world: World) -> None:
    order = rejected(world)
    assert alice("post", f"{order}/appeal/", {"reason": ""}).status_code == 400
    answer = alice("post", f"{order}/appeal/", {"reason": "It is broken."})
    assert answer.status_code == 200
    assert answer.json()["outcome"] == "APPEALED"
    assert answer.json()["hearing"] == ["Adam Administrator"]
    assert alice("post", f"{order}/appeal/", {"reason": "Again."}).json()["outcome"] == "ALREADY"


def test_an_appeal_that_budgets_refuse_answers_with_the_reasons(
    alice: Caller, world: World
) -> None:
    order = rejected(world)
    order_of(world, ("kit", 49))
    answer = alice("post", f"{order}/appeal/", {"reason": "It is broken."})
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["refusals"]] == ["BUDGET"]


def test_a_cart_is_rebuilt_with_what_has_changed(alice: Caller, world: World) -> None:
    order = rejected(world)
    with world.company.scope():
        item = world.items["kit"]
        type(item).objects.filter(id=item.id).update(price="330.00")
    answer = alice("post", f"{order}/rebuild/")
    assert answer.status_code == 201
    assert answer.json()["repriced"] == [
        {
            "title": "Cordless drill kit 18 V",
            "was": "320.0000",
            "becomes": "330.0000",
            "currency": "USD",
        }
    ]
    assert alice("get", "cart/").json()["number"] == answer.json()["number"]


def test_what_is_preferred_is_listed_and_taken(alice: Caller, world: World) -> None:
    with world.company.scope():
        facilities = world.company.groups["Facilities"]
        make_rule(world.company, Effect.RESTRICT, world.items["bits"], group=facilities)
        cart = world.add("bits", 2)
        world.justify(cart, "bits")
        world.submit(cart)
        world.decide(cart.id, "Bob", choice="REJECT", comment="Take the kit.")
    (found,) = alice("get", f"{cart.id}/preferred/").json()
    assert (found["title"], found["unit_price"]) == ("Cordless drill kit 18 V", "320.0000")
    taken = {"line": found["line"], "item": found["item"]}
    answer = alice("post", f"{cart.id}/preferred/", taken)
    assert answer.json()["total"] == "640.00"
    assert status(world, cart.id) == "DRAFT"
