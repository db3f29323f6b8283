"""How long decisions take: the middle of many, and what nine of ten stay within (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

# Fewer say nothing about the next one.
FEWEST = 5
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long ``count`` requests took: ``median``, and ``ninetieth``, which 90 % do not exceed."""

    count: int
    median: timedelta
    ninetieth: timedelta

    @property
    def sentence(self) -> str:
        """Say it: ``Usually decided within 6 hours, nine of ten within 2 days.``."""
        return (
            f"Usually decided within {duration_words(self.median)}, nine of ten within "
            f"{duration_words(self.ninetieth)}."
        )


def spread_of(durations: Iterable[timedelta]) -> Spread | None:
    """Return the spread of durations, None where there are none.

    The median of an even number is the mean of the two in the middle. The 90th percentile is the
    nearest rank: the smallest duration that at least 90 % of all do not exceed.
    """
    ordered = sorted(durations)
    if not ordered:
        return None
    middle = timedelta(seconds=median(one.total_seconds() for one in ordered))
    rank = -(-len(ordered) * 9 // 10)
    return Spread(len(ordered), middle, ordered[rank - 1])


def duration_words(duration: timedelta) -> str:
    """Return a duration as a bound that people read: ``an hour``, ``6 hours``, ``2 days``.

    Rounded up, since it says "within": whole hours up to two days, whole days beyond.
    """
    if duration <= _HOUR:
        return "an hour"
    if duration <= 2 * _DAY:
        return f"{-(-duration // _HOUR)} hours"
    return f"{-(-duration // _DAY)} days"
