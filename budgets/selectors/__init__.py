"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.checks import ledger_check_for, ledger_checks
from budgets.selectors.covering import covering, keepers, standing_on, without_document
from budgets.selectors.increases import (
    PILLS,
    IncreaseDetail,
    Shows,
    background_of,
    increase_for,
    increase_target,
    increases_for_document,
    increases_of,
    title_of,
)
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
    "PILLS",
    "SCOPE_ROWS",
    "AlertNote",
    "Discrepancy",
    "IncreaseDetail",
    "PeriodChoice",
    "PeriodLink",
    "Shows",
    "Totals",
    "TreeRow",
    "background_of",
    "budget_for",
    "budget_settings",
    "budget_tree",
    "covering",
    "discrepancies",
    "extra_room",
    "fiscal_calendar",
    "increase_for",
    "increase_target",
    "increases_for_document",
    "increases_of",
    "keepers",
    "label_of",
    "ledger_check_for",
    "ledger_checks",
    "ledger_extent",
    "ledger_of",
    "lines_in_order",
    "meaning_of",
    "period_choices",
    "period_for",
    "period_shown",
    "periods_around",
    "seat_choices",
    "spans_between",
    "standing_on",
    "terms_of",
    "title_of",
    "totals",
    "without_document",
    "words_of_scope",
]
