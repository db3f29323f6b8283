"""The API of budgets, by noun, over the same selectors and services as the pages."""

from budgets.api.budgets import BudgetDetail, BudgetList
from budgets.api.checks import LedgerCheckDetail, LedgerCheckList

__all__ = ["BudgetDetail", "BudgetList", "LedgerCheckDetail", "LedgerCheckList"]
