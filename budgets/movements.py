"""How what a document holds on budgets moves on: reserved, committed, spent, given back.

Pure. A document stands on one or more budgets, and on each of them in one or more periods, with
what it has reserved, committed and spent there. Each step answers with the changes to make, and
with none where it has been made already. Standings come with the earlier periods first.

A change moves only the difference between what an order shall use and what it uses. Before it is
placed that is a matter of what is reserved, and once anything of it has been committed or spent, of
what is committed: its purchase order has gone out, so whatever more it takes is promised, too. What
is given back comes from what is reserved first. What is spent stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from budgets.charges import EVERYTHING, Charge, Scope

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
    """What one document holds on one period of a budget.

    It ``has_left`` a period that it was moved away from: nothing is set aside there any more, and
    what it spends from then on counts elsewhere.
    """

    period_id: UUID
    budget_id: UUID
    reserved: Decimal
    committed: Decimal
    spent: Decimal
    has_left: bool = False

    @property
    def open(self) -> Decimal:
        """Return what is set aside and not spent yet."""
        return self.reserved + self.committed


@dataclass(frozen=True, slots=True)
class Target:
    """What a document shall use of a budget in all, and the period that is to hold it."""

    period_id: UUID
    budget_id: UUID
    amount: Decimal


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


def change(standings: Sequence[Standing], targets: Sequence[Target]) -> tuple[Move, ...]:
    """Move the difference between what a document shall use of each budget and what it uses.

    What it has spent on a budget, in whichever period, is part of what it shall use. It leaves the
    periods that no target names.
    """
    is_placed = any(standing.committed or standing.spent > 0 for standing in standings)
    spent: dict[UUID, Decimal] = {}
    for standing in standings:
        spent[standing.budget_id] = spent.get(standing.budget_id, ZERO) + standing.spent
    wanted = {
        target.period_id: max(target.amount - max(spent.get(target.budget_id, ZERO), ZERO), ZERO)
        for target in targets
    }
    held = {standing.period_id: standing for standing in standings}
    moves = (
        _towards(held[one], wanted.get(one, ZERO), is_placed=is_placed)
        if one in held
        else _taking(one, wanted[one], is_placed=is_placed)
        for one in (*held, *(one for one in wanted if one not in held))
    )
    return tuple(move for move in moves if move)


def _towards(standing: Standing, wanted: Decimal, *, is_placed: bool) -> Move:
    if wanted >= standing.open:
        return _taking(standing.period_id, wanted - standing.open, is_placed=is_placed)
    return _giving_back(standing, standing.open - wanted)


def _taking(period_id: UUID, amount: Decimal, *, is_placed: bool) -> Move:
    return Move(period_id, committed=amount) if is_placed else Move(period_id, reserved=amount)


def _giving_back(standing: Standing, amount: Decimal) -> Move:
    from_reserved = min(standing.reserved, amount)
    return Move(
        standing.period_id,
        reserved=-from_reserved,
        committed=-min(standing.committed, amount - from_reserved),
    )


def commit(standings: Sequence[Standing]) -> tuple[Move, ...]:
    """Turn everything reserved into committed, as when the purchase orders are placed."""
    return _only_moves(
        Move(standing.period_id, reserved=-standing.reserved, committed=standing.reserved)
        for standing in standings
    )


def release(
    standings: Sequence[Standing], shares: Mapping[UUID, Decimal] | None = None
) -> tuple[Move, ...]:
    """Give back what is reserved or committed: everything, or a share of it by budget.

    What is spent stays spent. A share of more than is set aside gives back all that is.
    """
    if shares is None:
        return _only_moves(_giving_back(standing, standing.open) for standing in standings)
    left = dict(shares)
    moves = []
    for standing in standings:
        amount = min(standing.open, left.get(standing.budget_id, ZERO))
        left[standing.budget_id] = left.get(standing.budget_id, ZERO) - amount
        moves.append(_giving_back(standing, amount))
    return _only_moves(moves)


def spend(
    standings: Sequence[Standing], shares: Mapping[UUID, Decimal], *, is_final: bool = False
) -> tuple[Move, ...]:
    """Spend a share by budget: of what is committed, then reserved, the rest of the free room.

    Earlier periods go first, and the latest one takes what has not been set aside. Where it
    ``is_final``, whatever else the document has set aside on these budgets is given back. Raises
    ValueError for a share that is not above zero.
    """
    if any(amount <= 0 for amount in shares.values()):
        raise ValueError("Spending takes an amount above zero; a refund is a credit.")
    return _only_moves(
        move
        for budget_id, amount in shares.items()
        for move in _spent_on(
            [one for one in standings if one.budget_id == budget_id and not one.has_left],
            amount,
            is_final=is_final,
        )
    )


def _spent_on(standings: Sequence[Standing], amount: Decimal, *, is_final: bool) -> Iterator[Move]:
    left = amount
    for standing in standings:
        is_last = standing is standings[-1]
        spent = left if is_last else min(standing.open, left)
        from_committed = min(standing.committed, spent)
        from_reserved = min(standing.reserved, spent - from_committed)
        left -= spent
        yield Move(
            standing.period_id,
            reserved=-(standing.reserved if is_final else from_reserved),
            committed=-(standing.committed if is_final else from_committed),
            spent=spent,
        )


def credit(standings: Sequence[Standing], shares: Mapping[UUID, Decimal]) -> tuple[Move, ...]:
    """Take a share by budget back from what is spent, as with a refund; later periods first.

    What a document spent before it was moved to other budgets comes last, where these have not seen
    as much. Raises ValueError for a share that is not above zero, or is more than was spent.
    """
    if any(amount <= 0 for amount in shares.values()):
        raise ValueError("A credit takes an amount above zero.")
    by_budget: dict[UUID, list[Standing]] = {budget_id: [] for budget_id in shares}
    for standing in reversed(standings):
        by_budget.get(standing.budget_id, []).append(standing)
    former = {one for one, held in by_budget.items() if all(part.has_left for part in held)}
    moves: list[Move] = []
    missing = [shares[one] for one in former] if former == shares.keys() else []
    for budget_id in shares.keys() - former:
        found = _credited(by_budget[budget_id], shares[budget_id])
        moves += found
        missing.append(shares[budget_id] + sum(move.spent for move in found))
    short = max(missing, default=ZERO)
    made_up = ZERO
    for budget_id in former:
        found = _credited(by_budget[budget_id], min(short, shares[budget_id]))
        moves += found
        made_up = max(made_up, -sum((move.spent for move in found), ZERO))
    if made_up < short:
        raise ValueError("More cannot be credited than was spent.")
    return _only_moves(moves)


def _credited(standings: Iterable[Standing], amount: Decimal) -> list[Move]:
    moves = []
    for standing in standings:
        part = min(max(standing.spent, ZERO), amount)
        amount -= part
        moves.append(Move(standing.period_id, spent=-part))
    return moves


def taken_along(
    scope: Scope,
    charges: Sequence[Charge],
    held: Sequence[tuple[Scope, Standing]],
    *,
    is_placed: bool,
) -> tuple[Decimal, Decimal]:
    """Return what a budget that comes to cover a document takes on: reserved, and committed.

    As much as another budget of the same scope holds. Without one, its share of the charges, as far
    as they are still open; ``is_placed`` says which of the two where nothing is held anywhere.
    """
    staying = [(of, standing) for of, standing in held if not standing.has_left]
    for of, standing in staying:
        if _reach(of) == _reach(scope):
            return standing.reserved, standing.committed
    whole = [standing.open for of, standing in staying if _reach(of) == _reach(EVERYTHING)]
    share = min([scope.share(charges), *whole])
    if staying and not any(standing.open for _, standing in staying):
        share = ZERO
    if is_placed or any(standing.committed or standing.spent > 0 for _, standing in staying):
        return ZERO, share
    return share, ZERO


def _reach(scope: Scope) -> tuple[object, ...]:
    """Return what of an order counts against a budget; whose order it is, is settled."""
    return scope.category, scope.supplier_id


def _only_moves(moves: Iterable[Move]) -> tuple[Move, ...]:
    return tuple(move for move in moves if move)
