"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.covering import covering, keepers, standing_on, without_document
from budgets.selectors.ledger import (
    PeriodLink,
    budget_for,
    ledger_of,
    lines_in_order,
    period_for,
    periods_around,
)
from budgets.selectors.settings import budget_settings, fiscal_calendar
from budgets.selectors.spans import spans_between
from budgets.selectors.sums import differing_periods
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
    "PeriodChoice",
    "PeriodLink",
    "Totals",
    "TreeRow",
    "budget_for",
    "budget_settings",
    "budget_tree",
    "covering",
    "differing_periods",
    "discrepancies",
    "fiscal_calendar",
    "keepers",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "period_choices",
    "period_for",
    "period_shown",
    "periods_around",
    "spans_between",
    "standing_on",
    "totals",
    "without_document",
]
