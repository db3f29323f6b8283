"""Who decides for somebody who is away, as of one instant (pure).

A chain is followed: whoever stands in may be away as well, and have somebody stand in. It never
leads to or through the requester, back to whom it began with, or to anybody without access, and it
comes to its end on any graph, since nobody is passed twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from approvals.routing import Mode


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away from one instant to another, and a deputy decides for them.

    ``group_ids`` narrow it to these groups and everything below them, ``up_to`` to amounts; empty
    and None narrow nothing. Ids are given in the order in which absences were set.
    """

    id: UUID
    holder: UUID
    deputy: UUID
    starts_at: datetime
    ends_at: datetime
    group_ids: frozenset[UUID] = frozenset()
    up_to: Decimal | None = None

    def covers(self, group_path: Iterable[UUID], amount: Decimal, at: datetime) -> bool:
        """Tell whether it holds at an instant for an amount in a group of this path."""
        return (
            self.starts_at <= at < self.ends_at
            and (self.up_to is None or amount <= self.up_to)
            and (not self.group_ids or not self.group_ids.isdisjoint(group_path))
        )


@dataclass(frozen=True, slots=True)
class StandIn:
    """Whoever decides for somebody, and the absences that led there, the holder's own first."""

    membership_id: UUID
    chain: tuple[Absence, ...]

    @property
    def holder(self) -> UUID:
        """Return whom they decide for."""
        return self.chain[0].holder

    def for_whom(self, names: Mapping[UUID, str], day: Callable[[datetime], str]) -> str:
        """Say for whom they decide: ``Erin, who is away until December 3``.

        A longer chain names those in between. ``day`` writes the last day of an absence.
        """
        return ", in place of ".join(
            f"{names[link.holder]}, who is away until {day(last_moment(link.ends_at))}"
            for link in reversed(self.chain)
        )

    def in_words(self, names: Mapping[UUID, str], day: Callable[[datetime], str]) -> str:
        """Say it all: ``Dana for Erin, who is away until December 3``."""
        return f"{names[self.membership_id]} for {self.for_whom(names, day)}"


def last_moment(ends_at: datetime) -> datetime:
    """Return the last moment before an end, which falls on the last day of what ends there."""
    return ends_at - timedelta(microseconds=1)


def stand_in(
    holder: UUID,
    absences: Iterable[Absence],
    *,
    group_path: Sequence[UUID],
    amount: Decimal,
    requester_id: UUID,
    active: AbstractSet[UUID],
    at: datetime,
    taken: Collection[UUID] = (),
) -> StandIn | None:
    """Return who decides for a holder at an instant, or None where nobody does.

    Of several absences of one person the newest counts; one that leads nowhere gives way to the
    next. A deputy who is away themselves, and for whom nobody can stand in, decides: they were
    named. ``active`` are those with access, ``taken`` those who cannot speak for others here.
    """
    by_holder: dict[UUID, list[Absence]] = {}
    for absence in sorted(absences, key=lambda one: one.id, reverse=True):
        if absence.covers(group_path, amount, at):
            by_holder.setdefault(absence.holder, []).append(absence)
    passed = {holder, requester_id}
    chain: list[Absence] = []
    ways: list[Iterator[Absence]] = [iter(by_holder.get(holder, ()))]
    while ways:
        link = next(
            (one for one in ways[-1] if one.deputy in active and one.deputy not in passed), None
        )
        if link is not None:
            passed.add(link.deputy)
            chain.append(link)
            ways.append(iter(by_holder.get(link.deputy, ())))
            continue
        ways.pop()
        if chain:
            if chain[-1].deputy not in taken:
                return StandIn(chain[-1].deputy, tuple(chain))
            chain.pop()
    return None


def leads_back(holder: UUID, deputy: UUID, absences: Iterable[Absence], at: datetime) -> bool:
    """Tell whether somebody who is to stand in is away, and only the holder stands in for them.

    The deputy then decides although they are away.
    """
    away = [one for one in absences if one.holder == deputy and one.starts_at <= at < one.ends_at]
    return bool(away) and all(one.deputy == holder for one in away)


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody's seat in a stage: whether it waits, and which person's agreement counts there.

    ``agreed_by`` is the holder, or whoever stood in for them; None while nobody has agreed.
    """

    holder: UUID
    is_open: bool
    agreed_by: UUID | None


def taken_in(mode: Mode, seats: Iterable[Seated]) -> frozenset[UUID]:
    """Return who cannot stand in for anybody in a stage.

    Whoever is asked there answers for themselves first. Where so many different people have to
    agree, nobody speaks twice: neither those who sit there nor those who stood in already.
    """
    found = list(seats)
    asked = {seat.holder for seat in found if seat.is_open}
    if mode is not Mode.AT_LEAST:
        return frozenset(asked)
    return frozenset(
        asked
        | {seat.holder for seat in found}
        | {seat.agreed_by for seat in found if seat.agreed_by is not None}
    )
