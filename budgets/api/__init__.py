"""The API of budgets, by noun, over the same selectors and services as the pages."""

from budgets.api.allowances import AllowanceDetail, AllowanceList, AllowancePeople, OwnBudgets
from budgets.api.budgets import BudgetDetail, BudgetList
from budgets.api.increases import IncreaseDetail, IncreaseList, IncreaseWithdrawal

__all__ = [
    "AllowanceDetail",
    "AllowanceList",
    "AllowancePeople",
    "BudgetDetail",
    "BudgetList",
    "IncreaseDetail",
    "IncreaseList",
    "IncreaseWithdrawal",
    "OwnBudgets",
]
