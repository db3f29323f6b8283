"""The tree of groups as a file (pure): read, compared with the tree as it stands, and written.

`reading` turns a file into rows, `matching` finds the groups they mean, `planning` says what would
change, `writing` is the way back. A file that was written and is read again changes nothing.
"""

from accounts.tree_files.planning import Change, Move, Plan, Target, plan
from accounts.tree_files.reading import (
    MOST_ROWS,
    STEPS,
    Column,
    Problem,
    Row,
    Sheet,
    decoded,
    read,
    records,
)
from accounts.tree_files.writing import HEAD, TreeGroup, digest_of, line_of

__all__ = [
    "HEAD",
    "MOST_ROWS",
    "STEPS",
    "Change",
    "Column",
    "Move",
    "Plan",
    "Problem",
    "Row",
    "Sheet",
    "Target",
    "TreeGroup",
    "decoded",
    "digest_of",
    "line_of",
    "plan",
    "read",
    "records",
]
