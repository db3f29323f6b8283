"""Pages of budgets, by noun: fetch, form, one service, render."""

from budgets.views.caps import change_cap, create_budget, end_budget
from budgets.views.checks import ledger_check, ledger_checks
from budgets.views.tree import budget_list, ledger, ledger_csv, ledgers_csv

__all__ = [
    "budget_list",
    "change_cap",
    "create_budget",
    "end_budget",
    "ledger",
    "ledger_check",
    "ledger_checks",
    "ledger_csv",
    "ledgers_csv",
]
