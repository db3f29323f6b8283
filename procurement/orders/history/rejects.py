"""The rows that could not be read, written down for somebody to correct and send again."""

import csv
import re
from collections import Counter
from io import TextIOBase
from pathlib import Path
from typing import Self

from procurement.orders.history.reading import Reject
from procurement.orders.history.source import UnreadableSource

HEAD = ("line", "reason", "raw")
_QUOTED = re.compile(r"^(['\"]).*\1 ", re.DOTALL)


class RejectsFile:
    """Counts rejects and writes them to a CSV file, which is made with the first of them.

    Without a path it counts only. Use it as a context manager.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._stream: TextIOBase | None = None
        self.reasons: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """Return how many rows were rejected."""
        return sum(self.reasons.values())

    @property
    def written_to(self) -> str:
        """Return the file that was written, or '' where nothing was."""
        return str(self._path) if self._stream is not None else ""

    def add(self, reject: Reject) -> None:
        """Count and write one reject. Raises `UnreadableSource` when the file cannot be written."""
        self.reasons[_QUOTED.sub("", reject.reason)] += 1
        if self._path is None:
            return
        if self._stream is None:
            self._stream = self._opened(self._path)
            csv.writer(self._stream).writerow(HEAD)
        csv.writer(self._stream).writerow(reject)

    def _opened(self, path: Path) -> TextIOBase:
        try:
            # Bytes that no encoding could read are written as escapes, so that the file is UTF-8.
            return path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise UnreadableSource(
                f"The rejects cannot be written to {path}: {error.strerror}. "
                "Name another place with --rejects."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._stream is not None:
            self._stream.close()
