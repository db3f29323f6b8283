"""What tests of the pages and the API of orders stand on."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories.world import World, make_world
from tests.orders.pages import Reader


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """Return the company at work, at its own time."""
    made = make_world()
    with time_machine.travel(made.now, tick=False):
        yield made


@pytest.fixture
def alice(world: World) -> Reader:
    """Return Alice, signed in."""
    return Reader(world, "Alice")
