"""Physical lines into records of fields, each with its line number and its raw text.

A quotation mark that is never closed would swallow what follows; it is noticed, its line alone is
given back as broken, and reading goes on at the next line.
"""

import csv
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

LONGEST_RECORD_LINES = 400
_MOST_FIELD_CHARACTERS = 1 << 20

csv.field_size_limit(_MOST_FIELD_CHARACTERS)


class Record(NamedTuple):
    """One record of the file; ``broken`` says why its fields cannot be trusted."""

    line: int
    fields: list[str]
    raw: str
    broken: str = ""


class _Runaway(Exception):
    """A record has gone on for more lines than any honest one."""


class _Lines:
    """Hands lines to the CSV reader and remembers those of the record under way."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD_LINES:
            raise _Runaway
        line = next(self._lines)
        self.taken.append(line)
        return line


def records(lines: Iterator[str], separator: str, *, width: int = 0) -> Iterator[Record]:
    """Split lines into records. Blank lines are records without fields.

    ``width`` is the number of fields that a row should have, where it is known; it tells a field
    with line breaks in it from a quotation mark that was never closed.
    """
    source = _Lines(lines)
    reader = csv.reader(source, delimiter=separator)
    line = 1
    while True:
        source.taken.clear()
        broken = ""
        fields: list[str] = []
        try:
            fields = next(reader)
        except StopIteration:
            if not source.taken:
                return
        except _Runaway:
            broken = "a quotation mark is never closed"
        except csv.Error as error:
            broken = f"not readable as CSV: {error}"
        taken = source.taken
        if len(taken) > 1 and (broken or _swallows(taken, fields, separator, width)):
            broken = "a quotation mark is never closed"
            source = _Lines(chain(taken[1:], _rest(source)))
            reader = csv.reader(source, delimiter=separator)
            taken = taken[:1]
            fields = []
        yield Record(line, fields, "".join(taken), broken)
        line += len(taken)


def _rest(source: _Lines) -> Iterator[str]:
    return source._lines  # noqa: SLF001 – of this module


def _swallows(taken: list[str], fields: list[str], separator: str, width: int) -> bool:
    """Tell whether a record of several lines has eaten rows that stand on their own."""
    is_odd = sum(line.count('"') for line in taken) % 2 == 1
    if width == 0:
        return is_odd
    if is_odd and len(fields) != width:
        return True
    if width <= 2:  # noqa: PLR2004 – too narrow to tell a row from a line of prose
        return False
    # A whole row within: its separators stand before any quotation mark that could close the field.
    return any(line.partition('"')[0].count(separator) >= width - 1 for line in taken[1:])


def is_blank(record: Record) -> bool:
    """Tell whether a record is a line with nothing on it; separators alone are something."""
    fields = record.fields
    return not record.broken and (not fields or (len(fields) == 1 and not fields[0].strip()))
