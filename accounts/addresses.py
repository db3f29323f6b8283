"""Email addresses as people paste them (pure): out of mail programs, spreadsheets and lists.

Entries are parted by commas, semicolons, tabs, line ends or, between bare addresses, spaces. Each
is an address, or a name with one: ``Anna Smith <anna@example.com>``, ``"Smith, Anna" <…>``,
``Anna Smith anna@example.com``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_LOCAL_LONGEST = 64
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?")
_MAILTO = "mailto:"
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"'})
_NAME_LONGEST = 200
_SHOWN = 80
_TWO = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as entered; ``problem`` is empty, or says why there is no address to mail."""

    raw: str
    email: str
    name: str = ""
    problem: str = ""


def parse(text: str) -> list[Entry]:
    """Return the people of a pasted text in its order; never raises."""
    found: list[Entry] = []
    for line in text.translate(_QUOTES).splitlines():
        found.extend(_line(line))
    return found


def parse_one(text: str) -> Entry:
    """Return the one person of a cell; a cell with several, or none, is a problem."""
    found = parse(" ".join(text.split()))
    if not found:
        return Entry(text, "", problem="The address is missing.")
    if len(found) > 1:
        return Entry(text, "", problem="One address a line: this has several.")
    return found[0]


def why_not(email: str) -> str:
    """Say what is wrong with an address that has been put into lower case, or return ''."""
    local, at, domain = email.rpartition("@")
    shown = email if len(email) <= _SHOWN else f"{email[:_SHOWN]}…"
    if not at:
        return f"“{shown}” is no email address: the @ is missing."
    if not local or not domain:
        return f"“{shown}” is no email address: something is missing beside the @."
    if len(email) > LONGEST or len(local) > _LOCAL_LONGEST:
        return f"“{shown}” is longer than an email address can be."
    if not _LOCAL.fullmatch(local):
        return f"“{shown}” is no email address: look at what stands before the @."
    labels = domain.split(".")
    if len(labels) < _TWO or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return f"“{shown}” is no email address: look at what stands after the @."
    return ""


def _line(line: str) -> Iterator[Entry]:
    """Yield the people of one line; two cells of a spreadsheet may hold a name and an address."""
    cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
    if len(cells) == _TWO:
        bare = ["@" in cell and '"' not in cell and " " not in cell for cell in cells]
        named = [not any(mark in cell for mark in '@<>;"') for cell in cells]
        if bare[1] and named[0]:
            yield _entry(line, cells[1], cells[0])
            return
        if bare[0] and named[1]:
            yield _entry(line, cells[0], cells[1])
            return
    for cell in cells:
        yield from _cell(cell)


def _cell(cell: str) -> Iterator[Entry]:
    """Yield the people of a text without tabs and line ends."""
    before: list[str] = []  # pieces of a name that was written with a comma: Smith, Anna <…>
    for piece, end in _pieces(cell):
        words = piece.strip()
        if not words:
            continue
        if end == "," and "@" not in words and "<" not in words:
            before.append(words)
            continue
        if before and words.endswith(">"):
            words = ", ".join([*before, words])
        else:
            yield from map(_nobody, before)
        before.clear()
        yield from _people(words)
    yield from map(_nobody, before)


def _pieces(cell: str) -> Iterator[tuple[str, str]]:
    """Cut at commas and semicolons outside of quotes, and behind angle brackets.

    Each piece comes with what ended it. A quotation mark without its fellow is an ordinary letter.
    """
    start, quoted = 0, False
    for place, letter in enumerate(cell):
        if letter == '"':
            quoted = not quoted and '"' in cell[place + 1 :]
        elif quoted:
            continue
        elif letter in ",;":
            yield cell[start:place], letter
            start = place + 1
        elif letter == ">":
            yield cell[start : place + 1], letter
            start = place + 1
    # The last piece of a name with a comma stands alone, too: nothing follows it.
    yield cell[start:], ","


def _people(words: str) -> Iterator[Entry]:
    """Yield the people of a piece: ``Name <address>``, or words with addresses among them."""
    name, bracket, rest = words.rpartition("<")
    if bracket and rest.endswith(">"):
        yield _entry(words, rest[:-1], name)
        return
    waiting: list[str] = []
    found: list[Entry] = []
    for word in words.split():
        if "@" in word:
            found.append(_entry(" ".join([*waiting, word]), word, " ".join(waiting)))
            waiting.clear()
        else:
            waiting.append(word)
    if waiting and len(found) == 1 and not found[0].name:
        yield _entry(words, found[0].email, " ".join(waiting))
        return
    yield from found
    if waiting:
        yield _nobody(" ".join(waiting))


def _entry(raw: str, address: str, name: str) -> Entry:
    email = address.strip().strip("'").lower().removeprefix(_MAILTO).strip()
    return Entry(raw.strip(), email, _plain_name(name), why_not(email))


def _nobody(words: str) -> Entry:
    shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
    return Entry(words, "", problem=f"“{shown}” has no email address.")


def _plain_name(name: str) -> str:
    """Return a name without quotes, the given name first: ``"Smith, Anna"`` is Anna Smith."""
    words = " ".join(name.replace('"', " ").split()).strip(" ,;:-'")
    family, comma, given = words.partition(",")
    if comma and "," not in given:
        words = " ".join(f"{given} {family}".split())
    return words[:_NAME_LONGEST]
