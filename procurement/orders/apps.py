"""Orders as a Django app."""

from django.apps import AppConfig

from approvals import subjects


class OrdersConfig(AppConfig):
    """The conductor: cart, preview, requisition, purchase order."""

    name = "procurement.orders"
    label = "orders"

    def ready(self) -> None:
        """Answer for requisitions towards approvals; follow changes of the tree."""
        from accounts import dependents
        from procurement.orders.dependents import Orders
        from procurement.orders.subject import RequisitionHandler

        subjects.register(RequisitionHandler())
        dependents.register(Orders())
