"""Budgets as a Django app."""

from django.apps import AppConfig

from approvals import subjects


class BudgetsConfig(AppConfig):
    """Caps, periods, the ledger and alerts."""

    name = "budgets"
    label = "budgets"

    def ready(self) -> None:
        """Show budgets in the tree of groups; answer for increases towards approvals."""
        from accounts import dependents  # noqa: PLC0415 – models are ready only now
        from budgets.dependents import Budgets  # noqa: PLC0415
        from budgets.subject import BudgetIncreaseHandler  # noqa: PLC0415

        subjects.register(BudgetIncreaseHandler())
        dependents.register(Budgets())
