"""CSV files as finance reads them: exact figures, a row of totals, nothing that a program executes.

Pure. Written as UTF-8 with a byte-order mark and CRLF line ends (RFC 4180): Excel, LibreOffice and
Google Sheets then read names in every script without asking, and Python reads it as ``utf-8-sig``.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK_ROWS = 500
# A cell that starts so is taken for a formula; a quotation mark in front makes it text again.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Text that looks as if it had such a mark gets one more, so that `text_of` finds the exact text.
_MARKED = tuple(f"'{start}" for start in (*_FORMULA_STARTS, "'"))

Cell = str | int | Decimal | date | datetime | UUID | None


class _Echo:
    """Hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def cell(value: Cell) -> str:
    """Write one value as a cell: figures plain and exact, text such that no program executes it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if text.startswith((*_FORMULA_STARTS, *_MARKED)) else text
    return str(value)


def text_of(written: str) -> str:
    """Return the text that `cell` wrote as a cell."""
    return written[1:] if written.startswith(_MARKED) else written


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield a CSV file in pieces of some hundred rows; memory stays flat however long it is."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    lines = [str(writer.writerow([cell(name) for name in head]))]
    yield BYTE_ORDER_MARK
    for row in rows:
        lines.append(str(writer.writerow([cell(value) for value in row])))
        if len(lines) >= _CHUNK_ROWS:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()
