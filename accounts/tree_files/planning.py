"""What a file of groups would change in the tree as it stands (pure).

The plan holds everything that is to be done, down to the new paths, and everything that keeps it
from being done. Carried out, it makes of the tree what the file says.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from accounts.tree_files.matching import Matches, coded_name, match
from accounts.tree_files.reading import (
    LONGEST_NAME,
    ROOT,
    Column,
    Problem,
    Row,
    Sheet,
    spaced,
)
from accounts.tree_files.writing import TreeGroup

Path = tuple[UUID, ...]
MOST_LEVELS = 100


@dataclass(frozen=True, slots=True)
class Target:
    """A group as the file wants it; ``line`` says where."""

    line: int
    id: UUID
    parent_id: UUID | None
    name: str
    code: str
    kind: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """A group that is to stand below another one; all that is below it comes along."""

    line: int
    id: UUID
    name: str
    from_id: UUID
    to_id: UUID


@dataclass(frozen=True, slots=True)
class Change:
    """A group that is to be called or described otherwise: each field with what it was and is."""

    line: int
    id: UUID
    name: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change.

    ``additions`` come after what they stand below. ``targets`` are the groups that are there and
    become others; ``moves`` and ``changes`` say how. ``closing`` are to be archived, ``tops`` the
    topmost of them. ``paths`` are those that become others, and those of new groups.
    """

    additions: tuple[Target, ...]
    targets: tuple[Target, ...]
    moves: tuple[Move, ...]
    changes: tuple[Change, ...]
    closing: tuple[UUID, ...]
    tops: tuple[UUID, ...]
    paths: Mapping[UUID, Path]
    unchanged: int
    notes: tuple[Problem, ...]
    problems: tuple[Problem, ...]

    @property
    def changes_nothing(self) -> bool:
        """Tell whether the tree is as the file says already."""
        return not (self.additions or self.targets or self.closing)


def plan(
    tree: Sequence[TreeGroup],
    sheet: Sheet,
    *,
    archive_missing: bool = False,
    new_id: Callable[[], UUID],
) -> Plan:
    """Compare a file with the tree. ``archive_missing`` archives the groups that it leaves out."""
    matches = match(tree, sheet, new_id=new_id)
    return _Planner(tree, sheet, matches).plan(archive_missing=archive_missing)


@dataclass(slots=True)
class _Planner:
    """Works out what becomes of each group once it is known which row means it."""

    tree: Sequence[TreeGroup]
    sheet: Sheet
    matches: Matches
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def plan(self, *, archive_missing: bool) -> Plan:
        known = {group.id: group for group in self.tree}
        rows = {
            self.matches.groups[row.line]: row
            for row in reversed(self.sheet.rows)
            if row.line in self.matches.parents
        }
        rows = dict(sorted(rows.items(), key=lambda item: item[1].line))
        parents = {group.id: group.parent_id for group in self.tree}
        parents |= {one: self.matches.parents[row.line] for one, row in rows.items()}
        self._break_cycles(parents, rows)
        below = _below(parents)
        order = _walk(below)
        closing = self._closing(order, parents, rows, known, archive_missing=archive_missing)
        targets = self._targets(rows, parents, known, below)
        names = self._names(rows, targets, parents, known, closing)
        paths = _paths(order, parents)
        wanted = {one: _named(target, names[one]) for one, target in targets.items()}
        changed = [self._compared(known[one], wanted[one]) for one in wanted if one in known]
        becoming = tuple(target for target, *_ in changed if _differs(target, known[target.id]))
        return Plan(
            additions=tuple(wanted[one] for one in order if one in wanted and one not in known),
            targets=becoming,
            moves=tuple(move for _, move, _ in changed if move),
            changes=tuple(change for *_, change in changed if change),
            closing=tuple(one for one in order if one in closing),
            tops=tuple(one for one in order if one in closing and parents[one] not in closing),
            paths=_new_paths(paths, self.tree),
            unchanged=len(changed) - len(becoming),
            notes=_sorted([*self.matches.notes, *self.notes]),
            problems=_sorted([*self.sheet.problems, *self.matches.problems, *self.problems]),
        )

    def _break_cycles(self, parents: dict[UUID, UUID | None], rows: Mapping[UUID, Row]) -> None:
        """Find rows that would stand below themselves, or endlessly deep.

        They are put at the top for what follows, which then ends.
        """
        root = next(group.id for group in self.tree if group.parent_id is None)
        levels: dict[UUID, int] = {root: 1}
        for start in list(parents):
            way: dict[UUID, None] = {}
            current: UUID | None = start
            while current is not None and current not in levels and current not in way:
                way[current] = None
                current = parents[current]
            if current in way:
                steps = list(way)
                for one in steps[steps.index(current) :]:
                    if one in rows:
                        said = "would stand below itself; choose another parent for it, or for"
                        self._displace(rows[one], f"{said} the group below it that leads back.")
                        parents[one] = root
            for one in reversed(way):
                parent = parents[one]
                levels[one] = levels.get(parent, 1) + 1 if parent else 1
                if levels[one] > MOST_LEVELS and one in rows:
                    said = f"would stand deeper than {MOST_LEVELS} levels; choose another parent."
                    self._displace(rows[one], said)
                    parents[one], levels[one] = root, 2

    def _displace(self, row: Row, said: str) -> None:
        self._say(row, Column.PARENT, f"{spaced(row.name)} {said}")

    def _closing(
        self,
        order: Sequence[UUID],
        parents: Mapping[UUID, UUID | None],
        rows: Mapping[UUID, Row],
        known: Mapping[UUID, TreeGroup],
        *,
        archive_missing: bool,
    ) -> set[UUID]:
        """Return the groups that are to be archived: with each, all that stands below it."""
        closing: set[UUID] = set()
        for one in order:
            parent = parents[one]
            is_kept = one in rows or parent is None
            if one in self.matches.archived:
                closing.add(one)
            elif is_kept and parent in closing:
                self._say(
                    rows[one],
                    Column.PARENT,
                    f"It would stand below {known[parent].name}, which would be archived.",
                )
            elif not is_kept and known[one].is_active and (archive_missing or parent in closing):
                closing.add(one)
        return closing

    def _targets(
        self,
        rows: Mapping[UUID, Row],
        parents: Mapping[UUID, UUID | None],
        known: Mapping[UUID, TreeGroup],
        below: Mapping[UUID | None, Sequence[UUID]],
    ) -> dict[UUID, Target]:
        return {
            one: self._target(row, one, parents[one], known.get(one), has_below=one in below)
            for one, row in rows.items()
        }

    def _target(
        self,
        row: Row,
        group_id: UUID,
        parent_id: UUID | None,
        group: TreeGroup | None,
        *,
        has_below: bool,
    ) -> Target:
        """Return a group as its row wants it; what the file does not say stays as it is."""
        columns = self.sheet.columns
        before = group or _NOTHING
        starts_on = row.starts_on if Column.STARTS_ON in columns else before.starts_on
        ends_on = row.ends_on if Column.ENDS_ON in columns else before.ends_on
        if starts_on and ends_on and ends_on < starts_on:
            self._say(row, Column.ENDS_ON, "The last day lies before the first.")
        if row.kind == ROOT and parent_id is not None:
            said = "Only the organization itself is a company; choose another kind."
            self._say(row, Column.KIND, said)
        kind = row.kind or before.kind or ("DEPARTMENT" if has_below else "TEAM")
        return Target(
            line=row.line,
            id=group_id,
            parent_id=parent_id,
            name=_kept(row.name, before.name),
            code=before.code if row.code is None else _kept(row.code, before.code),
            kind=ROOT if parent_id is None else kind,
            starts_on=starts_on,
            ends_on=ends_on,
        )

    def _names(
        self,
        rows: Mapping[UUID, Row],
        targets: Mapping[UUID, Target],
        parents: Mapping[UUID, UUID | None],
        known: Mapping[UUID, TreeGroup],
        closing: set[UUID],
    ) -> dict[UUID, str]:
        """Return what each group is called: beside another of its name, by its code as well."""
        names = {one: target.name for one, target in targets.items()}
        taken: dict[tuple[UUID | None, str], str] = {}
        for one, group in known.items():
            stays = group.is_active and one not in closing and parents[one] == group.parent_id
            if stays and names.get(one, group.name) == group.name:
                taken[parents[one], group.name] = _place(rows.get(one))
        for one, target in targets.items():
            present = known.get(one, _NOTHING)
            if one in known and (present.parent_id, present.name) == (parents[one], target.name):
                continue
            place = parents[one], target.name
            if place in taken and target.code:
                place = parents[one], coded_name(target.name, target.code)
                names[one] = place[1]
                if present.name != place[1]:
                    said = f"Beside another “{target.name}”, so it is called “{place[1]}”."
                    self.notes.append(Problem(target.line, Column.NAME.value, said))
            if place in taken:
                said = f"“{place[1]}” is the name of {taken[place]} beside it; choose another."
                self._say(rows[one], Column.NAME, said)
            elif place[1] != target.name and len(place[1]) > LONGEST_NAME:
                said = f"“{target.name}” is taken beside it, and too long with the code."
                self._say(rows[one], Column.NAME, said)
            taken[place] = _place(rows[one])
        return names

    def _compared(
        self, group: TreeGroup, target: Target
    ) -> tuple[Target, Move | None, Change | None]:
        move = None
        if group.parent_id and target.parent_id and group.parent_id != target.parent_id:
            move = Move(target.line, group.id, group.name, group.parent_id, target.parent_id)
        fields = tuple(
            (name, _text(getattr(group, name)), _text(getattr(target, name)))
            for name in ("name", "code", "kind", "starts_on", "ends_on")
            if getattr(group, name) != getattr(target, name)
        )
        change = Change(target.line, group.id, group.name, fields) if fields else None
        return target, move, change

    def _say(self, row: Row, column: Column, sentence: str) -> None:
        self.problems.append(Problem(row.line, column.value, sentence))


# What a new group was before: no cell says so, no group is called so.
_NOTHING = TreeGroup(UUID(int=0), None, "", "", "", None, None)


def _kept(written: str, present: str) -> str:
    """Return what is there where that is what was written, else it without needless spaces."""
    return written if written == present else spaced(written)


def _named(target: Target, name: str) -> Target:
    return Target(
        target.line,
        target.id,
        target.parent_id,
        name,
        target.code,
        target.kind,
        target.starts_on,
        target.ends_on,
    )


def _differs(target: Target, group: TreeGroup) -> bool:
    return any(
        getattr(target, name) != getattr(group, name)
        for name in ("parent_id", "name", "code", "kind", "starts_on", "ends_on")
    )


def _place(row: Row | None) -> str:
    return f"line {row.line}" if row else "a group"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _sorted(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column)))


def _below(parents: Mapping[UUID, UUID | None]) -> dict[UUID | None, list[UUID]]:
    below: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    for one, parent in parents.items():
        below[parent].append(one)
    return dict(below)


def _walk(below: Mapping[UUID | None, Sequence[UUID]]) -> list[UUID]:
    """Return all groups, each after the one it stands below."""
    order: list[UUID] = []
    waiting = list(below.get(None, ()))
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting.extend(reversed(below.get(one, ())))
    return order


def _paths(order: Sequence[UUID], parents: Mapping[UUID, UUID | None]) -> dict[UUID, Path]:
    paths: dict[UUID, Path] = {}
    for one in order:
        parent = parents[one]
        paths[one] = (*(paths[parent] if parent else ()), one)
    return paths


def _new_paths(paths: Mapping[UUID, Path], tree: Sequence[TreeGroup]) -> dict[UUID, Path]:
    before = {group.id: group.parent_id for group in tree}
    present = _paths(_walk(_below(before)), before)
    return {one: path for one, path in paths.items() if present.get(one) != path}
