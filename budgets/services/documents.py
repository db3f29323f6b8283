"""What follows a reservation: committed with the purchase order, released, spent, credited.

Each step finds by itself which periods its document stands on, locks them in the order of their
ids, and asks `budgets.movements` what there is to move. A step that has been made changes nothing.
Whoever may take the step in the order's life may take it here, so the caller has asked; the ledger
is the record, beside the caller's audit event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from budgets import movements
from budgets.movements import Document, EntryKind, Move, Standing
from budgets.rules import Covering, Effect, blocking, effects
from budgets.selectors.covering import PERIOD_COLUMNS, by_period, from_period_row, keepers
from budgets.services.alerts import raise_alerts
from budgets.services.posting import Line, post
from budgets.services.reservations import Outcome, Reservation
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import DomainError

# Composed of constants alone.
_LOCK = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id IN (
    SELECT period_id FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = %(document)s)
ORDER BY p.id FOR NO KEY UPDATE OF p
"""  # noqa: S608

_STANDING = """
SELECT period_id, sum(delta_reserved), sum(delta_committed), sum(delta_spent),
       count(*) FILTER (WHERE kind = %(kind)s),
       bool_or(kind = %(kind)s AND key = %(key)s)
FROM budgets_ledgerentry
WHERE organization_id = %(organization)s AND document_id = %(document)s
GROUP BY period_id ORDER BY period_id
"""


@dataclass(frozen=True, slots=True)
class _Held:
    """A document's standings under lock, the budgets they lie on, and which steps were made."""

    standings: tuple[Standing, ...]
    covering: dict[UUID, Covering]
    next_key: str
    is_done: bool


def commit(*, actor: Actor, document: Document, now: datetime) -> tuple[Move, ...]:
    """Turn what a document has reserved into committed, as its purchase orders are placed.

    Three SQL statements in two round trips. Done again, it moves nothing.
    """
    return _step(actor, document, EntryKind.COMMIT, movements.commit, now)


def release(*, actor: Actor, document: Document, now: datetime) -> tuple[Move, ...]:
    """Give back what a document has reserved or committed: rejected, withdrawn or delivered short.

    Three SQL statements in two round trips. Done again, it moves nothing.
    """
    return _step(actor, document, EntryKind.RELEASE, movements.release, now)


@transaction.atomic
def spend(
    *, actor: Actor, document: Document, amount: Decimal, reference: str, now: datetime
) -> Reservation:
    """Spend an amount of a document: from what it has set aside, then from the budgets' free room.

    ``reference`` names the invoice and makes the step idempotent. What goes beyond the amount set
    aside is held to every cap: the verdict may be REFUSED, and then nothing has moved.
    """
    held = _held(actor, document, EntryKind.SPEND, reference)
    if held.is_done:
        return Reservation(Outcome.RESERVED, effects(tuple(held.covering.values()), Decimal(0)), ())
    moves = movements.spend(held.standings, amount)
    found = tuple(
        effect
        for move in moves
        for effect in effects([held.covering[move.period_id]], max(move.used, Decimal(0)))
    )
    if blocking(found):
        return _refused(found, now)
    post(actor=actor, lines=_lines(document, EntryKind.SPEND, reference, moves), now=now)
    raise_alerts(actor=actor, effects=found, document=document, now=now)
    return Reservation(Outcome.RESERVED, found, ())


@transaction.atomic
def credit(
    *, actor: Actor, document: Document, amount: Decimal, reference: str, now: datetime
) -> tuple[Move, ...]:
    """Take a refund back from what a document has spent; ``reference`` makes it idempotent.

    Raises `DomainError` where more would be credited than was spent.
    """
    held = _held(actor, document, EntryKind.CREDIT, reference)
    if held.is_done:
        return ()
    try:
        moves = movements.credit(held.standings, amount)
    except ValueError as error:
        raise DomainError(str(error), field="amount") from error
    post(actor=actor, lines=_lines(document, EntryKind.CREDIT, reference, moves), now=now)
    return moves


@transaction.atomic
def _step(
    actor: Actor,
    document: Document,
    kind: EntryKind,
    rule: Callable[[Sequence[Standing]], tuple[Move, ...]],
    now: datetime,
) -> tuple[Move, ...]:
    held = _held(actor, document, kind, "")
    moves = rule(held.standings)
    post(actor=actor, lines=_lines(document, kind, held.next_key, moves), now=now)
    return moves


def _held(actor: Actor, document: Document, kind: EntryKind, key: str) -> _Held:
    """Lock a document's periods and return what it holds on them; one round trip.

    The sums are read by a statement of their own, which starts once the locks are there and so sees
    every movement that they waited for.
    """
    parameters = {
        "organization": actor.organization_id,
        "document": document.id,
        "kind": kind.value,
        "key": key,
    }
    with writes.batch():
        locking = writes.execute(_LOCK, parameters)
        summing = writes.execute(_STANDING, parameters)
    rows = summing.fetchall()
    return _Held(
        standings=tuple(Standing(*row[:4]) for row in rows),
        covering=by_period(from_period_row(row) for row in locking.fetchall()),
        next_key=str(max((row[4] for row in rows), default=0) + 1),
        is_done=any(row[5] for row in rows),
    )


def _refused(found: tuple[Effect, ...], now: datetime) -> Reservation:
    tight = blocking(found)
    names = keepers([effect.covering for effect in tight], at=now)
    named = tuple(
        one for effect in found for one in effects([effect.covering], effect.amount, keepers=names)
    )
    return Reservation(Outcome.REFUSED, named, blocking(named))


def _lines(document: Document, kind: EntryKind, key: str, moves: Sequence[Move]) -> list[Line]:
    return [
        Line(
            period_id=move.period_id,
            kind=kind,
            key=key,
            document=document,
            reserved=move.reserved,
            committed=move.committed,
            spent=move.spent,
        )
        for move in moves
    ]
