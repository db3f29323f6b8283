"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.covering import covering, keepers, standing_on, without_document
from budgets.selectors.earmarks import earmark_for, earmarks_on
from budgets.selectors.ledger import (
    PeriodLink,
    budget_for,
    ledger_of,
    lines_in_order,
    period_for,
    periods_around,
)
from budgets.selectors.lifecycle import Closing, closing_for, periods_by_id
from budgets.selectors.settings import budget_settings, fiscal_calendar, opened_until
from budgets.selectors.spans import spans_between
from budgets.selectors.transfers import givers_for, transfer_for, transfers_of
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
    "Closing",
    "Discrepancy",
    "PeriodChoice",
    "PeriodLink",
    "Totals",
    "TreeRow",
    "budget_for",
    "budget_settings",
    "budget_tree",
    "closing_for",
    "covering",
    "discrepancies",
    "earmark_for",
    "earmarks_on",
    "fiscal_calendar",
    "givers_for",
    "keepers",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "opened_until",
    "period_choices",
    "period_for",
    "period_shown",
    "periods_around",
    "periods_by_id",
    "spans_between",
    "standing_on",
    "totals",
    "transfer_for",
    "transfers_of",
    "without_document",
]
