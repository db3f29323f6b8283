"""Pages of budgets, by noun: fetch, form, one service, render."""

from budgets.views.caps import change_cap, create_budget, end_budget
from budgets.views.increases import (
    answer_increase,
    ask_increase,
    increase,
    increases,
    withdraw_increase,
)
from budgets.views.ledger import ledger, ledger_csv
from budgets.views.outlook import compare, outlook, outlook_csv
from budgets.views.tree import budget_list, ledgers_csv, tree_csv

__all__ = [
    "answer_increase",
    "ask_increase",
    "budget_list",
    "change_cap",
    "compare",
    "create_budget",
    "end_budget",
    "increase",
    "increases",
    "ledger",
    "ledger_csv",
    "ledgers_csv",
    "outlook",
    "outlook_csv",
    "tree_csv",
    "withdraw_increase",
]
