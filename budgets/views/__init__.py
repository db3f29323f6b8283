"""Pages of budgets, by noun: fetch, form, one service, render."""

from budgets.views.caps import change_cap, create_budget, end_budget
from budgets.views.periods import (
    adjust,
    close,
    earmarks,
    freeze,
    release_earmark,
    reopen,
    set_aside,
    thaw,
)
from budgets.views.settings import fiscal_calendar, settings
from budgets.views.transfers import ask_transfer, transfer, transfers, withdraw_transfer
from budgets.views.tree import budget_list, ledger, ledger_csv, ledgers_csv

__all__ = [
    "adjust",
    "ask_transfer",
    "budget_list",
    "change_cap",
    "close",
    "create_budget",
    "earmarks",
    "end_budget",
    "fiscal_calendar",
    "freeze",
    "ledger",
    "ledger_csv",
    "ledgers_csv",
    "release_earmark",
    "reopen",
    "set_aside",
    "settings",
    "thaw",
    "transfer",
    "transfers",
    "withdraw_transfer",
]
