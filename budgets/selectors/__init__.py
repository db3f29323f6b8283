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
    "Discrepancy",
    "Mark",
    "Moved",
    "Narrowing",
    "PeriodChoice",
    "PeriodLink",
    "Totals",
    "TreeRow",
    "branches",
    "budget_for",
    "budget_settings",
    "budget_tree",
    "covering",
    "discrepancies",
    "fiscal_calendar",
    "in_sight",
    "keepers",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "moved",
    "narrowed",
    "period_choices",
    "period_for",
    "period_shown",
    "periods_around",
    "spans_between",
    "standing_on",
    "totals",
]
