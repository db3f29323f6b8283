"""Caps as a file: written, read again, and compared with the caps that are (pure)."""

from budgets.plan_files.comparing import (
    BudgetFile,
    Directory,
    KnownBudget,
    KnownGroup,
    TermsChange,
    compare,
)
from budgets.plan_files.reading import MOST_ROWS, Sheet, read
from budgets.plan_files.writing import HEAD, BudgetLine, line_of

__all__ = [
    "HEAD",
    "MOST_ROWS",
    "BudgetFile",
    "BudgetLine",
    "Directory",
    "KnownBudget",
    "KnownGroup",
    "Sheet",
    "TermsChange",
    "compare",
    "line_of",
    "read",
]
