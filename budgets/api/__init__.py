"""The API of budgets, by noun, over the same selectors and services as the pages."""

from budgets.api.budgets import BudgetDetail, BudgetList

__all__ = ["BudgetDetail", "BudgetList"]
