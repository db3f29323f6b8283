"""How findings name groups and people, and whether a stage can be passed at all (pure)."""

from collections.abc import Sequence
from uuid import UUID

from approvals.checking.staffing import Place
from approvals.routing import Mode, StageSpec
from approvals.routing.words import enumerated

_NAMED = 3

# Who could answer each seat of a stage on some group; None where that differs from order to order.
Able = tuple[frozenset[UUID] | None, ...]


def is_passable(stage: StageSpec, able: Sequence[frozenset[UUID] | None]) -> bool:
    """Tell whether a stage can be passed by those who could answer its seats."""
    filled = [who is None or bool(who) for who in able]
    match stage.mode:
        case Mode.ALL:
            return all(filled)
        case Mode.ANY:
            return any(filled)
        case Mode.AT_LEAST:
            return sum(filled) >= stage.at_least and different_people(able) >= stage.at_least


def different_people(able: Sequence[frozenset[UUID] | None]) -> int:
    """Return how many seats could each be answered by somebody else.

    A seat that follows from the subject counts as somebody of its own. As many people as there are
    seats are always enough for one of them, so that longer lists are cut.
    """
    answering: dict[UUID, int] = {}
    known = [sorted(who)[: len(able)] for who in able if who is not None]

    def is_placed(seat: int, seen: set[UUID]) -> bool:
        for member in known[seat]:
            if member in seen:
                continue
            seen.add(member)
            if member not in answering or is_placed(answering[member], seen):
                answering[member] = seat
                return True
        return False

    placed = sum(is_placed(seat, set()) for seat in range(len(known)))
    return placed + len(able) - len(known)


def _topmost(places: Sequence[Place]) -> list[Place]:
    """Return the groups that stand below none of the others, by name."""
    ids = {place.id for place in places}
    tops = [place for place in places if ids.isdisjoint(place.path[:-1])]
    return sorted(tops, key=lambda place: (len(place.path), place.name.casefold(), str(place.id)))


def group_ids(places: Sequence[Place]) -> tuple[UUID, ...]:
    """Return groups, the topmost first, each once."""
    rest = sorted(places, key=lambda place: (len(place.path), place.name, str(place.id)))
    return tuple(dict.fromkeys(place.id for place in (*_topmost(places), *rest)))


def called(places: Sequence[Place]) -> str:
    """Return the topmost groups by name, and how many more there are."""
    distinct = {place.id: place for place in places}
    tops = _topmost(list(distinct.values()))[:_NAMED]
    more = len(distinct) - len(tops)
    names = [place.name for place in tops]
    if more:
        names.append(f"{more:,} other {'group' if more == 1 else 'groups'}")
    return enumerated(names)


def some(names: Sequence[str]) -> str:
    """Return a few names, and how many more there are."""
    distinct = list(dict.fromkeys(names))
    more = len(names) - min(len(distinct), _NAMED)
    said = distinct[:_NAMED] + ([f"{more:,} more"] if more > 0 else [])
    return enumerated(said)
