"""Pages of budgets, by noun: fetch, form, one service, render."""

from budgets.views.caps import change_cap, create_budget, end_budget
from budgets.views.ledger import ledger, ledger_csv
from budgets.views.outlook import compare, outlook, outlook_csv
from budgets.views.tree import budget_list, ledgers_csv, tree_csv

__all__ = [
    "budget_list",
    "change_cap",
    "compare",
    "create_budget",
    "end_budget",
    "ledger",
    "ledger_csv",
    "ledgers_csv",
    "outlook",
    "outlook_csv",
    "tree_csv",
]
