"""What the floors above call things by, so that a rule can name a category or a supplier.

Approvals knows neither. The app that keeps them registers its words in its `AppConfig.ready`; the
editor searches them by text, and keeps the label of what was chosen with the policy.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

# What conditions of a rule can name that is not kept on this floor.
CATEGORIES = "categories"
SUPPLIERS = "suppliers"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a rule can name: its stored value, how people call it, and where it belongs.

    ``note`` tells two of the same label apart, such as a category's code; it may be empty.
    """

    value: str
    label: str
    note: str = ""


class Vocabulary(Protocol):
    """The words of one kind of thing, within the active organization."""

    def find(self, words: str, *, limit: int) -> list[Term]:
        """Return up to ``limit`` terms that hold every word, the best first. One SQL query."""

    def labels(self, values: Collection[str]) -> dict[str, str]:
        """Return how people call these values, as far as they exist. One SQL query."""

    def paths(self, values: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return what stands above each value, the widest first, and itself; as far as they exist.

        One SQL query at most; a kind that has no above answers each value with itself.
        """


_vocabularies: dict[str, Vocabulary] = {}


def register(kind: str, vocabulary: Vocabulary) -> None:
    """Answer for a kind of thing from now on."""
    _vocabularies[kind] = vocabulary


def vocabulary_of(kind: str) -> Vocabulary | None:
    """Return the words of a kind, None where no app has registered any."""
    return _vocabularies.get(kind)
