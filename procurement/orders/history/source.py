"""The bytes of a history file: plain or gzip, in whatever encoding, read as a stream."""

import gzip
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from procurement.core.encoding import EncodingGuess

CHUNK = 1 << 18
_GZIP_MAGIC = b"\x1f\x8b"


class UnreadableSource(ValueError):
    """The file as a whole cannot be read, with a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What one look over all bytes tells: the content's identity and its encoding."""

    digest: str
    """SHA-256 of the content, in hexadecimal; the same whether it came compressed or not."""
    encoding: str
    """The name of a Python codec."""
    size: int
    """Bytes of the content, uncompressed."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a plain or gzip file for reading its content; the bytes tell which, not the name.

    Raises `UnreadableSource` when it cannot be opened, or turns out broken while it is read.
    """
    try:
        with path.open("rb") as raw:
            is_compressed = raw.read(2) == _GZIP_MAGIC
            raw.seek(0)
            if is_compressed:
                with gzip.GzipFile(fileobj=raw) as content:
                    yield content  # type: ignore[misc]  # a GzipFile reads as a binary file does
            else:
                yield raw
    except EOFError as error:
        raise UnreadableSource(
            f"{path.name} ends early: the compressed file is cut off."
        ) from error
    except (OSError, gzip.BadGzipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableSource(f"{path.name} cannot be read: {reason}.") from error


def fingerprint(path: Path, encoding: str | None = None) -> Fingerprint:
    """Look over all bytes once, in constant memory, and tell digest, encoding and size.

    A given encoding is taken as it is. Raises `UnreadableSource` for an empty or broken file, and
    for an encoding that does not exist.
    """
    if encoding is not None:
        encoding = _known_codec(encoding)
    digest = hashlib.sha256()
    guess = EncodingGuess()
    size = 0
    with opened(path) as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if encoding is None:
                guess.feed(chunk)
    if not size:
        raise UnreadableSource(f"{path.name} is empty.")
    return Fingerprint(digest.hexdigest(), encoding or guess.encoding(), size)


@contextmanager
def lines_of(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """Give the physical lines of a file, line ends kept.

    A byte that the encoding cannot read arrives as a lone surrogate, so that its row, and only
    its row, can be rejected.
    """
    with opened(path) as content:
        text = io.TextIOWrapper(content, encoding=encoding, errors="surrogateescape", newline="")
        try:
            yield text
        except UnicodeError as error:  # UTF-16 that stops inside a character
            raise UnreadableSource(f"{path.name} is not {encoding}: {error}.") from error
        finally:
            text.detach()


def _known_codec(name: str) -> str:
    try:
        "".encode(name)
    except LookupError as error:
        raise UnreadableSource(f"There is no encoding {name!r}; try utf-8 or cp1252.") from error
    return name
