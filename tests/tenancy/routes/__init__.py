"""Who gets through which door: every route of the product, by method and by person.

A new route fails the suite until it stands here. "In" means that the view answered the person, be
it with a page, a redirect or a complaint about the input; "out" means 403 or 404. Visitors are sent
to sign in; strangers see nothing that tells them the organization exists.

The cast: Alice buys for Field Service, Bob supervises Facilities and holds no role, Erin directs
and holds none either, Dana keeps the books at the root, Adam administers at the root, Tom receives
for Facilities. The order in question is Alice's, for Field Service, and waits for Bob.
"""

from tests.tenancy.routes import budgets, buying, deciding, hierarchy, review, setting_up
from tests.tenancy.routes.doors import BY_ROLE, EVERYBODY, Door
from tests.tenancy.routes.outside import OUTSIDE

PAGES = (
    *hierarchy.PAGES,
    *setting_up.PAGES,
    *buying.PAGES,
    *deciding.PAGES,
    *budgets.PAGES,
    *review.PAGES,
)
API = (
    *hierarchy.API,
    *setting_up.API,
    *buying.API,
    *deciding.API,
    *budgets.API,
    *review.API,
)

__all__ = ["API", "BY_ROLE", "EVERYBODY", "OUTSIDE", "PAGES", "Door"]
