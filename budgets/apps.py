"""Budgets as a Django app."""

from django.apps import AppConfig

from approvals import subjects


class BudgetsConfig(AppConfig):
    """Caps, periods, the ledger and alerts."""

    name = "budgets"
    label = "budgets"

    def ready(self) -> None:
        """Show budgets in the tree of groups; answer for increases towards approvals."""
        from accounts import dependents
        from budgets.dependents import Budgets
        from budgets.subject import BudgetIncreaseHandler

        subjects.register(BudgetIncreaseHandler())
        dependents.register(Budgets())
