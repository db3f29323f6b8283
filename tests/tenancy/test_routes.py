"""Every route, for everybody: members by role, strangers, the suspended, the invited, visitors."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from tests.emptying import empty_database
from tests.tenancy.routes import API, BY_ROLE, EVERYBODY, OUTSIDE, PAGES, Door
from tests.tenancy.world import CAST, World, make_world, parameters_of

pytestmark = [pytest.mark.django_db, pytest.mark.web]

IN = frozenset({200, 201, 204, 302, 303, 400, 409, 422})
OUT = frozenset({403, 404})


def product_routes(
    resolver: URLResolver | None = None, namespaces: tuple[str, ...] = ()
) -> Iterator[str]:
    """Walk the URL configuration and yield the full name of every route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from product_routes(pattern, inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield ":".join((*namespaces, pattern.name))


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Set the stage once for all doors; each test's own changes are rolled back."""
    with django_db_blocker.unblock():
        world = make_world()
        world.sign_in()
        yield world
        empty_database()


@pytest.fixture
def world(stage: World, db: None) -> World:
    return stage


def answer(
    client: Client, door: Door, address: str, slug: str, data: dict[str, Any] | None = None
) -> int:
    """Return the status that a person gets at a door; 401 where they are sent to sign in."""
    if door in API:
        headers: dict[str, Any] = {"X-Organization": slug}
        if door.method == "GET":
            return client.get(address, headers=headers).status_code
        send = getattr(client, door.method.lower())
        response = send(address, data=data or {}, content_type="application/json", headers=headers)
    elif door.method == "GET":
        response = client.get(address)
    else:
        response = client.post(address, data)
    status: int = response.status_code
    if status in (302, 303) and "/accounts/login/" in response["Location"]:
        return 401
    return status


def _asks_for(route: str) -> set[str]:
    """Return the names of what a route's address asks for."""
    return set(parameters_of(route))


def test_every_route_stands_in_the_table() -> None:
    outside = {name for name in OUTSIDE if settings.DEMO_PAGES or not name.startswith("demo:")}
    listed = {door.route for door in (*PAGES, *API)} | outside
    found = set(product_routes())
    assert found - listed == set(), "routes without a row in tests/tenancy/routes"
    assert listed - found == set(), "rows without a route"


@pytest.mark.parametrize("door", [*PAGES, *API], ids=lambda door: f"{door.method} {door.route}")
def test_the_right_people_get_in_and_nobody_else(world: World, door: Door) -> None:
    address = world.address(door.route)
    slug = world.organization.slug
    for name in CAST:
        status = answer(world.client(name), door, address, slug, world.form_of(door.route))
        if name in door.inside:
            assert status in IN, f"{name} is kept out of {door.method} {address}: {status}"
        else:
            assert status in OUT, f"{name} gets into {door.method} {address}: {status}"
    visitor = answer(Client(), door, address, slug)
    assert visitor in {401, 403}, f"a visitor gets {visitor}"
    for outsider in ("Charlie", "Sam, suspended", "Ines, invited"):
        status = answer(world.client(outsider), door, address, slug)
        assert status in OUT, f"{outsider} gets into {door.method} {address}: {status}"


PLACED = [
    door
    for door in (*PAGES, *API)
    if _asks_for(door.route) & {"group_id", "membership_id"} and door.inside != EVERYBODY
]


@pytest.mark.parametrize("door", PLACED, ids=lambda door: f"{door.method} {door.route}")
def test_a_role_opens_its_own_group_and_those_below_and_no_other(world: World, door: Door) -> None:
    """Somebody with one role on Facilities tries it, Field Service below and Engineering beside."""
    slug = world.organization.slug
    asks = _asks_for(door.route)
    for role, like in BY_ROLE.items():
        # What Alice may do with her own person says nothing about others of her role.
        opens = like in door.inside and (role != "REQUISITIONER" or "membership_id" not in asks)
        names_a_grant = "grant_id" in asks or "grant" in world.form_of(door.route)
        client = world.local_client(role)
        for place in world.places:
            # The one grant that such a door names is Alice's, and stands on the child.
            if place == "own" and names_a_grant:
                continue
            address = world.address_at(door.route, place)
            status = answer(client, door, address, slug, world.form_of(door.route))
            expected = IN if opens and place != "sibling" else OUT
            assert status in expected, f"{role}, {place}: {door.method} {address}: {status}"


@pytest.mark.parametrize("route", sorted({door.route for door in PAGES}))
def test_another_tenants_objects_are_not_found_in_ones_own_organization(
    world: World, route: str
) -> None:
    """Charlie administers their own organization, and asks it for Northwind's rows."""
    arguments = world.arguments_of(route)
    if not any(isinstance(value, UUID) for value in arguments.values()):
        return
    own = reverse(route, kwargs={**arguments, "organization_slug": world.other.slug})
    client = world.client("Charlie")
    for door in PAGES:
        if door.route == route:
            assert answer(client, door, own, world.other.slug) in OUT | {405}
