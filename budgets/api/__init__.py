"""The API of budgets, by noun, over the same selectors and services as the pages."""

from budgets.api.budgets import BudgetDetail, BudgetList
from budgets.api.plan_files import (
    BudgetImportAgain,
    BudgetImportApply,
    BudgetImportDetail,
    BudgetImportList,
)
from budgets.api.plans import BudgetExport, PlanCaps, PlanCopy, PlanRollUp, PlanSplit

__all__ = [
    "BudgetDetail",
    "BudgetExport",
    "BudgetImportAgain",
    "BudgetImportApply",
    "BudgetImportDetail",
    "BudgetImportList",
    "BudgetList",
    "PlanCaps",
    "PlanCopy",
    "PlanRollUp",
    "PlanSplit",
]
