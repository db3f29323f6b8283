"""Which roles are carried over when a group is merged into another one (pure).

Nobody gains by a merge what they had nowhere: a role that was to end still ends on its day, and
where somebody holds the same role on both groups, the more generous limit counts while it holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Term:
    """One person's role on one group: from when to when (None for good), and up to how much.

    ``limit`` is the grant's own; None stands for none. ``grant_id`` names the grant.
    """

    grant_id: UUID
    starts_at: datetime
    ends_at: datetime | None
    limit: Decimal | None

    def covers(self, other: "Term") -> bool:
        """Tell whether the other gives nothing that this one does not give."""
        lasts = self.ends_at is None or (
            other.ends_at is not None and other.ends_at <= self.ends_at
        )
        return lasts and self.starts_at <= other.starts_at and self.is_as_generous(other)

    def is_as_generous(self, other: "Term") -> bool:
        """Tell whether orders may come to as much by this one as by the other."""
        return self.limit is None or (other.limit is not None and other.limit <= self.limit)


@dataclass(frozen=True, slots=True)
class Succession:
    """What becomes of one person's role: terms to be granted anew, and those that give way.

    ``replaced`` pairs a term that is there with the one that takes its place when that starts.
    """

    fresh: tuple[Term, ...]
    replaced: tuple[tuple[Term, Term], ...]


def succeed(there: Sequence[Term], coming: Iterable[Term]) -> Succession:
    """Return how terms of a merged group join those of the same person and role on the other.

    On each side no more than one has no end, and the result has no more than one either.
    """
    standing = list(there)
    fresh: list[Term] = []
    replaced: list[tuple[Term, Term]] = []
    for term in sorted(coming, key=lambda term: (term.ends_at is not None, term.starts_at)):
        if any(other.covers(term) for other in standing):
            continue
        rival = next((other for other in standing if other.ends_at is None), None)
        taken = term
        if term.ends_at is None and rival is not None:
            if rival.starts_at > term.starts_at and not term.is_as_generous(rival):
                taken = replace(term, ends_at=rival.starts_at)
            else:
                replaced.append((rival, term))
                standing.remove(rival)
                standing.append(replace(rival, ends_at=max(rival.starts_at, term.starts_at)))
        standing.append(taken)
        fresh.append(taken)
    return Succession(tuple(fresh), tuple(replaced))
