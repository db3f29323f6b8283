"""Seats that something relies on and nobody fills, before an order gets stuck on one (pure).

A seat is answered on a group by whoever holds it there or is its deputy, and failing that by the
nearest group above. It is vacant where nobody with access does on the whole way up to the root.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from accounts.effects import SeatDemand


@dataclass(frozen=True, slots=True)
class Place:
    """A group in the tree; ``people`` are at home there. Only open groups are reported on."""

    id: UUID
    parent_id: UUID | None
    is_open: bool
    people: int = 0


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody in a seat of a group, as holder or as deputy, with or without access."""

    position_code: str
    group_id: UUID
    membership_id: UUID
    is_deputy: bool = False
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Branch:
    """Where something is amiss: the topmost group, and how much stands at and below it."""

    position_code: str
    group_id: UUID
    because: tuple[str, ...]
    groups: int
    people: int


@dataclass(frozen=True, slots=True)
class Vacancy(Branch):
    """A seat that nobody answers; ``absent`` hold it somewhere on the way, and have no access."""

    absent: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class LoneSeat(Branch):
    """A seat with one person to answer it and nobody to stand in: for their own orders, nobody."""

    membership_id: UUID


@dataclass(frozen=True, slots=True)
class SeatReport:
    """What is amiss with the seats that something relies on."""

    vacancies: tuple[Vacancy, ...]
    lone: tuple[LoneSeat, ...]


@dataclass(slots=True)
class _Found:
    """A branch while the walk is in it."""

    group_id: UUID
    because: dict[str, None]
    groups: int = 0
    people: int = 0
    absent: dict[UUID, None] = field(default_factory=dict)

    def count(self, place: Place, state: "_State") -> None:
        self.because.update(dict.fromkeys(one.because for one in state.demands))
        self.absent.update(state.absent)
        self.groups += 1
        self.people += place.people


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one seat on the way down to a group."""

    demands: Mapping[SeatDemand, None] = field(default_factory=dict)
    able: frozenset[UUID] = frozenset()
    absent: Mapping[UUID, None] = field(default_factory=dict)
    vacancy: _Found | None = None
    lone: _Found | None = None

    def entering(self, group: UUID) -> "_State":
        if not any(group in one.ends_on for one in self.demands):
            return self
        kept = {one: None for one in self.demands if group not in one.ends_on}
        return replace(self, demands=kept)

    def demanded(self, demands: Iterable[SeatDemand]) -> "_State":
        return replace(self, demands={**self.demands, **dict.fromkeys(demands)})

    def seated(self, here: Sequence[Sitting]) -> "_State":
        able = self.able | {one.membership_id for one in here if one.is_active}
        absent = {one.membership_id: None for one in here if not one.is_active}
        return replace(
            self,
            able=able,
            absent={**self.absent, **absent},
            vacancy=None if able else self.vacancy,
            lone=self.lone if able == self.able else None,
        )


def report_on_seats(
    places: Iterable[Place], sittings: Iterable[Sitting], demands: Iterable[SeatDemand]
) -> SeatReport:
    """Return vacancies and lone seats, each at the topmost open group where it holds.

    Walks the tree once, from the root down; ``places`` may come in any order. A group whose parent
    is not among them stands at the top.
    """
    demanded: defaultdict[UUID, defaultdict[str, list[SeatDemand]]] = defaultdict(
        lambda: defaultdict(list)
    )
    ends: set[UUID] = set()
    for demand in demands:
        demanded[demand.group_id][demand.position_code].append(demand)
        ends |= demand.ends_on
    codes = {code for by_code in demanded.values() for code in by_code}
    seated: defaultdict[UUID, defaultdict[str, list[Sitting]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for sitting in sittings:
        if sitting.position_code in codes:
            seated[sitting.group_id][sitting.position_code].append(sitting)
    vacancies: list[tuple[str, _Found]] = []
    lone: list[tuple[str, UUID, _Found]] = []
    states: dict[UUID | None, dict[str, _State]] = {None: {code: _State() for code in codes}}
    for place in _from_the_top(places):
        state = states.get(place.parent_id, states[None])
        own = {**state} if place.id in demanded or place.id in seated else state
        if place.id in ends:
            own = {code: one.entering(place.id) for code, one in own.items()}
        for code, here_demanded in demanded.get(place.id, {}).items():
            own[code] = own[code].demanded(here_demanded)
        for code, here in seated.get(place.id, {}).items():
            own[code] = own[code].seated(here)
        states[place.id] = _judge(place, own, vacancies, lone) if place.is_open else own
    return SeatReport(
        vacancies=tuple(
            Vacancy(code, *_measures(found), absent=tuple(found.absent))
            for code, found in vacancies
        ),
        lone=tuple(
            LoneSeat(code, *_measures(found), membership_id=member) for code, member, found in lone
        ),
    )


def _judge(
    place: Place,
    states: dict[str, _State],
    vacancies: list[tuple[str, _Found]],
    lone: list[tuple[str, UUID, _Found]],
) -> dict[str, _State]:
    """Count an open group where a seat is amiss; return the states that its children start from."""
    after = states
    for code, state in states.items():
        if not state.demands or len(state.able) > 1:
            continue
        found = state.lone if state.able else state.vacancy
        if found is None:
            found = _Found(place.id, {})
            after = {**after}
            if state.able:
                (member,) = state.able
                lone.append((code, member, found))
                after[code] = replace(state, lone=found)
            else:
                vacancies.append((code, found))
                after[code] = replace(state, vacancy=found)
        found.count(place, state)
    return after


def _from_the_top(places: Iterable[Place]) -> Iterator[Place]:
    """Yield groups such that each comes after its parent."""
    known = {place.id: place for place in places}
    below: defaultdict[UUID | None, list[Place]] = defaultdict(list)
    for place in known.values():
        below[place.parent_id if place.parent_id in known else None].append(place)
    waiting = deque(below[None])
    while waiting:
        place = waiting.popleft()
        yield place
        waiting.extend(below[place.id])


def _measures(found: _Found) -> tuple[UUID, tuple[str, ...], int, int]:
    return found.group_id, tuple(found.because), found.groups, found.people
