"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.covering import covering, keepers, standing_on
from budgets.selectors.ledger import (
    PeriodLink,
    budget_for,
    ledger_of,
    lines_in_order,
    period_for,
    periods_around,
)
from budgets.selectors.plans import (
    LevelSum,
    PlanRow,
    RollUp,
    draft_caps,
    draft_copy,
    draft_roll_up,
    draft_split,
    plan_choices,
    plan_table,
    roll_ups,
)
from budgets.selectors.settings import budget_settings, fiscal_calendar
from budgets.selectors.slots import period_named, slots_in
from budgets.selectors.spans import spans_between
from budgets.selectors.tree import (
    AlertNote,
    PeriodChoice,
    Totals,
    TreeRow,
    budget_tree,
    period_choices,
    period_shown,
    totals,
)
from budgets.selectors.verification import Discrepancy, discrepancies, ledger_extent

__all__ = [
    "AlertNote",
    "Discrepancy",
    "LevelSum",
    "PeriodChoice",
    "PeriodLink",
    "PlanRow",
    "RollUp",
    "Totals",
    "TreeRow",
    "budget_for",
    "budget_settings",
    "budget_tree",
    "covering",
    "discrepancies",
    "draft_caps",
    "draft_copy",
    "draft_roll_up",
    "draft_split",
    "fiscal_calendar",
    "keepers",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "period_choices",
    "period_for",
    "period_named",
    "period_shown",
    "periods_around",
    "plan_choices",
    "plan_table",
    "roll_ups",
    "slots_in",
    "spans_between",
    "standing_on",
    "totals",
]
