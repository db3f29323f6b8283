"""Groups as lines of a file, and the fingerprint of a whole tree (pure)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from procurement.core.files import Cell

HEAD = ("id", "parent_id", "name", "code", "kind", "starts_on", "ends_on", "state")
OPEN, ARCHIVED = "open", "archived"


@dataclass(frozen=True, slots=True)
class TreeGroup:
    """A group as it stands in the tree."""

    id: UUID
    parent_id: UUID | None
    name: str
    code: str
    kind: str
    starts_on: date | None
    ends_on: date | None
    is_active: bool = True


def line_of(group: TreeGroup) -> list[Cell]:
    """Return a group's cells under `HEAD`."""
    return [
        group.id,
        group.parent_id,
        group.name,
        group.code,
        group.kind,
        group.starts_on,
        group.ends_on,
        OPEN if group.is_active else ARCHIVED,
    ]


def digest_of(tree: Iterable[TreeGroup]) -> str:
    """Return a SHA-256 that is another one once anything of the tree has changed."""
    lines = sorted(json.dumps([str(cell) for cell in line_of(group)]) for group in tree)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
