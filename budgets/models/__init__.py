"""What budgets store."""

from budgets.models.budget import Allowance, Budget
from budgets.models.ledger import BudgetAlert, BudgetPeriod, LedgerEntry
from budgets.models.planning import BudgetImport, LedgerCheck
from budgets.models.requests import BudgetIncrease, BudgetTransfer, Earmark
from budgets.models.settings import BudgetSettings, FiscalYearRule

__all__ = [
    "Allowance",
    "Budget",
    "BudgetAlert",
    "BudgetImport",
    "BudgetIncrease",
    "BudgetPeriod",
    "BudgetSettings",
    "BudgetTransfer",
    "Earmark",
    "FiscalYearRule",
    "LedgerCheck",
    "LedgerEntry",
]
