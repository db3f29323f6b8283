"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.branches import Branch, branches, in_sight, narrowed
from budgets.selectors.covering import covering, keepers, standing_on
from budgets.selectors.ledger import (
    Moved,
    Narrowing,
    PeriodLink,
    budget_for,
    ledger_of,
    lines_in_order,
    moved,
    period_for,
    periods_around,
)
from budgets.selectors.outlook import (
    Days,
    Pipeline,
    Within,
    budgets_within,
    days_of,
    days_of_both,
    other_period,
    periods_of,
    pipeline_of,
)
from budgets.selectors.settings import budget_settings, fiscal_calendar
from budgets.selectors.spans import spans_between
from budgets.selectors.tree import (
    AlertNote,
    Mark,
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
    "Branch",
    "Days",
    "Discrepancy",
    "Mark",
    "Moved",
    "Narrowing",
    "PeriodChoice",
    "PeriodLink",
    "Pipeline",
    "Totals",
    "TreeRow",
    "Within",
    "branches",
    "budget_for",
    "budget_settings",
    "budget_tree",
    "budgets_within",
    "covering",
    "days_of",
    "days_of_both",
    "discrepancies",
    "fiscal_calendar",
    "in_sight",
    "keepers",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "moved",
    "narrowed",
    "other_period",
    "period_choices",
    "period_for",
    "period_shown",
    "periods_around",
    "periods_of",
    "pipeline_of",
    "spans_between",
    "standing_on",
    "totals",
]
