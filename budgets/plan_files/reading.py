"""A file of caps as rows, whatever wrote it (pure).

Columns are told by their heads, in any order; what is not known is left unread. What is wrong with
a line is said of that line, and reading goes on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import islice

from accounts.tree_files import Problem, records
from budgets.fiscal import PeriodKind
from budgets.terms import Enforcement
from procurement.core.errors import DomainError
from procurement.core.files import text_of
from procurement.core.headers import plain

MOST_ROWS = 50_000
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[$€£¥])|(?:[A-Z]{3}|[$€£¥])$")
_GROUPED = {",": re.compile(r"\d{1,3}(,\d{3})+"), ".": re.compile(r"\d{1,3}(\.\d{3})+")}


class Column(StrEnum):
    """What a column can hold."""

    GROUP_ID = "group_id"
    GROUP = "group"
    CODE = "code"
    KIND = "kind"
    PERIOD = "period"
    CATEGORY = "category"
    SUPPLIER = "supplier"
    PERSON = "person"
    SEAT = "seat"
    NAME = "name"
    CAP = "cap"
    WARN = "warn_percent"
    BLOCK = "block_percent"
    MARKS = "marks"
    ENFORCEMENT = "enforcement"
    CHILDREN = "children_percent"
    CARRIES = "carries_over"
    CURRENCY = "currency"


# Heads as `plain` leaves them, in the order of preference where a file has several.
SPELLINGS: Mapping[Column, Sequence[str]] = {
    Column.GROUP_ID: ("group id", "group uuid"),
    Column.GROUP: ("group", "group path", "path", "group name", "unit", "department", "abteilung"),
    Column.CODE: (
        "code", "group code", "unit code", "cost centre", "cost center", "department code",
        "kostenstelle",
    ),
    Column.KIND: ("kind", "budget kind", "every", "begins anew"),
    Column.PERIOD: ("period", "period code", "fiscal period", "zeitraum"),
    Column.CATEGORY: ("category", "category code", "unspsc"),
    Column.SUPPLIER: ("supplier", "supplier name", "vendor", "lieferant"),
    Column.PERSON: ("person", "person email", "email", "e mail"),
    Column.SEAT: ("seat", "seat code", "position"),
    Column.NAME: ("name", "budget name"),
    Column.CAP: ("cap", "budget", "amount", "planned cap", "budget amount", "betrag"),
    Column.WARN: ("warn percent", "warn", "warn at"),
    Column.BLOCK: ("block percent", "block", "block at", "stop at"),
    Column.MARKS: ("marks", "further marks"),
    Column.ENFORCEMENT: ("enforcement", "hard or soft"),
    Column.CHILDREN: ("children percent", "children", "children ratio"),
    Column.CARRIES: ("carries over", "carry over"),
    Column.CURRENCY: ("currency", "wahrung"),
}  # fmt: skip

_KINDS = {
    "month": PeriodKind.MONTH,
    "monthly": PeriodKind.MONTH,
    "quarter": PeriodKind.QUARTER,
    "quarterly": PeriodKind.QUARTER,
    "half": PeriodKind.HALF,
    "half year": PeriodKind.HALF,
    "half yearly": PeriodKind.HALF,
    "year": PeriodKind.YEAR,
    "yearly": PeriodKind.YEAR,
    "annual": PeriodKind.YEAR,
}
_ENFORCEMENTS = {"hard": Enforcement.HARD, "soft": Enforcement.SOFT}
_ANSWERS = {
    **dict.fromkeys(("yes", "y", "true", "1", "ja"), True),
    **dict.fromkeys(("no", "n", "false", "0", "nein"), False),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line. ``held`` are the terms that it gives, by the names of `BudgetTerms`."""

    line: int
    group_id: str
    group: str
    code: str
    kind: PeriodKind | None
    period: str
    category: str
    supplier: str
    person: str
    seat: str
    cap: Decimal | None
    held: Mapping[str, object]
    currency: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: its rows, and what is wrong with single cells."""

    rows: tuple[Row, ...]
    columns: frozenset[Column]
    problems: tuple[Problem, ...] = ()


def read(text: str) -> Sheet:
    """Return the rows of a file.

    Raises `DomainError` where it is no table of caps at all: without lines, without groups or caps,
    with more lines than anybody plans, or with a quotation mark that is never closed.
    """
    found = list(islice(records(text), MOST_ROWS + 2))
    if not found:
        raise DomainError("This file is empty. Upload one with a line for each cap.")
    (_, head), *lines = found
    if not lines:
        raise DomainError("This file has heads and no lines: add one for each cap.")
    if len(lines) > MOST_ROWS:
        raise DomainError(f"This file has more than {MOST_ROWS:,} lines. Upload it in parts.")
    reader = _Reader(_columns(head))
    for line, cells in lines:
        reader.take(line, cells)
    return Sheet(tuple(reader.rows), frozenset(reader.places), tuple(reader.problems))


def amount_of(written: str) -> Decimal | None:
    """Return an amount as people write it, or None where that is unclear.

    ``1,234.50``, ``1.234,50``, ``1 234,5`` and ``1,234`` are read; ``1.234`` is not, since it may
    be meant as one or as a thousand.
    """
    text = _CURRENCY.sub("", _SPACES.sub("", written.strip()))
    text = _CURRENCY.sub("", text)
    sign, text = ("-", text[1:]) if text[:1] in ("-", "\N{MINUS SIGN}") else ("", text)
    decimal = _decimal_sign(text)
    if decimal is None:
        return None
    whole, _, cents = text.rpartition(decimal) if decimal in text else (text, "", "")
    for mark in (",", "."):
        if mark in whole:
            if mark == decimal or not _GROUPED[mark].fullmatch(whole):
                return None
            whole = whole.replace(mark, "")
    if not whole.isascii() or not whole.isdigit() or not (cents == "" or cents.isdigit()):
        return None
    try:
        return Decimal(f"{sign}{whole}.{cents or '0'}")
    except InvalidOperation:
        return None


def _decimal_sign(text: str) -> str | None:
    """Return what stands before the cents of a figure; None where nobody can tell."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma < 0 and point < 0:
        return "."
    mark, place = (",", comma) if comma >= 0 else (".", point)
    other = "." if mark == "," else ","
    if text.count(mark) > 1:
        return other
    if len(text) - place - 1 != 3:  # noqa: PLR2004 – a group of a thousand
        return mark
    return other if mark == "," else None


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
    said = ", ".join(f"“{cell.strip()}”" for cell in head[:12] if cell.strip())
    if found.keys().isdisjoint({Column.GROUP_ID, Column.GROUP, Column.CODE}):
        raise DomainError(
            f"No column says which groups are meant. The first line has {said}; call one of the "
            "columns “group”, “code” or “group_id”."
        )
    if Column.CAP not in found:
        raise DomainError(
            f"No column has the caps. The first line has {said}; call one of the columns “cap”."
        )
    return found


@dataclass(slots=True)
class _Reader:
    """Turns cells into rows, and keeps what it could not read."""

    places: Mapping[Column, int]
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Read one line."""
        given = {
            column: text_of(cells[place]).strip() if place < len(cells) else ""
            for column, place in self.places.items()
        }

        def text(column: Column) -> str:
            return given.get(column, "")

        self.rows.append(
            Row(
                line=line,
                group_id=text(Column.GROUP_ID),
                group=text(Column.GROUP),
                code=text(Column.CODE),
                kind=self._kind(line, text(Column.KIND)),
                period=text(Column.PERIOD),
                category=text(Column.CATEGORY),
                supplier=text(Column.SUPPLIER),
                person=text(Column.PERSON),
                seat=text(Column.SEAT),
                cap=self._cap(line, text(Column.CAP)),
                held=self._held(line, given),
                currency=text(Column.CURRENCY),
            )
        )

    def _held(self, line: int, given: Mapping[Column, str]) -> dict[str, object]:
        """Return the terms that a line gives; an empty cell takes off what may be missing."""
        held: dict[str, object] = {}
        if Column.NAME in given:
            held["name"] = " ".join(given[Column.NAME].split())
        if Column.MARKS in given:
            marks = [one for one in re.split(r"[\s,;/%]+", given[Column.MARKS]) if one]
            held["marks"] = tuple(
                sorted({found for one in marks if (found := self._whole(line, Column.MARKS, one))})
            )
        if Column.CHILDREN in given:
            held["children_percent"] = self._whole(line, Column.CHILDREN, given[Column.CHILDREN])
        for column in (Column.WARN, Column.BLOCK):
            if (found := self._whole(line, column, given.get(column, ""))) is not None:
                held[column.value] = found
        if written := given.get(Column.ENFORCEMENT):
            known = _ENFORCEMENTS.get(plain(written))
            if known is None:
                self._say(line, Column.ENFORCEMENT, f"“{written}” is neither hard nor soft.")
            else:
                held["enforcement"] = known
        if written := given.get(Column.CARRIES):
            answer = _ANSWERS.get(plain(written))
            if answer is None:
                self._say(line, Column.CARRIES, f"“{written}” is neither yes nor no.")
            else:
                held["carries_over"] = answer
        return held

    def _cap(self, line: int, written: str) -> Decimal | None:
        if not written:
            self._say(line, Column.CAP, "There is no cap. Write 0 for one of nothing.")
            return None
        found = amount_of(written)
        if found is None:
            said = f"“{written}” is not read as an amount. Write it as 1234.50."
            self._say(line, Column.CAP, said)
        return found

    def _kind(self, line: int, written: str) -> PeriodKind | None:
        words = plain(written)
        if words and words not in _KINDS:
            said = f"“{written}” is no kind of budget. Write month, quarter, half or year."
            self._say(line, Column.KIND, said)
        return _KINDS.get(words)

    def _whole(self, line: int, column: Column, written: str) -> int | None:
        text = written.rstrip("% ").strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 4):  # noqa: PLR2004 – up to 1000
            self._say(line, column, f"“{written}” is not a whole percentage.")
            return None
        return int(text)

    def _say(self, line: int, column: Column, sentence: str) -> None:
        self.problems.append(Problem(line, column.value, sentence))
