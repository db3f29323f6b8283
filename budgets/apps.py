"""Budgets as a Django app."""

from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """Caps, periods, the ledger and alerts."""

    name = "budgets"
    label = "budgets"
