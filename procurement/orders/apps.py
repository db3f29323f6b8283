"""Orders as a Django app."""

from django.apps import AppConfig

from approvals import subjects


class OrdersConfig(AppConfig):
    """The conductor: cart, preview, requisition, purchase order."""

    name = "procurement.orders"
    label = "orders"

    def ready(self) -> None:
        """Answer for requisitions towards approvals; follow changes of the tree."""
        from accounts import dependents  # noqa: PLC0415 – models are ready only now
        from procurement.orders.dependents import Orders  # noqa: PLC0415
        from procurement.orders.services.deciding import RequisitionHandler  # noqa: PLC0415

        subjects.register(RequisitionHandler())
        dependents.register(Orders())
