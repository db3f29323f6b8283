"""Who is to be invited, read from a pasted text or an uploaded file (pure).

A table has a head that names its columns, in any order, with other columns between; anything else
is read as addresses, however they are parted.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.addresses import parse, parse_one
from accounts.invitees import Row
from procurement.core.encoding import EncodingGuess
from procurement.core.errors import DomainError
from procurement.core.headers import plain

MOST = 5_000
MOST_BYTES = 4 << 20
ENTERED = ("Email",)
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 500
_HEADS: Mapping[str, tuple[str, ...]] = {
    "email": (
        "email", "e mail", "mail", "email address", "e mail address", "mail address", "address",
        "work email", "user email", "user", "login", "upn", "adresse", "e mail adresse", "courriel",
        "correo", "correo electronico", "posta elettronica",
    ),
    "name": (
        "name", "full name", "display name", "person", "employee", "employee name", "nom", "nombre",
        "naam", "nome",
    ),
    "given": ("first name", "given name", "forename", "firstname", "vorname", "prenom"),
    "family": ("last name", "family name", "surname", "lastname", "nachname", "nom de famille"),
    "group": (
        "group", "group path", "path", "department", "team", "unit", "cost centre", "cost center",
        "org unit", "abteilung", "kostenstelle", "departement", "departamento", "afdeling",
    ),
    "role": ("role", "rolle", "funcion", "ruolo", "rol"),
    "manager": (
        "manager", "manager email", "manager e mail", "reports to", "supervisor email",
        "line manager", "vorgesetzter", "responsable", "jefe",
    ),
    "position": ("position", "seat", "position code", "sitz", "poste", "puesto"),
}  # fmt: skip
_COLUMN_OF = {head: column for column, heads in _HEADS.items() for head in heads}


@dataclass(frozen=True, slots=True)
class Roster:
    """People to be invited, and the heads of the columns that their raw cells stand in."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_text(text: str) -> Roster:
    """Read what was pasted. Raises `DomainError` where nobody, or too many people, stand in it."""
    text = text.replace("\x00", "").lstrip("\ufeff")
    try:
        table = _table(text)
    except csv.Error as error:
        raise DomainError(
            "This cannot be read as CSV; save the file as “CSV UTF-8” and take that.",
            field="pasted",
        ) from error
    roster = table if table is not None else _addresses(text)
    if not roster.rows:
        raise DomainError("Nobody is named there; enter at least one address.", field="pasted")
    if len(roster.rows) > MOST:
        raise DomainError(
            f"These are {len(roster.rows):,} people, and {MOST:,} is the most at once: "
            "send them in several parts.",
            field="pasted",
        )
    return roster


def read_file(content: bytes) -> Roster:
    """Read a CSV file in any usual encoding. Raises `DomainError` where it cannot be read."""
    if len(content) > MOST_BYTES:
        raise DomainError(
            f"The file is larger than {MOST_BYTES >> 20} MB; upload a CSV file of {MOST:,} lines "
            "at most.",
            field="upload",
        )
    guess = EncodingGuess()
    guess.feed(content)
    try:
        return read_text(content.decode(guess.encoding(), errors="replace"))
    except DomainError as refusal:
        raise DomainError(refusal.message, field="upload") from refusal


def _addresses(text: str) -> Roster:
    rows = tuple(
        Row(
            number=number,
            raw=(entry.raw,),
            email=entry.email,
            name=entry.name,
            problem=entry.problem,
        )
        for number, entry in enumerate(parse(text), start=1)
    )
    return Roster(ENTERED, rows)


def _table(text: str) -> Roster | None:
    """Read a text whose first line names columns, or return None where it does not."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):
        text = rest
        first = rest.partition("\n")[0]
    delimiter, columns = max(
        ((one, _columns(_cells(first, one))) for one in _DELIMITERS),
        key=lambda found: len(found[1]),
    )
    if "@" in first or "email" not in columns:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    head = tuple(cell.strip() for cell in next(reader))
    rows, line = [], reader.line_num
    for cells in reader:
        number, line = line + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            rows.append(_row(number, [cell[:_LONGEST_CELL] for cell in cells], columns))
    return Roster(head, tuple(rows))


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line.strip("\r")], delimiter=delimiter), [])


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """Return the place of each column that is known; of two with one meaning the first counts."""
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        column = _COLUMN_OF.get(plain(head))
        if column is not None:
            found.setdefault(column, place)
    return found


def _row(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Row:
    def cell(column: str) -> str:
        place = columns.get(column, len(cells))
        return " ".join(cells[place].split()) if place < len(cells) else ""

    entry = parse_one(cell("email"))
    name = cell("name") or f"{cell('given')} {cell('family')}".strip() or entry.name
    return Row(
        number=number,
        raw=tuple(cells),
        email=entry.email,
        name=name[:200],
        group=cell("group"),
        role=cell("role"),
        manager=cell("manager"),
        position=cell("position"),
        problem=entry.problem,
    )
