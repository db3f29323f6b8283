"""Duties that one person should not hold together on the same group (pure).

A conflict holds on a group and, as roles and seats are inherited, mostly on what stands below it:
it is reported at the topmost group where it holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from accounts.effects import SeatDemand
from accounts.vacancies import Sitting

LONGEST_ACCEPTANCE_DAYS = 366

_ADMINISTRATOR, _FINANCE, _REQUISITIONER = "ADMINISTRATOR", "FINANCE", "REQUISITIONER"


class DutyKind(StrEnum):
    """Which duties meet in one person."""

    ADMIN_AND_FINANCE = "ADMIN_AND_FINANCE"
    REQUESTER_AND_SOLE_APPROVER = "REQUESTER_AND_SOLE_APPROVER"

    @property
    def label(self) -> str:
        """Return the conflict in a few words."""
        return _LABELS[self]


_LABELS = {
    DutyKind.ADMIN_AND_FINANCE: "Administrator and finance",
    DutyKind.REQUESTER_AND_SOLE_APPROVER: "Requester and sole approver",
}


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role in force that somebody holds on a group and below."""

    membership_id: UUID
    role: str
    group_id: UUID


@dataclass(frozen=True, slots=True)
class DutyConflict:
    """Duties that meet in one person; ``position_codes`` are the seats that they alone answer."""

    kind: DutyKind
    membership_id: UUID
    group_id: UUID
    position_codes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        """Return what an acceptance is found by."""
        return self.membership_id, self.group_id, self.kind.value


def duty_conflicts(
    paths: Mapping[UUID, Sequence[UUID]],
    roles: Iterable[RoleHeld],
    sittings: Iterable[Sitting],
    demands: Iterable[SeatDemand],
) -> list[DutyConflict]:
    """Return the conflicts of everybody, each at the topmost group where it holds.

    ``paths`` lead from the root down to each group that a role, a seat or a demand names. The time
    grows with the number of these, not with the tree.
    """
    held: defaultdict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for one in roles:
        held[one.membership_id, one.role].add(one.group_id)
    seats = _Seats(sittings, demands)
    found = [
        *_administrators_who_keep_the_books(paths, held),
        *_requesters_who_decide_alone(paths, held, seats),
    ]
    return sorted(found, key=lambda one: (one.kind, len(paths[one.group_id]), str(one.key)))


def _administrators_who_keep_the_books(
    paths: Mapping[UUID, Sequence[UUID]], held: Mapping[tuple[UUID, str], set[UUID]]
) -> Iterator[DutyConflict]:
    for (member, role), administered in held.items():
        kept = held.get((member, _FINANCE))
        if role != _ADMINISTRATOR or not kept:
            continue
        for group in administered | kept:
            *above, _ = path = paths[group]
            if _both(path, administered, kept) and not _both(above, administered, kept):
                yield DutyConflict(DutyKind.ADMIN_AND_FINANCE, member, group)


def _both(path: Sequence[UUID], some: set[UUID], others: set[UUID]) -> bool:
    return not some.isdisjoint(path) and not others.isdisjoint(path)


class _Seats:
    """Who answers which seat on a way from the root, and which are asked for there."""

    def __init__(self, sittings: Iterable[Sitting], demands: Iterable[SeatDemand]) -> None:
        self.demanded: defaultdict[UUID, list[SeatDemand]] = defaultdict(list)
        for demand in demands:
            self.demanded[demand.group_id].append(demand)
        self.codes = {one.position_code for found in self.demanded.values() for one in found}
        self.able: defaultdict[tuple[str, UUID], set[UUID]] = defaultdict(set)
        self.held_by: defaultdict[UUID, set[tuple[str, UUID]]] = defaultdict(set)
        for sitting in sittings:
            if sitting.is_active and sitting.position_code in self.codes:
                seat = (sitting.position_code, sitting.group_id)
                self.able[seat].add(sitting.membership_id)
                self.held_by[sitting.membership_id].add(seat)

    def answered_alone(self, path: Sequence[UUID]) -> Iterator[tuple[str, UUID]]:
        """Yield the seats asked for on a group that one person alone answers, with that person."""
        asked = {
            one.position_code
            for place, group in enumerate(path)
            for one in self.demanded.get(group, ())
            if one.ends_on.isdisjoint(path[place + 1 :])
        }
        for code in asked:
            able = {member for group in path for member in self.able.get((code, group), ())}
            if len(able) == 1:
                yield code, able.pop()


def _requesters_who_decide_alone(
    paths: Mapping[UUID, Sequence[UUID]],
    held: Mapping[tuple[UUID, str], set[UUID]],
    seats: _Seats,
) -> Iterator[DutyConflict]:
    """A conflict starts where the last of three comes in: role, seat, or what asks for the seat."""
    starts = {group for group, codes in seats.demanded.items() if codes}
    for member, places in seats.held_by.items():
        buys_for = held.get((member, _REQUISITIONER))
        if buys_for:
            starts |= buys_for | {group for _, group in places}
    for group in starts:
        *above, _ = path = paths[group]
        here, before = _alone_and_buying(path, held, seats), _alone_and_buying(above, held, seats)
        for member, codes in here.items():
            if member not in before:
                yield DutyConflict(
                    DutyKind.REQUESTER_AND_SOLE_APPROVER, member, group, tuple(sorted(codes))
                )


def _alone_and_buying(
    path: Sequence[UUID], held: Mapping[tuple[UUID, str], set[UUID]], seats: _Seats
) -> dict[UUID, set[str]]:
    """Return who buys for a group while they alone answer a seat there, with these seats."""
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for code, member in seats.answered_alone(path):
        if not held.get((member, _REQUISITIONER), set()).isdisjoint(path):
            found[member].add(code)
    return found
