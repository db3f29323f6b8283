"""Which group of the tree each row of a file means, and below which it is to stand (pure).

A row is matched by our id first, then by its code, then by its name below its parent. Two groups
with codes of their own are never taken for each other, whatever they are called.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.tree_files.reading import Column, Problem, Row, Sheet, spaced, uuid_of
from accounts.tree_files.writing import TreeGroup


@dataclass(frozen=True, slots=True)
class Matches:
    """Each open row's group, known or new, and the group that it is to stand below.

    Both go by line. ``archived`` are the open groups that a row says are archived. A row with a
    problem may have no place.
    """

    groups: Mapping[int, UUID]
    parents: Mapping[int, UUID | None]
    archived: Mapping[UUID, int]
    notes: Sequence[Problem]
    problems: Sequence[Problem]


def coded_name(name: str, code: str) -> str:
    """Return what a group is called whose name another one beside it has already."""
    return f"{name} ({code})"


def match(tree: Sequence[TreeGroup], sheet: Sheet, *, new_id: Callable[[], UUID]) -> Matches:
    """Find the groups that rows mean; new ones are given ids."""
    matcher = _Matcher(tree, sheet, new_id)
    matcher.match_archived()
    matcher.match_known()
    matcher.place_top()
    for row in matcher.rows:
        matcher.settle(row)
    return Matches(
        matcher.groups, matcher.parents, matcher.archived, matcher.notes, matcher.problems
    )


def _unique(groups: Iterable[TreeGroup], by: Callable[[TreeGroup], str]) -> dict[str, TreeGroup]:
    """Return the groups whose code or name no other one has."""
    found: defaultdict[str, list[TreeGroup]] = defaultdict(list)
    for group in groups:
        found[by(group)].append(group)
    return {text: few[0] for text, few in found.items() if text and len(few) == 1}


def _rows_by(rows: Iterable[Row], by: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if text := by(row):
            found[text].append(row)
    return dict(found)


def _code(row: Row) -> str:
    return spaced(row.code or "")


class _Matcher:
    """One file against one tree."""

    def __init__(self, tree: Sequence[TreeGroup], sheet: Sheet, new_id: Callable[[], UUID]) -> None:
        self.new_id = new_id
        self.has_places = sheet.has_places
        self.by_path = Column.PARENT not in sheet.columns and Column.PATH in sheet.columns
        self.rows = [row for row in sheet.rows if row.is_open]
        self.closed_rows = [row for row in sheet.rows if not row.is_open]
        self.tree = {group.id: group for group in tree}
        self.root = next(group for group in tree if group.parent_id is None)
        active = [group for group in tree if group.is_active]
        self.tree_codes = _unique(active, lambda group: spaced(group.code))
        self.tree_names = _unique(active, lambda group: group.name)
        self.below = {(group.parent_id, group.name): group for group in active}
        self.keys = _rows_by(sheet.rows, lambda row: row.key)
        self.codes = _rows_by(self.rows, _code)
        self.names = _rows_by(self.rows, lambda row: spaced(row.name))
        self.called = {row.parent for row in self.rows}
        self.ways: dict[tuple[str, ...], Row] = {}
        self.top_name = self._top_name()
        self.groups: dict[int, UUID] = {}
        self.parents: dict[int, UUID | None] = {}
        self.claimed: dict[UUID, int] = {}
        self.archived: dict[UUID, int] = {}
        self.notes: list[Problem] = []
        self.problems: list[Problem] = []

    def say(self, row: Row, column: Column, sentence: str) -> None:
        self.problems.append(Problem(row.line, column.value, sentence))

    def match_archived(self) -> None:
        """Find the groups of rows that say so: an open one is to be archived."""
        for row in self.closed_rows:
            group = self._known(row)
            if group is None:
                said = f"“{spaced(row.name)}” is archived in the file and is not made anew."
                self.notes.append(Problem(row.line, Column.STATE.value, said))
            elif group.id == self.root.id:
                self.say(row, Column.STATE, "The whole organization cannot be archived here.")
            elif group.is_active:
                self.archived[group.id] = row.line

    def match_known(self) -> None:
        """Claim the groups that rows name by id, and then those that rows name by code."""
        for row in self.rows:
            group = self._by_id(row)
            if group is not None and not group.is_active:
                self.say(row, Column.ID, f"{group.name} is archived; restore it on its page first.")
                # Not made anew beside the one that it means.
                self.groups[row.line] = group.id
            elif group is not None:
                self.claim(row, group)
        for row in self.rows:
            if row.line not in self.groups:
                group = self.tree_codes.get(_code(row))
                if group is not None and group.id not in self.claimed:
                    self.claim(row, group)
        self._refuse_doubles()

    def claim(self, row: Row, group: TreeGroup) -> None:
        """Have a row mean a group."""
        if group.id in self.archived:
            other = self.archived[group.id]
            self.say(row, Column.STATE, f"Line {other} says that {group.name} is archived.")
        self.groups[row.line] = group.id
        self.claimed.setdefault(group.id, row.line)

    def place_top(self) -> None:
        """Find the row of the organization itself: the only one that stands below nothing."""
        if self.by_path:
            self._read_ways()
        tops = [row for row in self.rows if self._is_top(row)]
        root = self.root
        if root.id not in self.claimed and (top := self._top(tops)) is not None:
            self.claim(top, root)
        first = self.claimed.get(root.id)
        beside = f", and neither has line {first}" if first else ""
        for row in tops:
            if self.groups.get(row.line) == root.id:
                self.parents[row.line] = None
                continue
            self.say(
                row,
                Column.PARENT,
                f"This line has no parent{beside}. Only the organization itself stands below "
                "nothing: name the group that this one belongs to.",
            )
            self.parents[row.line] = root.id
            self.groups.setdefault(row.line, self.new_id())

    def _top(self, tops: Sequence[Row]) -> Row | None:
        """Return the row that is the organization: it is called so, or the others stand below."""
        free = [row for row in tops if row.line not in self.groups]
        named = (row for row in free if spaced(row.name) == self.root.name)
        leading = (row for row in free if self._leads(row))
        return next(named, None) or next(leading, None)

    def _leads(self, top: Row) -> bool:
        if self.by_path:
            return len(self.rows) > 1
        calls = {top.key, _code(top), spaced(top.name)} - {""}
        return not calls.isdisjoint(self.called)

    def settle(self, row: Row) -> None:
        """Find a row's parent and group; the rows above it come first."""
        waiting = [row]
        on_the_way: dict[int, Row] = {}
        while waiting:
            current = waiting[-1]
            if current.line in self.parents:
                waiting.pop()
                continue
            above = self._above(current)
            if isinstance(above, Row) and above.line not in self.parents:
                on_the_way[current.line] = current
                if above.line not in on_the_way:
                    waiting.append(above)
                    continue
                self.say(
                    current,
                    Column.PARENT,
                    f"{spaced(current.name)} would stand below itself: line {above.line} leads "
                    "back to it.",
                )
                above = self.root
            waiting.pop()
            self._settle(current, above)

    def _settle(self, row: Row, above: Row | TreeGroup | None) -> None:
        parent: UUID | None = None
        if above is not None:
            parent = self.groups[above.line] if isinstance(above, Row) else above.id
        if row.line not in self.groups and parent is not None:
            group = self._by_name(row, parent)
            if group is not None:
                self.claim(row, group)
        self.groups.setdefault(row.line, self.new_id())
        if self.groups[row.line] == self.root.id:
            if parent is not None and self.has_places:
                said = "This is the organization itself; it stands below nothing."
                self.say(row, Column.PARENT, said)
            parent = None
        self.parents[row.line] = parent

    def _by_id(self, row: Row) -> TreeGroup | None:
        known = uuid_of(row.key) if row.key else None
        return self.tree.get(known) if known else None

    def _known(self, row: Row) -> TreeGroup | None:
        return self._by_id(row) or self.tree_codes.get(_code(row))

    def _by_name(self, row: Row, parent: UUID) -> TreeGroup | None:
        """Return the open group below a parent that a row means by its name, if there is one."""
        code, name = _code(row), row.way[-1] if row.way else spaced(row.name)
        for called in (coded_name(name, code) if code else name, row.name, name):
            group = self.below.get((parent, called))
            if group is None or group.id in self.claimed or group.id == self.root.id:
                continue
            if not code or spaced(group.code) in ("", code):
                return group
        return None

    def _refuse_doubles(self) -> None:
        for column, found in ((Column.ID, self.keys), (Column.CODE, self.codes)):
            for text, rows in found.items():
                first, *others = rows
                for row in others:
                    # Groups that have one code in the tree already are told apart by their ids;
                    # a key that stands for the code has been spoken of.
                    is_known = self._by_id(row) and self._by_id(first)
                    if column is Column.CODE and (is_known or row.key == text):
                        continue
                    self.say(row, column, f"Line {first.line} has “{text}”, too.")

    def _is_top(self, row: Row) -> bool:
        if not self.has_places:
            return False
        return not self._relative(row) if self.by_path else not row.parent

    def _read_ways(self) -> None:
        for row in self.rows:
            way = self._relative(row)
            if way in self.ways:
                self.say(row, Column.PATH, f"Line {self.ways[way].line} has this path, too.")
            self.ways.setdefault(way, row)

    def _relative(self, row: Row) -> tuple[str, ...]:
        """Return the way to a row from the top, which need not be named."""
        return row.way[1:] if row.way[:1] == (self.top_name,) else row.way

    def _top_name(self) -> str:
        """Return what the ways of the file call the organization, if all of them start there."""
        firsts = {row.way[0] for row in self.rows if row.way}
        if len(firsts) != 1 or len(self.rows) == 1:
            return self.root.name
        (first,) = firsts
        is_top = (self.root.id, first) not in self.below
        return first if is_top else self.root.name

    def _above(self, row: Row) -> Row | TreeGroup | None:
        """Return what a row is to stand below; what is not to be found is a problem of its line."""
        if not self.has_places:
            known = self.groups.get(row.line)
            group = self.tree.get(known) if known else None
            if group is None:
                said = "This group is new: the file needs a column with the parent of each."
                self.say(row, Column.PARENT, said)
                return self.root
            return self.tree[group.parent_id] if group.parent_id else None
        if self.by_path:
            return self._above_by_way(row)
        found = self._named(row, row.parent)
        if isinstance(found, str):
            self.say(row, Column.PARENT, found)
            return self.root
        return found

    def _above_by_way(self, row: Row) -> Row | TreeGroup:
        way = self._relative(row)[:-1]
        if way in self.ways:
            return self.ways[way]
        group: TreeGroup | None = self.root
        for name in way:
            group = self.below.get((group.id, name)) if group else None
        if group is None:
            said = f"There is no group “{' / '.join(way)}”; give it a line of its own."
            self.say(row, Column.PATH, said)
        return group or self.root

    def _named(self, row: Row, text: str) -> Row | TreeGroup | str:
        """Return what a cell calls a group by: a key, an id, a code or a name; else a sentence."""
        for rows in (self.keys.get(text, ()), self.codes.get(spaced(text), ())):
            if rows:
                found = rows[0]
                said = f"Line {found.line}, which it is to stand below, is archived."
                return found if found.is_open else said
        known = uuid_of(text)
        group = (self.tree.get(known) if known else None) or self.tree_codes.get(spaced(text))
        if group is not None:
            said = f"{group.name}, which it is to stand below, is archived; restore it first."
            return group if group.is_active else said
        named = self.names.get(spaced(text), [])
        if len(named) > 1:
            return f"{len(named)} lines are called “{text}”; name the parent by its code."
        if named and named[0].line != row.line:
            return named[0]
        return self.tree_names.get(text) or (
            f"There is no group “{text}”, in the file or among the groups."
        )
