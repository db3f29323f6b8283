"""The API of budgets, by noun, over the same selectors and services as the pages."""

from budgets.api.budgets import BudgetDetail, BudgetList
from budgets.api.increases import IncreaseDetail, IncreaseList, IncreaseWithdrawal
from budgets.api.meters import PeriodComparison, PeriodLedger, PeriodOutlook

__all__ = [
    "BudgetDetail",
    "BudgetList",
    "IncreaseDetail",
    "IncreaseList",
    "IncreaseWithdrawal",
    "PeriodComparison",
    "PeriodLedger",
    "PeriodOutlook",
]
