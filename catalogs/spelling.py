"""Which spellings of a supplier's name are one (pure): the keys that decide it."""

import re
from collections.abc import Iterable

from catalogs.naming import fold

LONGEST_SPELLING = 300
# No folded name contains it: it marks the key of a supplier that was split off by hand, and of a
# name that folds to nothing.
_EXACTLY = "="
_NUMBERS = re.compile(r"[\W\d_]+$")
_MARKED_NUMBER = re.compile(r"\s*#\s*\d+$")


def stored(spelling: str) -> str:
    """Return a spelling as it is stored and compared."""
    return spelling.strip()[:LONGEST_SPELLING]


def key_of(spelling: str) -> str:
    """Return the key that a spelling folds to; one that folds to nothing stands for itself."""
    return fold(spelling)[:LONGEST_SPELLING] or own_key_of(spelling)


def own_key_of(spelling: str) -> str:
    """Return the key of a supplier that answers to this very spelling alone."""
    return f"{_EXACTLY}{stored(spelling)}"


def name_for(spellings: Iterable[str]) -> str:
    """Return the name to show for spellings of one supplier: the shortest, without its branch.

    A number at the end of a single spelling may be part of the name, unless a # marks it.
    """
    by_length = sorted((stored(one) for one in spellings), key=lambda one: (len(one), one))
    ending = _NUMBERS if len(by_length) > 1 else _MARKED_NUMBER
    return ending.sub("", by_length[0]) or by_length[0]
