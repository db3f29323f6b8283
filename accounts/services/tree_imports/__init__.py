"""The whole tree as a file: downloaded, uploaded, looked over and carried out.

A file is planned first, which changes nothing; what is applied is that very file, on that very
tree, with those very effects.
"""

from accounts.services.tree_imports.exporting import export_tree
from accounts.services.tree_imports.importing import (
    apply_tree_import,
    discard_tree_import,
    plan_tree_import,
    renew_tree_import,
)

__all__ = [
    "apply_tree_import",
    "discard_tree_import",
    "export_tree",
    "plan_tree_import",
    "renew_tree_import",
]
