"""Tabs of a page: those that have something to show, and the one that is open."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tabs:
    """Names, labels and counts of what there is to open, and the name of what is open."""

    all: tuple[tuple[str, str, int], ...]
    open: str


def tabs_of(labels: Mapping[str, str], counts: Mapping[str, int], asked: str) -> Tabs:
    """Open the tab that is asked for, else the first; none where all are empty."""
    found = tuple((name, label, counts[name]) for name, label in labels.items() if counts[name])
    names = [name for name, *_ in found]
    return Tabs(found, asked if asked in names else next(iter(names), ""))
