"""What follows a reservation: committed with the purchase order, released, spent, credited.

Each step finds by itself which periods its document stands on, locks them in the order of their
ids, and asks `budgets.movements` what there is to move. A step that has been made changes nothing,
and none changes a period that is closed. Whoever may take the step in the order's life may take it
here, so the caller has asked; the ledger is the record, beside the caller's audit event.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from budgets import movements
from budgets.charges import Charge
from budgets.movements import Document, EntryKind, Move
from budgets.rules import (
    FULL,
    ZERO,
    BudgetState,
    Covering,
    Effect,
    PeriodStatus,
    any_of,
    effects,
    thresholds_crossed,
)
from budgets.selectors.covering import keepers
from budgets.services.alerts import raise_alerts
from budgets.services.holdings import holdings, post_moves, refuse_closed
from budgets.services.period_steps import today_of
from budgets.services.reservations import Outcome, Reservation
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.money import format_money


@transaction.atomic
def commit(*, actor: Actor, document: Document, now: datetime) -> tuple[Move, ...]:
    """Turn what a document has reserved into committed, as its purchase orders are placed.

    Three SQL statements in two round trips. Done again, it moves nothing. Raises `Conflict` where
    it has reserved something on a closed period.
    """
    held = holdings(actor=actor, document=document, kind=EntryKind.COMMIT)
    moves = movements.commit(held.standings)
    refuse_closed(held, moves)
    post_moves(
        actor=actor,
        held=held,
        steps=[(EntryKind.COMMIT, move) for move in moves],
        key=held.next_key,
        document=document,
        now=now,
    )
    return moves


@transaction.atomic
def release(
    *,
    actor: Actor,
    document: Document,
    charges: Sequence[Charge] | None = None,
    reference: str = "",
    now: datetime,
) -> tuple[Move, ...]:
    """Give back what a document has reserved or committed: rejected, withdrawn, cancelled.

    With ``charges``, only as much as they come to on each budget: delivered short, or a line is
    cancelled; ``reference`` names it and makes it idempotent. Without, everything, and done again
    it moves nothing. Four SQL statements in two round trips, and one for each alert that is
    re-armed. Raises `Conflict` where there is something to give back on a closed period.
    """
    held = holdings(actor=actor, document=document, kind=EntryKind.RELEASE, key=reference)
    if reference and held.is_done:
        return ()
    shares = None if charges is None else held.shares(charges)
    moves = movements.release(held.standings, shares)
    refuse_closed(held, moves)
    post_moves(
        actor=actor,
        held=held,
        steps=[(EntryKind.RELEASE, move) for move in moves],
        key=reference or held.next_key,
        document=document,
        now=now,
    )
    return moves


@transaction.atomic
def spend(
    *,
    actor: Actor,
    document: Document,
    charges: Sequence[Charge],
    reference: str,
    is_final: bool = False,
    now: datetime,
) -> Reservation:
    """Spend on each budget what charges come to there: from what is set aside, then free room.

    ``reference`` names the invoice and makes the step idempotent. Where it ``is_final``, the rest
    that the document has set aside on these budgets is given back in the same step. What goes
    beyond the amount set aside is held to every hard cap: the verdict may be REFUSED, and then
    nothing has moved. A frozen or reopened period takes it. Four SQL statements in two round trips,
    and those of alerts. Raises `Conflict` for a closed period, ValueError for charges of nothing.
    """
    held = holdings(actor=actor, document=document, kind=EntryKind.SPEND, key=reference)
    standing = tuple(held.covering.values())
    if held.is_done:
        return Reservation(Outcome.RESERVED, effects(standing, ZERO), ())
    moves = movements.spend(held.standings, held.shares(charges), is_final=is_final)
    refuse_closed(held, moves)
    found = tuple(_invoiced(held.covering[move.period_id], move.used) for move in moves)
    if any(effect.state is BudgetState.STOP for effect in found):
        return _refused(found, now)
    post_moves(
        actor=actor,
        held=held,
        steps=[(_spending(move), move) for move in moves],
        key=reference,
        document=document,
        now=now,
    )
    raise_alerts(actor=actor, effects=found, document=document, now=now)
    return Reservation(Outcome.RESERVED, found, ())


@transaction.atomic
def credit(
    *,
    actor: Actor,
    document: Document,
    charges: Sequence[Charge],
    reference: str,
    now: datetime,
) -> tuple[Move, ...]:
    """Take a refund back from what a document has spent; ``reference`` makes it idempotent.

    Each budget gets back what the charges come to there. Four SQL statements in two round trips,
    and one for each alert that is re-armed. Raises `DomainError` where more would be credited than
    was spent, `Conflict` for a closed period, ValueError for charges of nothing.
    """
    held = holdings(actor=actor, document=document, kind=EntryKind.CREDIT, key=reference)
    if held.is_done:
        return ()
    shares = held.shares(charges)
    try:
        moves = movements.credit(held.standings, shares)
    except ValueError as error:
        raise DomainError(str(error), field="amount") from error
    refuse_closed(held, moves)
    post_moves(
        actor=actor,
        held=held,
        steps=[(EntryKind.CREDIT, move) for move in moves],
        key=reference,
        document=document,
        now=now,
    )
    return moves


def _spending(move: Move) -> EntryKind:
    """Say what a part of a spending is: where it only gives back, a release."""
    return EntryKind.SPEND if move.spent else EntryKind.RELEASE


def _invoiced(covering: Covering, amount: Decimal, names: Sequence[str] = ()) -> Effect:
    """Judge what an invoice takes beyond what was set aside.

    It is held to the cap, not to the share of it at which new orders stop, and comes late for a
    period that takes no new ones.
    """
    taken = max(amount, ZERO)
    bare = replace(covering, status=PeriodStatus.OPEN, block_percent=FULL)
    (effect,) = effects([bare], taken, keepers={covering.group_id: names})
    if effect.state is BudgetState.STOP and not taken:
        return replace(effect, covering=covering, state=BudgetState.OK)
    crossed = thresholds_crossed(
        before=covering.used,
        after=covering.used + taken,
        cap=covering.cap,
        thresholds=() if effect.state is BudgetState.STOP else covering.thresholds,
    )
    return replace(effect, covering=covering, crossed=crossed)


def _refused(found: Sequence[Effect], now: datetime) -> Reservation:
    """Return the refusal with whom to ask, and what else helps where a period is over."""
    tight = [effect.covering for effect in found if effect.state is BudgetState.STOP]
    names = keepers(tight, at=now)
    today = today_of(now)
    named = []
    for one in found:
        of_it = names.get(one.covering.group_id, ())
        effect = _invoiced(one.covering, one.amount, of_it)
        is_over = one.covering.period.ends_on < today
        if effect.state is BudgetState.STOP and is_over:
            effect = replace(effect, sentence=_late_sentence(one.covering, of_it))
        named.append(effect)
    return Reservation(
        Outcome.REFUSED, tuple(named), tuple(one for one in named if one.state is BudgetState.STOP)
    )


def _late_sentence(covering: Covering, names: Sequence[str]) -> str:
    """Say how an invoice can be booked that a period has no room for any more.

    What it had left has gone on where the budget carries over; closing it takes the order there.
    """
    free, label = covering.free, covering.period.label
    left = f"Only {format_money(free, covering.currency)}" if free > 0 else "Nothing"
    return (
        f"{left} is left of {format_money(covering.cap, covering.currency)} in {label}, which is "
        "over. Close the period: what the order has set aside moves on to the next one, and the "
        f"invoice is booked there. Or ask {any_of(names) or 'its finance people'} for an increase "
        f"of {label}."
    )
