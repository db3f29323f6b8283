"""What a change of the tree means for powers, seats and limits (pure).

Both sides are compared as they are: what everybody could do on each group that the change touches,
before it and after it, and who answered which seat. So nothing has to be foreseen, whatever the
change was.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from accounts.effects import Effect, EffectKind

_Key = TypeVar("_Key", bound=Hashable)

Paths = Mapping[UUID, Sequence[UUID]]
"""The way from the root down to each group that the change touches."""


@dataclass(frozen=True, slots=True)
class RolePlace:
    """A role that somebody holds on a group and below; ``role`` is its name on pages."""

    membership_id: UUID
    person: str
    role: str
    group_id: UUID


@dataclass(frozen=True, slots=True)
class SeatPlace:
    """Who answers a seat of a group: its holder or, without one who can, the deputy."""

    position_id: UUID
    position: str
    group_id: UUID
    membership_id: UUID
    person: str


@dataclass(frozen=True, slots=True)
class LimitPlace:
    """The most that an order of a role's holders may come to on a group and below."""

    role: str
    group_id: UUID
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that holds on the groups that a change touches, at one moment.

    ``names`` tells how these groups are called.
    """

    paths: Paths
    names: Mapping[UUID, str]
    roles: tuple[RolePlace, ...]
    seats: tuple[SeatPlace, ...]
    limits: tuple[LimitPlace, ...]


def powers(before: Order, after: Order) -> list[Effect]:
    """Return who gains and who loses a role on how many groups, one effect a person and role."""
    had, has = _covered(before), _covered(after)
    names = {(one.membership_id, one.role): one.person for one in (*before.roles, *after.roles)}
    effects = []
    for key in sorted(names, key=lambda key: (names[key], key[1], str(key[0]))):
        member, role = key
        for kind, verb, groups in (
            (EffectKind.POWER_GAINED, "becomes", has[key] - had[key]),
            (EffectKind.POWER_LOST, "ceases to be", had[key] - has[key]),
        ):
            if groups:
                sentence = f"{names[key]} {verb} {role} of {called(groups, after)}."
                effects.append(Effect(kind, member, f"{names[key]}, {role}", sentence))
    return effects


def seats(before: Order, after: Order) -> list[Effect]:
    """Return which seats are answered by others than before, one effect for each such change."""
    had, has = _answers(before), _answers(after)
    names = {one.membership_id: one.person for one in (*before.seats, *after.seats)}
    titles = {one.position_id: one.position for one in (*before.seats, *after.seats)}
    changes = _grouped(
        ((position, had.get((group, position)), has.get((group, position))), group)
        for position in titles
        for group in after.paths
        if had.get((group, position)) != has.get((group, position))
    )
    effects = []
    for (position, was, becomes), groups in sorted(
        changes.items(), key=lambda item: (titles[item[0][0]], str(item[0]))
    ):
        of = f"{titles[position]} of {called(groups, after)}"
        if becomes is None:
            sentence = f"{of}: nobody answers any more; it was {names[was]}." if was else of
        elif was is None:
            sentence = f"{of}: {names[becomes]} answers, where nobody did."
        else:
            sentence = f"{of}: {names[becomes]} answers instead of {names[was]}."
        effects.append(Effect(EffectKind.SEAT_CHANGED, position, titles[position], sentence))
    return effects


def limits(before: Order, after: Order, money: "Mapping[Decimal, str]") -> list[Effect]:
    """Return which limits on orders change; ``money`` writes amounts in the organization's way."""
    had, has = _lowest(before), _lowest(after)
    roles = {one.role for one in (*before.limits, *after.limits)}
    changes = _grouped(
        ((role, had.get((group, role)), has.get((group, role))), group)
        for role in roles
        for group in after.paths
        if had.get((group, role)) != has.get((group, role))
    )
    return [
        Effect(
            EffectKind.LIMIT_CHANGED,
            next(iter(after.paths)),
            role,
            f"Orders of the role {role} in {called(groups, after)}: {_amount(becomes, money)} "
            f"instead of {_amount(was, money)}.",
            amount=becomes,
        )
        for (role, was, becomes), groups in sorted(changes.items(), key=lambda item: str(item[0]))
    ]


def called(groups: Collection[UUID], order: Order) -> str:
    """Return the name of a single group, or how many there are."""
    if len(groups) == 1:
        (group,) = groups
        return order.names.get(group, counted(1))
    return counted(len(groups))


def counted(groups: int) -> str:
    """Return how many groups, in words."""
    return "1 group" if groups == 1 else f"{groups:,} groups"


def _grouped(pairs: Iterable[tuple[_Key, UUID]]) -> dict[_Key, set[UUID]]:
    """Return the groups in which each change is the same."""
    found: defaultdict[_Key, set[UUID]] = defaultdict(set)
    for key, group in pairs:
        found[key].add(group)
    return found


def _amount(amount: Decimal | None, money: "Mapping[Decimal, str]") -> str:
    return "no limit" if amount is None else f"up to {money[amount]}"


def _covered(order: Order) -> defaultdict[tuple[UUID, str], set[UUID]]:
    """Return the touched groups on which each person holds each role, inherited or not."""
    on: defaultdict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for one in order.roles:
        on[one.group_id].append((one.membership_id, one.role))
    covered: defaultdict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for group, path in order.paths.items():
        for above in path:
            for key in on.get(above, ()):
                covered[key].add(group)
    return covered


def _answers(order: Order) -> dict[tuple[UUID, UUID], UUID]:
    """Return who answers each seat of each touched group: the nearest who fills it."""
    here: defaultdict[UUID, list[SeatPlace]] = defaultdict(list)
    for one in order.seats:
        here[one.group_id].append(one)
    answers: dict[tuple[UUID, UUID], UUID] = {}
    for group, path in order.paths.items():
        for above in path:
            for seat in here.get(above, ()):
                answers[group, seat.position_id] = seat.membership_id
    return answers


def _lowest(order: Order) -> dict[tuple[UUID, str], Decimal]:
    """Return the lowest limit of each role on the way up from each touched group."""
    here: defaultdict[UUID, list[LimitPlace]] = defaultdict(list)
    for one in order.limits:
        here[one.group_id].append(one)
    found: dict[tuple[UUID, str], Decimal] = {}
    for group, path in order.paths.items():
        for limit in _on(path, here):
            key = (group, limit.role)
            found[key] = min(found.get(key, limit.amount), limit.amount)
    return found


def _on(path: Sequence[UUID], here: Mapping[UUID, list[LimitPlace]]) -> Iterable[LimitPlace]:
    for above in path:
        yield from here.get(above, ())
