"""How orders read on pages: the outlook beside the cart, the route, the history.

Every function turns values that were read elsewhere into what a template prints; nothing is decided
or read here.
"""

from procurement.orders.display.outlook import Obstacle, Outlook, button_of, outlook
from procurement.orders.display.rules import rule_lines
from procurement.orders.display.timeline import Happening, came_back, happenings
from procurement.orders.display.whereabouts import (
    Rejection,
    Waiting,
    Whereabouts,
    rejection_of,
    whereabouts,
)
from procurement.orders.display.words import (
    plain_quantity,
    purchase_orders_go_out,
    title_of,
)

__all__ = [
    "Happening",
    "Obstacle",
    "Outlook",
    "Rejection",
    "Waiting",
    "Whereabouts",
    "button_of",
    "came_back",
    "happenings",
    "outlook",
    "plain_quantity",
    "purchase_orders_go_out",
    "rejection_of",
    "rule_lines",
    "title_of",
    "whereabouts",
]
