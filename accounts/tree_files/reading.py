"""A file of groups as rows, whatever wrote it (pure).

Columns are told by their heads, in any order; what is not known is left unread. What is wrong with
a line is said of that line, and reading goes on.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from uuid import UUID

from accounts.tree_files.writing import ARCHIVED, OPEN
from procurement.core.encoding import EncodingGuess
from procurement.core.errors import DomainError
from procurement.core.files import text_of
from procurement.core.headers import plain

MOST_ROWS = 50_000
LONGEST_NAME, LONGEST_CODE = 200, 120
_SEPARATORS = (",", ";", "\t", "|")
# What stands between the names of a way, the surest first: names themselves have slashes.
STEPS = ("›", ">", "\\", " / ", "/")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class Column(StrEnum):
    """What a column can hold."""

    ID = "id"
    PARENT = "parent"
    PATH = "path"
    NAME = "name"
    CODE = "code"
    KIND = "kind"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    STATE = "state"


# Heads as `plain` leaves them, in the order of preference where a file has several.
SPELLINGS: Mapping[Column, Sequence[str]] = {
    Column.ID: (
        "id", "group id", "unit id", "org unit id", "node id", "department id", "dept id", "uuid",
        "key", "unit key",
    ),
    Column.PARENT: (
        "parent id", "parent group id", "parent unit id", "parent org unit id", "parent uuid",
        "parent key", "parent code", "parent cost centre", "parent cost center",
        "parent department id", "parent department", "parent unit", "parent group", "parent name",
        "parent org unit", "parent", "belongs to", "reports to", "below", "ubergeordnet",
        "ubergeordnete einheit",
    ),
    Column.PATH: ("path", "full path", "group path", "way", "hierarchy", "hierarchy path", "pfad"),
    Column.NAME: (
        "name", "group name", "unit name", "org unit name", "department name", "dept name", "title",
        "group", "unit", "org unit", "organisation unit", "organization unit", "department",
        "bezeichnung",
    ),
    Column.CODE: (
        "code", "group code", "unit code", "org unit code", "cost centre code", "cost center code",
        "cost centre", "cost center", "cost centre number", "cost center number", "source code",
        "department code", "dept code", "number", "kostenstelle",
    ),
    Column.KIND: ("kind", "group kind", "type", "group type", "unit type", "org unit type", "art"),
    Column.STARTS_ON: (
        "starts on", "start date", "starts", "start", "first day", "valid from", "from",
        "gultig ab", "gultig von",
    ),
    Column.ENDS_ON: (
        "ends on", "end date", "ends", "end", "last day", "valid to", "valid until", "until", "to",
        "gultig bis",
    ),
    Column.STATE: ("state", "status"),
}  # fmt: skip

ROOT = "ROOT"
KINDS: Mapping[str, str] = {
    "root": ROOT,
    "company": ROOT,
    "subsidiary": "SUBSIDIARY",
    "site": "SITE",
    "location": "SITE",
    "department": "DEPARTMENT",
    "dept": "DEPARTMENT",
    "cost centre": "COST_CENTRE",
    "cost center": "COST_CENTRE",
    "team": "TEAM",
    "project": "PROJECT",
}
_STATES = {"": True, OPEN: True, "active": True, ARCHIVED: False, "closed": False}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to say of a line: what is wrong with it, or what is made of it."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``key`` is what the file calls the group by, ``way`` the names down to it.

    Name and code are as they were written. Where there is no such column, ``code`` and ``kind``
    are None; so is a kind whose cell is empty.
    """

    line: int
    key: str = ""
    parent: str = ""
    way: tuple[str, ...] = ()
    name: str = ""
    code: str | None = None
    kind: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: its rows, which columns it has, and what is wrong with single cells."""

    rows: tuple[Row, ...]
    columns: frozenset[Column]
    problems: tuple[Problem, ...] = ()

    @property
    def has_places(self) -> bool:
        """Tell whether the file says where its groups stand."""
        return not self.columns.isdisjoint({Column.PARENT, Column.PATH})


def decoded(content: bytes) -> str:
    """Return the text of a file, whatever its encoding; without what no database keeps."""
    guess = EncodingGuess()
    guess.feed(content)
    text = content.decode(guess.encoding(), errors="replace")
    return text.removeprefix("\ufeff").replace("\x00", "")


def read(text: str) -> Sheet:
    """Return the rows of a file.

    Raises `DomainError` where it is no table of groups at all: without lines, without names, with
    more lines than any organization has groups, or with a quotation mark that is never closed.
    """
    found = list(islice(records(text), MOST_ROWS + 2))
    if not found:
        raise DomainError("This file is empty. Upload one with a line for each group.")
    (_, head), *lines = found
    if not lines:
        raise DomainError("This file has heads and no lines: add one for each group.")
    if len(lines) > MOST_ROWS:
        raise DomainError(f"This file has more than {MOST_ROWS:,} lines. Upload it in parts.")
    places = _columns(head)
    reader = _Reader(places, _step(places, lines))
    for line, cells in lines:
        reader.take(line, cells)
    return Sheet(tuple(reader.rows), frozenset(places), tuple(reader.problems))


def uuid_of(text: str) -> UUID | None:
    """Return a UUID, or None where the text is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def spaced(text: str) -> str:
    """Return text with single spaces between its words and none around them."""
    return " ".join(text.split())


def _reference(written: str) -> str:
    """Return what a cell calls a group by; our ids always in the same spelling."""
    known = uuid_of(written.strip())
    return written.strip() if known is None else str(known)


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that are not blank, each with the number that an editor shows."""
    head = text[: text.find("\n") + 1] or text
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DomainError(
                f"From line {line} on this file cannot be read: a quotation mark is not closed, or "
                "stands in the midst of a cell."
            ) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _columns(head: Sequence[str]) -> dict[Column, int]:
    known = [plain(text_of(cell)) for cell in head]
    found: dict[Column, int] = {}
    for column, spellings in SPELLINGS.items():
        name = next((one for one in spellings if one in known), None)
        if name is None:
            continue
        if known.count(name) > 1:
            raise DomainError(f"Two columns are called “{name}”; keep one of them.")
        found[column] = known.index(name)
    if Column.NAME not in found and Column.PATH not in found:
        said = ", ".join(f"“{cell.strip()}”" for cell in head[:12] if cell.strip())
        raise DomainError(
            f"No column says what the groups are called. The first line has {said}; call one of "
            "the columns “name”."
        )
    return found


def _step(places: Mapping[Column, int], lines: Sequence[tuple[int, list[str]]]) -> str:
    """Return what stands between the names of the ways in a file."""
    place = places.get(Column.PATH)
    if place is None:
        return STEPS[-1]
    ways = [cells[place] for _, cells in lines if place < len(cells)]
    return next((step for step in STEPS if any(step in way for way in ways)), STEPS[-1])


@dataclass(slots=True)
class _Reader:
    """Turns cells into rows, and keeps what it could not read."""

    places: Mapping[Column, int]
    step: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Read one line."""
        given = {
            column: text_of(cells[place]) if place < len(cells) else ""
            for column, place in self.places.items()
        }
        key = _reference(given.get(Column.ID, ""))
        steps = (spaced(name) for name in given.get(Column.PATH, "").split(self.step))
        way = tuple(name for name in steps if name)
        code = given.get(Column.CODE)
        if code is None and key and uuid_of(key) is None:
            # The file's own key is how the group is found again in the next file.
            code = key
        row = Row(
            line=line,
            key=key,
            parent=_reference(given.get(Column.PARENT, "")),
            way=way,
            name=given.get(Column.NAME, way[-1] if way else ""),
            code=code,
            kind=self._kind(line, given.get(Column.KIND, "")),
            starts_on=self._day(line, Column.STARTS_ON, given.get(Column.STARTS_ON, "")),
            ends_on=self._day(line, Column.ENDS_ON, given.get(Column.ENDS_ON, "")),
            is_open=self._state(line, given.get(Column.STATE, "")),
        )
        self._check(row)
        self.rows.append(row)

    def _check(self, row: Row) -> None:
        name, code = spaced(row.name), (row.code or "").strip()
        if not name:
            self._say(row.line, Column.NAME, "The group has no name.")
        if len(name) > LONGEST_NAME:
            said = f"The name has {len(name)} characters; {LONGEST_NAME} are the most."
            self._say(row.line, Column.NAME, said)
        if len(code) > LONGEST_CODE:
            said = f"The code has {len(code)} characters; {LONGEST_CODE} are the most."
            self._say(row.line, Column.CODE, said)

    def _kind(self, line: int, written: str) -> str | None:
        words = plain(written)
        if words and words not in KINDS:
            self._say(
                line,
                Column.KIND,
                f"“{written.strip()}” is no kind of group. Write subsidiary, site, department, "
                "cost centre, team or project.",
            )
        return KINDS.get(words)

    def _day(self, line: int, column: Column, written: str) -> date | None:
        text = written.strip().replace("/", "-")
        if not text:
            return None
        try:
            if german := _GERMAN_DAY.fullmatch(text):
                day, month, year = (int(part) for part in german.groups())
                return date(year, month, day)
            return date.fromisoformat(text)
        except ValueError:
            said = f"“{written.strip()}” is not read as a day. Write it as 2026-07-31."
            self._say(line, column, said)
            return None

    def _state(self, line: int, written: str) -> bool:
        state = _STATES.get(plain(written))
        if state is None:
            said = f"“{written.strip()}” is no state of a group. Write open or archived."
            self._say(line, Column.STATE, said)
        return state is not False

    def _say(self, line: int, column: Column, sentence: str) -> None:
        self.problems.append(Problem(line, column.value, sentence))
