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
from budgets.views.ledger import ledger, ledger_csv
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
from budgets.views.plan_files import (
    apply_import,
    budget_import,
    discard_import,
    export_budgets,
    import_budgets,
    import_problems_csv,
    renew_import,
)
from budgets.views.plans import copy_plan, plan_caps, plan_table, roll_up_plan, split_plan
from budgets.views.settings import fiscal_calendar, settings
from budgets.views.transfers import ask_transfer, transfer, transfers, withdraw_transfer
from budgets.views.tree import budget_list, ledgers_csv, tree_csv

__all__ = [
    "adjust",
    "answer_increase",
    "apply_import",
    "ask_increase",
    "ask_transfer",
    "budget_import",
    "budget_list",
    "change_cap",
    "close",
    "copy_plan",
    "create_budget",
    "discard_import",
    "earmarks",
    "end_budget",
    "export_budgets",
    "fiscal_calendar",
    "freeze",
    "import_budgets",
    "import_problems_csv",
    "increase",
    "increases",
    "ledger",
    "ledger_check",
    "ledger_checks",
    "ledger_csv",
    "ledgers_csv",
    "plan_caps",
    "plan_table",
    "release_earmark",
    "renew_import",
    "reopen",
    "roll_up_plan",
    "set_aside",
    "settings",
    "split_plan",
    "thaw",
    "transfer",
    "transfers",
    "tree_csv",
    "withdraw_increase",
    "withdraw_transfer",
]
