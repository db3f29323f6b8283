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
from budgets.selectors.plan_files import budget_import_for, budget_imports, budget_lines
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
    require_planner,
    roll_ups,
)
from budgets.selectors.settings import budget_settings, fiscal_calendar
from budgets.selectors.slots import period_in, period_named, slots_in
from budgets.selectors.spans import spans_between
from budgets.selectors.terms import (
    SCOPE_ROWS,
    extra_room,
    label_of,
    meaning_of,
    seat_choices,
    terms_of,
    words_of_scope,
)
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
    "SCOPE_ROWS",
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
    "budget_import_for",
    "budget_imports",
    "budget_lines",
    "budget_settings",
    "budget_tree",
    "covering",
    "discrepancies",
    "draft_caps",
    "draft_copy",
    "draft_roll_up",
    "draft_split",
    "extra_room",
    "fiscal_calendar",
    "keepers",
    "label_of",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "meaning_of",
    "period_choices",
    "period_for",
    "period_in",
    "period_named",
    "period_shown",
    "periods_around",
    "plan_choices",
    "plan_table",
    "require_planner",
    "roll_ups",
    "seat_choices",
    "slots_in",
    "spans_between",
    "standing_on",
    "terms_of",
    "totals",
    "words_of_scope",
]
