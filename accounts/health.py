"""What is odd about a tree that people have worked in for a while (pure)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

MOST_PEOPLE = 200
MOST_CHILDREN = 100

_YEAR = re.compile(r"\b(?:FY\s?)?((?:19|20)\d{2})\b", re.IGNORECASE)


class FindingKind(StrEnum):
    """What sort of oddity; pages show findings under these heads, in this order."""

    UNSEATED = "UNSEATED"
    ENDED = "ENDED"
    OVERSIZED = "OVERSIZED"
    PLACE_WITHOUT_GROUP = "PLACE_WITHOUT_GROUP"
    NAMED_AFTER_PAST = "NAMED_AFTER_PAST"
    EMPTY = "EMPTY"

    @property
    def head(self) -> str:
        """Return the words that such findings are listed under."""
        return _HEADS[self]


_HEADS = {
    FindingKind.UNSEATED: "Nobody in a seat that is relied on",
    FindingKind.ENDED: "Open beyond their last day",
    FindingKind.OVERSIZED: "Very large",
    FindingKind.PLACE_WITHOUT_GROUP: "Sites without a group",
    FindingKind.NAMED_AFTER_PAST: "Named after something that has ended",
    FindingKind.EMPTY: "Empty",
}


@dataclass(frozen=True, slots=True)
class GroupState:
    """An open group: who is at home there, how many open groups stand below it, who holds roles."""

    id: UUID
    name: str
    people: int
    children: int
    grants: int
    is_root: bool
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One oddity, with what can be done; ``group_id`` is None where no group is there yet."""

    kind: FindingKind
    group_id: UUID | None
    group: str
    sentence: str


def findings(
    groups: Iterable[GroupState], sites: Mapping[str, int], *, today: date
) -> list[Finding]:
    """Return what is odd about open groups, by kind and then by name.

    ``sites`` counts people by where they work, as the directory or an import has it; a site is
    known when a group bears its name.
    """
    states = list(groups)
    names = {_folded(state.name) for state in states}
    found = [
        *(finding for state in states for finding in _of_group(state, today)),
        *(
            Finding(
                FindingKind.PLACE_WITHOUT_GROUP,
                None,
                site,
                f"{_people(people)} at {site}, and no group bears that name. Create one, or "
                "correct where they work.",
            )
            for site, people in sites.items()
            if _folded(site) not in names
        ),
    ]
    order = list(FindingKind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.group.casefold()))


def _of_group(state: GroupState, today: date) -> Iterator[Finding]:
    def say(kind: FindingKind, sentence: str) -> Finding:
        return Finding(kind, state.id, state.name, sentence)

    if not state.is_root and not (state.people or state.children or state.grants):
        yield say(
            FindingKind.EMPTY,
            f"{state.name} has no people, no groups below it and no role on it. Archive it, or "
            "merge it into another.",
        )
    if state.people > MOST_PEOPLE:
        yield say(
            FindingKind.OVERSIZED,
            f"{state.people:,} people are at home in {state.name}. Teams of their own would "
            "bring approvals closer to them.",
        )
    if state.children > MOST_CHILDREN:
        yield say(
            FindingKind.OVERSIZED,
            f"{state.children:,} groups stand right below {state.name}. A level between would "
            "make them easier to find and to govern.",
        )
    if state.ends_on is not None and state.ends_on < today:
        yield say(
            FindingKind.ENDED,
            f"{state.name} ended on {state.ends_on:%b} {state.ends_on.day}, {state.ends_on.year} "
            "and is still open. Archive it, or give it a later last day.",
        )
    else:
        past = [year for year in _YEAR.findall(state.name) if int(year) < today.year]
        if past:
            yield say(
                FindingKind.NAMED_AFTER_PAST,
                f"{state.name} bears a year that has gone ({past[0]}). Archive it if it is over, "
                "or rename it.",
            )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _people(count: int) -> str:
    return "1 person works" if count == 1 else f"{count:,} people work"
