"""Pages of budgets, by noun: fetch, form, one service, render."""

from budgets.views.caps import change_cap, create_budget, end_budget
from budgets.views.checks import ledger_check, ledger_checks
from budgets.views.increases import (
    answer_increase,
    ask_increase,
    increase,
    increases,
    withdraw_increase,
)
from budgets.views.tree import budget_list, ledger, ledger_csv, ledgers_csv

__all__ = [
    "answer_increase",
    "ask_increase",
    "budget_list",
    "change_cap",
    "create_budget",
    "end_budget",
    "increase",
    "increases",
    "ledger",
    "ledger_check",
    "ledger_checks",
    "ledger_csv",
    "ledgers_csv",
    "withdraw_increase",
]
