"""Every write of orders, by business action."""

from procurement.orders.services.cart import (
    add_to_cart,
    change_cart,
    change_line,
    remove_line,
    reopen,
    withdraw,
)
from procurement.orders.services.placement import place_order
from procurement.orders.services.submission import SubmitOutcome, SubmitVerdict, submit_requisition
from procurement.orders.services.succession import handed_over

__all__ = [
    "SubmitOutcome",
    "SubmitVerdict",
    "add_to_cart",
    "change_cart",
    "change_line",
    "handed_over",
    "place_order",
    "remove_line",
    "reopen",
    "submit_requisition",
    "withdraw",
]
