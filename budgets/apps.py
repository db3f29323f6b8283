"""Budgets as a Django app."""

from django.apps import AppConfig


class BudgetsConfig(AppConfig):
    """Budgets."""

    name = "budgets"
