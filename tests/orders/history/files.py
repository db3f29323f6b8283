"""History files for tests: written to disk in any dialect, read back as the command would."""

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from procurement.orders.history.reading import Reading, Reject, Row
from procurement.orders.history.source import fingerprint
from procurement.orders.history.survey import Layout, Options, survey

ROOT = Path(__file__).resolve().parents[3]
HEADER = "Order Number,Posting Date,Department,Cost Centre,Supplier,Description,Amount\n"


@dataclass
class Read:
    """What came out of a file."""

    layout: Layout
    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    blank_lines: int = 0


def write(
    folder: Path, content: str | bytes, *, name: str = "history.csv", encoding: str = "utf-8"
) -> Path:
    path = folder / name
    raw = content.encode(encoding) if isinstance(content, str) else content
    path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
    return path


def read(path: Path, options: Options | None = None) -> Read:
    options = options or Options()
    layout = survey(path, fingerprint(path, options.encoding), options)
    reading = Reading(path, layout)
    found = Read(layout)
    for one in reading:
        if isinstance(one, Row):
            found.rows.append(one)
        else:
            found.rejects.append(one)
    found.blank_lines = reading.blank_lines
    return found


def shared_data(name: str) -> Path:
    """Return a file of the real purchasing data; skip the test where it is not at hand."""
    folder = Path(os.environ.get("PROCUREMENT_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"The real purchasing data is not at hand: no folder {folder}.")
    path = folder / name
    if not path.is_file():
        pytest.skip(f"The real purchasing data is not at hand: no file {path}.")
    return path


@contextmanager
def silent(_phase: str, _total: int) -> Iterator[Callable[[int], object]]:
    """Show no progress."""
    yield lambda _done: None
