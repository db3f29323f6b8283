"""How what a document holds on budgets moves on: reserved, committed, spent, given back.

Pure. A document stands on one or more budget periods with what it has reserved, committed and spent
there; each step answers with the changes to make, and with none where it has been made already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

ZERO = Decimal(0)


class EntryKind(StrEnum):
    """What a line of the ledger records."""

    OPEN = "OPEN"
    CAP = "CAP"
    RESERVE = "RESERVE"
    COMMIT = "COMMIT"
    RELEASE = "RELEASE"
    SPEND = "SPEND"
    CREDIT = "CREDIT"
    HISTORY = "HISTORY"
    SHIFT = "SHIFT"
    CHANGE = "CHANGE"
    ROLL = "ROLL"
    CARRY = "CARRY"
    TRANSFER = "TRANSFER"
    ADJUST = "ADJUST"
    FREEZE = "FREEZE"
    THAW = "THAW"
    CLOSE = "CLOSE"
    REOPEN = "REOPEN"


@dataclass(frozen=True, slots=True)
class Document:
    """What moves a budget, as the ledger names it: ``REQUISITION``, its id, ``R-2026-0418``.

    ``occurred_on`` is its day, a day of the organization's time zone.
    """

    kind: str
    id: UUID
    label: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What one document holds on one budget period."""

    period_id: UUID
    reserved: Decimal
    committed: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Move:
    """The changes that one step makes to one period's counters."""

    period_id: UUID
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO

    @property
    def used(self) -> Decimal:
        """Return the change of everything used: above zero only when room is taken."""
        return self.reserved + self.committed + self.spent

    def __bool__(self) -> bool:
        return bool(self.reserved or self.committed or self.spent)


def commit(standings: Sequence[Standing]) -> tuple[Move, ...]:
    """Turn everything reserved into committed, as when the purchase orders are placed."""
    return _only_moves(
        Move(standing.period_id, reserved=-standing.reserved, committed=standing.reserved)
        for standing in standings
    )


def release(standings: Sequence[Standing]) -> tuple[Move, ...]:
    """Give back everything reserved or committed; what is spent stays spent."""
    return _only_moves(
        Move(standing.period_id, reserved=-standing.reserved, committed=-standing.committed)
        for standing in standings
    )


def spend(standings: Sequence[Standing], amount: Decimal) -> tuple[Move, ...]:
    """Spend an amount: from what is committed, then reserved, and the rest from the free room.

    Raises ValueError for an amount that is not above zero.
    """
    if amount <= 0:
        raise ValueError("Spending takes an amount above zero; a refund is a credit.")
    moves = []
    for standing in standings:
        from_committed = min(standing.committed, amount)
        from_reserved = min(standing.reserved, amount - from_committed)
        moves.append(
            Move(
                standing.period_id,
                reserved=-from_reserved,
                committed=-from_committed,
                spent=amount,
            )
        )
    return tuple(moves)


def credit(standings: Sequence[Standing], amount: Decimal) -> tuple[Move, ...]:
    """Take an amount back from what is spent, as with a refund.

    Raises ValueError for an amount that is not above zero or more than was spent.
    """
    if amount <= 0:
        raise ValueError("A credit takes an amount above zero.")
    if any(amount > standing.spent for standing in standings):
        raise ValueError("More cannot be credited than was spent.")
    return tuple(Move(standing.period_id, spent=-amount) for standing in standings)


def _only_moves(moves: Iterable[Move]) -> tuple[Move, ...]:
    return tuple(move for move in moves if move)
