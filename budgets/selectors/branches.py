"""The tree of meters as a page shows it: what is open, what is folded, what a search has found.

No SQL: rows come from `budget_tree`. A tree of up to 300 groups is open all over; of a larger one
the topmost groups are, and each branch opens when it is asked for.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from budgets.selectors.tree import Mark, TreeRow

ALL_OPEN_UP_TO = 300
CHILDREN_SHOWN = 100
_TROUBLED = frozenset({Mark.WARNED, Mark.OVER, Mark.USED_UP, Mark.FROZEN})


@dataclass(frozen=True, slots=True)
class Branch:
    """A group with its budgets; those of persons and seats are folded to one line.

    ``turned`` are the ids that an address names to open it, where it is closed, or to close it.
    ``troubled`` counts the budgets below that a closed branch hides and somebody should look at;
    ``rest`` the groups beside it, after it, that are left out until ``whole`` asks for them.
    """

    group_id: UUID
    name: str
    path: tuple[UUID, ...]
    place: str
    rows: tuple[TreeRow, ...]
    personal: tuple[TreeRow, ...]
    children: int
    is_open: bool
    turned: str
    troubled: int
    rest: int = 0

    @property
    def level(self) -> int:
        """Return how deep it stands, the top being 1."""
        return len(self.path)

    @property
    def parent(self) -> UUID | None:
        """Return the group above it in the tree."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def personal_troubled(self) -> int:
        """Return how many of the personal budgets somebody should look at."""
        return sum(row.mark in _TROUBLED for row in self.personal)


def branches(rows: Iterable[TreeRow], turned: Collection[UUID] = ()) -> tuple[Branch, ...]:
    """Fold the rows of a tree to one branch for each group, in their order.

    ``turned`` are the groups that are not as they usually are: closed though the tree is open, or
    open though it is closed.
    """
    by_group: dict[UUID, list[TreeRow]] = {}
    for row in rows:
        by_group.setdefault(row.group_id, []).append(row)
    children = Counter(of[0].path[-2] for of in by_group.values() if of[0].level > 1)
    troubled = Counter(
        above
        for of in by_group.values()
        for row in of
        if row.mark in _TROUBLED
        for above in row.path[:-1]
    )
    is_small = len(by_group) <= ALL_OPEN_UP_TO
    asked = set(turned) & set(by_group)
    return tuple(
        Branch(
            group_id=group_id,
            name=of[0].name,
            path=of[0].path,
            place=" › ".join(by_group[above][0].name for above in of[0].path[:-1]),
            rows=tuple(row for row in of if not _is_personal(row)),
            personal=tuple(row for row in of if _is_personal(row)),
            children=children[group_id],
            is_open=(is_small or of[0].level == 1) != (group_id in asked),
            turned=",".join(sorted(str(one) for one in asked ^ {group_id})),
            troubled=troubled[group_id],
        )
        for group_id, of in by_group.items()
    )


def in_sight(found: Sequence[Branch], *, whole: UUID | None = None) -> tuple[Branch, ...]:
    """Return the branches whose ancestors are all open, at most a hundred below each.

    The last one shown below a parent says how many are left out; ``whole`` names a parent of which
    none are.
    """
    closed = {branch.group_id for branch in found if not branch.is_open}
    places: Counter[UUID | None] = Counter()
    hidden: set[UUID] = set()
    shown: list[Branch] = []
    children = {branch.group_id: branch.children for branch in found}
    for branch in found:
        above, parent = branch.path[:-1], branch.parent
        if not closed.isdisjoint(above) or not hidden.isdisjoint(above):
            continue
        places[parent] += 1
        if parent is None or parent == whole or places[parent] < CHILDREN_SHOWN:
            shown.append(branch)
        elif places[parent] == CHILDREN_SHOWN:
            shown.append(replace(branch, rest=children[parent] - CHILDREN_SHOWN))
        else:
            hidden.add(branch.group_id)
    return tuple(shown)


def narrowed(found: Iterable[Branch], *, mark: Mark | None, name: str) -> tuple[Branch, ...]:
    """Return the branches with a budget of a mark and with words in the group's or budget's name.

    Of a group only the budgets that fit are kept; without a mark and a name, everything.
    """
    words = name.casefold()
    kept = []
    for branch in found:
        is_named = words in branch.name.casefold()
        rows, personal = (
            tuple(row for row in of if _fits(row, mark, "" if is_named else words))
            for of in (branch.rows, branch.personal)
        )
        if rows or personal:
            kept.append(replace(branch, rows=rows, personal=personal))
    return tuple(kept)


def _is_personal(row: TreeRow) -> bool:
    return row.effect is not None and row.effect.covering.scope.is_personal


def _fits(row: TreeRow, mark: Mark | None, words: str) -> bool:
    if row.effect is None:
        return mark is None and not words
    return (mark is None or row.mark is mark) and words in row.effect.covering.title.casefold()
