"""One organization at work with everybody who might knock at its doors, made area by area.

Each area sets up what its own routes need, and says which ids and forms these ask for.
"""

from tests.factories.accounts import make_company
from tests.factories.orders import make_market
from tests.tenancy.world import budgets, buying, deciding, hierarchy, review, setting_up
from tests.tenancy.world.stage import CAST, World, parameters_of

__all__ = ["CAST", "World", "make_world", "parameters_of"]


def make_world() -> World:
    """Set the stage: an order of Alice's waits for Bob, an earlier one has been placed."""
    market = make_market()
    other = make_company("Contoso")
    people = dict(market.people)
    with other.scope():
        people["Charlie"] = other.people["Adam"]
    world = World(market, other.organization, people)
    with market.scope():
        # Orders come first: those of them that wait do so by the policy of the root.
        for area in (buying, budgets, hierarchy, setting_up, deciding, review):
            area.set_up(world)
    return world
