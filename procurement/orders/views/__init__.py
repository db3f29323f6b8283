"""Pages of orders: the cart, the orders that left it, and what suppliers receive."""

from procurement.orders.views.actions import (
    answer,
    appeal,
    cancel,
    rebuild,
    reopen,
    take_preferred,
    withdraw,
)
from procurement.orders.views.cart import (
    cart,
    cart_add,
    cart_line,
    cart_remove,
    cart_room,
    cart_settings,
    preview,
    submit,
)
from procurement.orders.views.exceptions import exceptions, exceptions_adopt, exceptions_csv
from procurement.orders.views.imported import imported_order
from procurement.orders.views.placed import detail, order_list, purchase_order
from procurement.orders.views.waiting import room, stop_waiting, wait

__all__ = [
    "answer",
    "appeal",
    "cancel",
    "cart",
    "cart_add",
    "cart_line",
    "cart_remove",
    "cart_room",
    "cart_settings",
    "detail",
    "exceptions",
    "exceptions_adopt",
    "exceptions_csv",
    "imported_order",
    "order_list",
    "preview",
    "purchase_order",
    "rebuild",
    "reopen",
    "room",
    "stop_waiting",
    "submit",
    "take_preferred",
    "wait",
    "withdraw",
]
