import pytest
from django.test import Client

from accounts.web import org_reverse
from tests.factories.world import World, make_world

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def world() -> World:
    return make_world()


def home(client: Client, world: World, who: str) -> str:
    client.force_login(world.company.people[who].user, backend=BACKEND)
    response = client.get(org_reverse(world.slug, "home"))
    assert response.status_code == 200
    return response.content.decode()


def test_the_one_who_is_asked_finds_the_order_with_its_amount(client: Client, world: World) -> None:
    with world.company.scope():
        world.order(("kit", 2))
    html = home(client, world, "Bob")
    assert "Alice Requester asks to buy" in html
    assert "$640.00" in html
    assert "All approvals" in html


def test_the_requester_finds_their_orders_by_what_is_on_them(client: Client, world: World) -> None:
    with world.company.scope():
        world.order(("kit", 2), ("glasses", 1))
        world.add("bits", 3)
    html = home(client, world, "Alice")
    assert "Cordless drill kit 18 V and one more" in html
    assert "Waiting for approval" in html
    assert "In the cart" in html
    assert "$90.00" in html


def test_budgets_of_the_group_and_all_above_stand_beside_it(client: Client, world: World) -> None:
    with world.company.scope():
        world.order(("kit", 2))
    html = home(client, world, "Alice")
    assert "Field Service: 4.0% of $16,000.00 used." in html
    assert "Facilities: 1.1% of $60,000.00 used." in html
    assert "Northwind Works: 0.1% of $640,000.00 used." in html


def test_who_may_not_see_budgets_is_told_nothing_of_them(client: Client, world: World) -> None:
    assert "$16,000.00" not in home(client, world, "Bob")
