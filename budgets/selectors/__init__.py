"""Every non-trivial read of budgets, by noun."""

from budgets.selectors.covering import covering, keepers, standing_on
from budgets.selectors.spans import spans_between
from budgets.selectors.verification import Discrepancy, discrepancies, ledger_extent

__all__ = [
    "Discrepancy",
    "covering",
    "discrepancies",
    "keepers",
    "ledger_extent",
    "spans_between",
    "standing_on",
]
