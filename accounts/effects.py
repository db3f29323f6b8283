"""What a change of the tree or of a person does, as values that pages show and floors exchange.

Pure: frozen dataclasses and a fingerprint, no Django.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class EffectKind(StrEnum):
    """What sort of thing changes; pages show effects under these heads, in this order."""

    BLOCKED = "BLOCKED"
    HOME_MOVED = "HOME_MOVED"
    POWER_GAINED = "POWER_GAINED"
    POWER_LOST = "POWER_LOST"
    DUTY_CONFLICT = "DUTY_CONFLICT"
    SEAT_CHANGED = "SEAT_CHANGED"
    APPROVAL_CHANGED = "APPROVAL_CHANGED"
    REQUEST_REROUTED = "REQUEST_REROUTED"
    ORDER_HANDED_OVER = "ORDER_HANDED_OVER"
    BUDGET_GAINS = "BUDGET_GAINS"
    BUDGET_LOSES = "BUDGET_LOSES"
    BUDGET_OVERGIVEN = "BUDGET_OVERGIVEN"
    RULE_STARTS = "RULE_STARTS"
    RULE_STOPS = "RULE_STOPS"
    LIMIT_CHANGED = "LIMIT_CHANGED"
    GROUP_CHANGED = "GROUP_CHANGED"

    @property
    def head(self) -> str:
        """Return the words that such effects are listed under."""
        return _HEADS[self]


_HEADS = {
    EffectKind.BLOCKED: "What stands in the way",
    EffectKind.HOME_MOVED: "Who belongs where",
    EffectKind.POWER_GAINED: "Powers gained",
    EffectKind.POWER_LOST: "Powers lost",
    EffectKind.DUTY_CONFLICT: "Duties that should be apart",
    EffectKind.SEAT_CHANGED: "Seats",
    EffectKind.APPROVAL_CHANGED: "Who approves",
    EffectKind.REQUEST_REROUTED: "Open requests",
    EffectKind.ORDER_HANDED_OVER: "Orders and carts",
    EffectKind.BUDGET_GAINS: "Budgets that take on commitments",
    EffectKind.BUDGET_LOSES: "Budgets that are relieved",
    EffectKind.BUDGET_OVERGIVEN: "Budgets that give out more than they may",
    EffectKind.RULE_STARTS: "Rules that start to apply",
    EffectKind.RULE_STOPS: "Rules that stop to apply",
    EffectKind.LIMIT_CHANGED: "Spending limits",
    EffectKind.GROUP_CHANGED: "Groups",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that changes, with its sentence.

    ``about`` is the row that changes (a grant, a request, a budget period, a rule). ``amount`` is
    in the organization's currency where money is what changes. An effect of the kind BLOCKED
    keeps the change from being made, and its sentence says what to do first.
    """

    kind: EffectKind
    about: UUID
    subject: str
    sentence: str
    group_id: UUID | None = None
    amount: Decimal | None = None


def is_blocked(effects: Iterable[Effect]) -> bool:
    """Tell whether something stands in the way of the change."""
    return any(effect.kind is EffectKind.BLOCKED for effect in effects)


def by_head(effects: Sequence[Effect]) -> list[tuple[str, list[Effect]]]:
    """Return effects under their heads, in the order of `EffectKind`; no head is empty."""
    return [
        (kind.head, found)
        for kind in EffectKind
        if (found := [effect for effect in effects if effect.kind is kind])
    ]


def fingerprint(effects: Iterable[Effect]) -> str:
    """Return a SHA-256 by which a list of effects that was shown can be told from another one."""
    lines = sorted(
        f"{effect.kind}|{effect.about}|{effect.group_id}|{effect.amount}|{effect.sentence}"
        for effect in effects
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class GroupChangeKind(StrEnum):
    """What happens to a group."""

    MOVE = "MOVE"
    MERGE = "MERGE"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """One group that the change touches; paths lead from the root down to the group itself."""

    id: UUID
    name: str
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
    was_active: bool
    is_active: bool

    @property
    def left(self) -> frozenset[UUID]:
        """Return the groups that it no longer stands below."""
        return frozenset(self.before) - frozenset(self.after)

    @property
    def joined(self) -> frozenset[UUID]:
        """Return the groups that it newly stands below."""
        return frozenset(self.after) - frozenset(self.before)


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A change of the tree: the group it is about, and every group whose place it changes.

    ``target_id`` is the new parent of a move, or what a merged group goes into. A file that is
    imported changes many groups at once: it is about the root, and goes nowhere.
    ``seats_changed_on`` names groups whose seats or role holders have changed with it.
    """

    kind: GroupChangeKind
    group_id: UUID
    group_name: str
    target_id: UUID | None
    target_name: str
    places: tuple[GroupPlace, ...]
    seats_changed_on: frozenset[UUID] = frozenset()

    @property
    def ids(self) -> frozenset[UUID]:
        """Return the groups whose place changes."""
        return frozenset(place.id for place in self.places)


class MemberChangeKind(StrEnum):
    """What happens to a person."""

    JOIN = "JOIN"
    MOVE = "MOVE"
    SUSPEND = "SUSPEND"
    ROLES = "ROLES"


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A change of a person: they get or lose access, move to another group, or hold other powers.

    Whoever joins has just been invited and accepted, or is let in again.

    ``successor_id`` is the member who takes over what they have under way, if anybody was named.
    """

    kind: MemberChangeKind
    membership_id: UUID
    name: str
    from_group_id: UUID
    to_group_id: UUID | None = None
    successor_id: UUID | None = None
    successor_name: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """Something to see of a group at a glance: its budget, its rules, its policy.

    ``state`` is ``ok``, ``warn``, ``stop`` or empty; ``inherited_from`` names the group above that
    it comes from, and is empty for the group's own.
    """

    kind: str
    label: str
    detail: str
    state: str = ""
    inherited_from: str = ""


@dataclass(frozen=True, slots=True)
class SeatDemand:
    """That something in force on a group asks for a seat, there and below.

    ``because`` completes "is asked for by": the policy's name, or a rule's. From the groups of
    ``ends_on`` downwards something else is in force.
    """

    position_code: str
    group_id: UUID
    because: str
    ends_on: frozenset[UUID] = frozenset()
