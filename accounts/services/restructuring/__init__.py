"""Changing the shape of the tree: moving, merging, archiving and restoring groups.

Each change is carried out once, by every floor, in one transaction that keeps the tree to itself. A
preview is that very change, rolled back.
"""

from accounts.services.restructuring.archiving import (
    archive_group,
    preview_archive,
    preview_restore,
    restore_group,
)
from accounts.services.restructuring.merging import merge_group, preview_merge
from accounts.services.restructuring.moving import move_group, preview_move

__all__ = [
    "archive_group",
    "merge_group",
    "move_group",
    "preview_archive",
    "preview_merge",
    "preview_move",
    "preview_restore",
    "restore_group",
]
