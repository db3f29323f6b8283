"""The API of orders, by noun, over the same selectors and services as the pages."""

from procurement.orders.api.actions import (
    OrderAppeal,
    OrderCancel,
    OrderRebuild,
    OrderTakePreferred,
)
from procurement.orders.api.exceptions import AdoptException, Exceptions
from procurement.orders.api.imagining import Imagine
from procurement.orders.api.orders import (
    Cart,
    CartLine,
    CartLines,
    CartPreview,
    OrderDetail,
    OrderList,
    OrderReopen,
    OrderSubmit,
    OrderWithdraw,
)
from procurement.orders.api.waiting import OrderAskForRoom, OrderStopWaiting, OrderWait

__all__ = [
    "AdoptException",
    "Cart",
    "CartLine",
    "CartLines",
    "CartPreview",
    "Exceptions",
    "Imagine",
    "OrderAppeal",
    "OrderAskForRoom",
    "OrderCancel",
    "OrderDetail",
    "OrderList",
    "OrderRebuild",
    "OrderReopen",
    "OrderStopWaiting",
    "OrderSubmit",
    "OrderTakePreferred",
    "OrderWait",
    "OrderWithdraw",
]
