"""Text as people type it, taken apart into what a page shows: paragraphs, lists, links (pure).

No mark-up goes through: whatever is not recognised stays text, which templates escape.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from accounts.training import is_safe_address

_BULLET = re.compile(r"^\s*[-*•]\s+(.*)$")
_NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+(.*)$")
_HEADING = re.compile(r"^#{1,3}\s+(.*)$")
_SPAN = re.compile(
    r"\[(?P<label>[^\[\]]{1,200})\]\((?P<to>https://[^\s()<>]{1,1000})\)"
    r"|(?P<bare>https://[^\s<>\"')\]]{1,1000}[^\s<>\"')\].,;:!?])"
    r"|\*\*(?P<strong>[^*]{1,500})\*\*"
)


class BlockKind(StrEnum):
    """How a block of text is set."""

    HEADING = "HEADING"
    PARAGRAPH = "PARAGRAPH"
    BULLETS = "BULLETS"
    STEPS = "STEPS"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line: plain, strong, or a link to ``url``."""

    text: str
    url: str = ""
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph (one line each) or a list (one line an item)."""

    kind: BlockKind
    lines: tuple[tuple[Span, ...], ...]


def blocks_of(text: str) -> list[Block]:
    """Take a text apart. Empty lines end a block; ``-`` and ``1.`` begin items, ``#`` a heading."""
    found: list[tuple[BlockKind, list[str]]] = []
    is_open = False
    for line in text.splitlines():
        kind, words = _kind_of(line)
        if not words:
            is_open = False
            continue
        goes_on = is_open and found[-1][0] is kind and kind is not BlockKind.HEADING
        if goes_on:
            found[-1][1].append(words)
        else:
            found.append((kind, [words]))
        is_open = True
    return [Block(kind, tuple(tuple(_spans(line)) for line in lines)) for kind, lines in found]


def _kind_of(line: str) -> tuple[BlockKind, str]:
    for pattern, kind in (
        (_HEADING, BlockKind.HEADING),
        (_BULLET, BlockKind.BULLETS),
        (_NUMBER, BlockKind.STEPS),
    ):
        found = pattern.match(line)
        if found is not None:
            return kind, found[1].strip()
    return BlockKind.PARAGRAPH, line.strip()


def _spans(line: str) -> Iterator[Span]:
    end = 0
    for found in _SPAN.finditer(line):
        url = found["to"] or found["bare"] or ""
        if url and not is_safe_address(url):
            continue
        if found.start() > end:
            yield Span(line[end : found.start()])
        yield Span(found["label"] or found["strong"] or url, url, bool(found["strong"]))
        end = found.end()
    if end < len(line):
        yield Span(line[end:])
