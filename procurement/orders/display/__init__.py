"""How orders read on pages: the outlook beside the cart, the route, the history.

Every function turns values that were read elsewhere into what a template prints; nothing is decided
or read here.
"""

from procurement.orders.display.outlook import Obstacle, Outlook, button_of, outlook
from procurement.orders.display.route import (
    RoutePerson,
    RouteStep,
    planned_steps,
    taken_steps,
    waiting_for,
)
from procurement.orders.display.timeline import Happening, happenings
from procurement.orders.display.words import (
    plain_quantity,
    purchase_orders_go_out,
    title_of,
)

__all__ = [
    "Happening",
    "Obstacle",
    "Outlook",
    "RoutePerson",
    "RouteStep",
    "button_of",
    "happenings",
    "outlook",
    "plain_quantity",
    "planned_steps",
    "purchase_orders_go_out",
    "taken_steps",
    "title_of",
    "waiting_for",
]
