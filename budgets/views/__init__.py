"""Pages of budgets, by noun: fetch, form, one service, render."""

from budgets.views.allowances import (
    allowance,
    allowances,
    change_allowance,
    create_allowance,
    end_allowance,
    own_budgets,
)
from budgets.views.caps import change_cap, create_budget, end_budget
from budgets.views.increases import (
    answer_increase,
    ask_increase,
    increase,
    increases,
    withdraw_increase,
)
from budgets.views.ledger import ledger, ledger_csv
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
from budgets.views.tree import budget_list, ledgers_csv, tree_csv

__all__ = [
    "allowance",
    "allowances",
    "answer_increase",
    "apply_import",
    "ask_increase",
    "budget_import",
    "budget_list",
    "change_allowance",
    "change_cap",
    "copy_plan",
    "create_allowance",
    "create_budget",
    "discard_import",
    "end_allowance",
    "end_budget",
    "export_budgets",
    "import_budgets",
    "import_problems_csv",
    "increase",
    "increases",
    "ledger",
    "ledger_csv",
    "ledgers_csv",
    "own_budgets",
    "plan_caps",
    "plan_table",
    "renew_import",
    "roll_up_plan",
    "split_plan",
    "tree_csv",
    "withdraw_increase",
]
