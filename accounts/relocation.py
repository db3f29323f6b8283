"""Which roles a person leaves behind and takes along when they move to another group (pure).

What was granted on their home group, or below it, belongs to the work that they leave: it ends. The
roles of the home group itself begin on the new one, with the same limit and the same end. What was
granted anywhere else stays as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds or is promised; ``path`` leads from the root to its group."""

    id: UUID
    role: str
    path: tuple[UUID, ...]
    spending_limit: Decimal | None
    starts_at: datetime
    ends_at: datetime | None

    @property
    def group_id(self) -> UUID:
        """Return the group that it was granted on."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Begins:
    """A role that begins on the new group."""

    role: str
    spending_limit: Decimal | None
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Relocation:
    """What becomes of a person's roles: those that end, those that begin, those that stay."""

    ends: tuple[Held, ...]
    begins: tuple[Begins, ...]
    stays: tuple[Held, ...]


def relocate(
    held: Iterable[Held],
    *,
    home_id: UUID,
    target_path: tuple[UUID, ...],
    effective_at: datetime,
    until: datetime,
) -> Relocation:
    """Return what becomes of roles when their holder moves from one group to another.

    ``effective_at`` is when they begin to work in the new group, ``until`` (not before it) when
    what they leave behind ends.
    """
    ends, stays = [], []
    for one in sorted(held, key=lambda one: (one.role, one.starts_at, str(one.id))):
        leaves = home_id in one.path and not _is_kept(one, home_id, target_path)
        if leaves and (one.ends_at is None or one.ends_at > effective_at):
            ends.append(one)
        else:
            stays.append(one)
    begins: list[Begins] = []
    for one in ends:
        if one.group_id == home_id and target_path[-1] != home_id:
            begins += _begun(one, stays, target_path[-1], effective_at)
    # What ends before the overlap is over ends then anyway.
    return Relocation(
        ends=tuple(one for one in ends if one.ends_at is None or one.ends_at > until),
        begins=tuple(begins),
        stays=tuple(stays),
    )


def _is_kept(one: Held, home_id: UUID, target_path: tuple[UUID, ...]) -> bool:
    """Tell whether a role stands in the new group already, which is a part of the old one."""
    return home_id in target_path and target_path[-1] in one.path and one.group_id != home_id


def _begun(
    one: Held, stays: Iterable[Held], target_id: UUID, effective_at: datetime
) -> list[Begins]:
    """Return the same role on the new group, up to where one that is there already goes on."""
    starts_at = max(one.starts_at, effective_at)
    ends_at = one.ends_at
    for there in stays:
        if (there.role, there.group_id) != (one.role, target_id):
            continue
        if there.starts_at <= starts_at and _lasts(there.ends_at, ends_at):
            return []
        if there.starts_at > starts_at and there.ends_at is None:
            ends_at = there.starts_at if ends_at is None else min(ends_at, there.starts_at)
    return [Begins(one.role, one.spending_limit, starts_at, ends_at)]


def _lasts(end: datetime | None, at_least: datetime | None) -> bool:
    return end is None or (at_least is not None and end >= at_least)
