"""Orders as a Django app."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The conductor: cart, preview, requisition, purchase order."""

    name = "procurement.orders"
    label = "orders"
