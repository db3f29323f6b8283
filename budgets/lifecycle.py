"""How a period lives: frozen and taken up, closed and reopened, and what it hands on.

Pure: amounts are Decimals of one currency. Whoever asks holds the periods locked and says what
documents have set aside there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from budgets.movements import Document
from budgets.rules import ZERO, Covering, PeriodStatus, reached

# The period to come is opened so long before it begins: until then the calendar can change.
OPENED_AHEAD = timedelta(days=14)


class Step(StrEnum):
    """What can be done to a period."""

    FREEZE = "FREEZE"
    THAW = "THAW"
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"


_STEPS: Mapping[Step, Mapping[PeriodStatus, PeriodStatus]] = {
    Step.FREEZE: {PeriodStatus.OPEN: PeriodStatus.FROZEN},
    Step.THAW: {PeriodStatus.FROZEN: PeriodStatus.OPEN},
    Step.CLOSE: {
        PeriodStatus.OPEN: PeriodStatus.CLOSED,
        PeriodStatus.FROZEN: PeriodStatus.CLOSED,
        PeriodStatus.REOPENED: PeriodStatus.CLOSED,
    },
    Step.REOPEN: {PeriodStatus.CLOSED: PeriodStatus.REOPENED},
}

# What still has a cap to give or to take; the others keep what they have.
RUNNING = frozenset({PeriodStatus.OPEN, PeriodStatus.FROZEN})


def after_step(status: PeriodStatus, step: Step) -> PeriodStatus | None:
    """Return how a period stands after a step, or None where it cannot take it."""
    return _STEPS[step].get(status)


@dataclass(frozen=True, slots=True)
class Held:
    """What one document has set aside on one period, and still holds there."""

    document: Document
    reserved: Decimal
    committed: Decimal

    @property
    def amount(self) -> Decimal:
        """Return what it holds together."""
        return self.reserved + self.committed

    @property
    def is_earmark(self) -> bool:
        """Tell whether it is room set aside for a purpose rather than an order."""
        return self.document.kind == EARMARK


EARMARK = "EARMARK"


@dataclass(frozen=True, slots=True)
class Handover:
    """What a period hands on as it closes.

    ``released`` are earmarks, which end with their period; ``moved`` are orders, which go on to the
    heir. ``carried`` is the unused room that goes along where the budget carries over, and
    ``short`` by how much the heir lacks the room: above zero, nothing may move.
    """

    released: tuple[Held, ...]
    moved: tuple[Held, ...]
    carried: Decimal
    short: Decimal

    @property
    def amount(self) -> Decimal:
        """Return what the orders that go on hold together."""
        return total(self.moved)


def handover(
    closing: Covering, heir: Covering | None, held: Sequence[Held], *, carries_over: bool
) -> Handover:
    """Decide what a period hands on: its orders, and its unused room where that carries over.

    The room of the orders that move on becomes free, and so carries over with them. A soft heir
    takes more than its cap. Without an heir, orders have nowhere to go: all of them are short.
    """
    released = tuple(one for one in held if one.is_earmark)
    moved = tuple(one for one in held if not one.is_earmark)
    amount = total(moved)
    if heir is None:
        return Handover(released, moved, ZERO, amount)
    left = closing.used - amount - total(released)
    carried = max(closing.cap - left, ZERO) if carries_over else ZERO
    room = max(heir.free + carried, ZERO)
    short = ZERO if heir.is_soft else max(amount - room, ZERO)
    return Handover(released, moved, carried, short)


def coming_back(held: Sequence[Held], room: Decimal) -> tuple[Held, ...]:
    """Return which orders come back to a period that is reopened: the oldest, as far as room goes.

    One that does not fit stays where it went, and so does not keep back a smaller one.
    """
    found = []
    for one in sorted(held, key=lambda one: (one.document.occurred_on, one.document.label)):
        if one.amount <= room:
            found.append(one)
            room -= one.amount
    return tuple(found)


def total(held: Sequence[Held]) -> Decimal:
    """Add up what documents hold."""
    return sum((one.amount for one in held), ZERO)


def crossed(before: Covering, after: Covering) -> tuple[int, ...]:
    """Return which marks are reached as a period stands now, and were not before."""
    return tuple(
        mark
        for mark in after.thresholds
        if reached(after.used, after.cap, mark) and not reached(before.used, before.cap, mark)
    )


def after_transfer(giver: Covering, taker: Covering, amount: Decimal) -> tuple[Covering, Covering]:
    """Return the two budgets as they stand once room has gone from one to the other."""
    given = replace(giver, cap=max(giver.cap - amount, ZERO))
    return given, replace(taker, cap=taker.cap + amount)


def closes_by_itself(ends_on: date, today: date, *, after_days: int) -> bool:
    """Tell whether a period has been over for so many whole days."""
    return today > ends_on + timedelta(days=after_days)


def days_left(until: date, today: date) -> int:
    """Return how many days are left until a day; none once it is there."""
    return max((until - today).days, 0)


@dataclass(frozen=True, slots=True)
class Carry:
    """Unused room that goes from a period to the one that follows it."""

    giver_id: UUID
    taker_id: UUID
    amount: Decimal


def carries(chain: Sequence[Covering], heirs: Mapping[UUID, UUID]) -> tuple[Carry, ...]:
    """Return what each period of a budget hands on to the next, the oldest first.

    ``chain`` are periods that are over, by their days; ``heirs`` says which one follows each. What
    one receives it hands on in turn, so that nothing is skipped. Never more than is free: what
    went beyond a cap is no room.
    """
    received: dict[UUID, Decimal] = {}
    found = []
    for one in chain:
        assert one.period_id is not None
        free = one.free + received.get(one.period_id, ZERO)
        heir = heirs.get(one.period_id)
        if heir is None or free <= 0:
            continue
        found.append(Carry(one.period_id, heir, free))
        received[heir] = received.get(heir, ZERO) + free
    return tuple(found)
