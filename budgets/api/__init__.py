"""The API of budgets, by noun, over the same selectors and services as the pages."""

from budgets.api.budgets import BudgetDetail, BudgetList
from budgets.api.checks import LedgerCheckDetail, LedgerCheckList
from budgets.api.increases import IncreaseDetail, IncreaseList, IncreaseWithdrawal
from budgets.api.periods import (
    EarmarkDetail,
    PeriodAdjustments,
    PeriodClose,
    PeriodEarmarks,
    PeriodFreeze,
    PeriodReopen,
    PeriodThaw,
)
from budgets.api.plan_files import (
    BudgetImportAgain,
    BudgetImportApply,
    BudgetImportDetail,
    BudgetImportList,
)
from budgets.api.plans import BudgetExport, PlanCaps, PlanCopy, PlanRollUp, PlanSplit
from budgets.api.settings import BudgetSettingsView, FiscalCalendarView
from budgets.api.transfers import TransferAnswer, TransferDetail, TransferList

__all__ = [
    "BudgetDetail",
    "BudgetExport",
    "BudgetImportAgain",
    "BudgetImportApply",
    "BudgetImportDetail",
    "BudgetImportList",
    "BudgetList",
    "BudgetSettingsView",
    "EarmarkDetail",
    "FiscalCalendarView",
    "IncreaseDetail",
    "IncreaseList",
    "IncreaseWithdrawal",
    "LedgerCheckDetail",
    "LedgerCheckList",
    "PeriodAdjustments",
    "PeriodClose",
    "PeriodEarmarks",
    "PeriodFreeze",
    "PeriodReopen",
    "PeriodThaw",
    "PlanCaps",
    "PlanCopy",
    "PlanRollUp",
    "PlanSplit",
    "TransferAnswer",
    "TransferDetail",
    "TransferList",
]
