"""Reserving: the one place where an order takes room from its budgets.

The first time, one SQL statement locks the covering periods in the order of their ids, decides for
all of them together, moves their counters and writes their ledger lines, or changes nothing at all.
So a refusal needs no savepoint of ours, nobody waits for us longer than that statement, and two
orders that share budgets in whatever order cannot deadlock. It must come late in a transaction: its
locks are held to the end.

A document that holds something already is left alone by that statement, which locks nothing then.
What it holds is read under the locks of all periods, old and new, and `budgets.movements.change`
says what there is to move.

Who reserves queues for the periods just before, in the same order and the same round trip
(`procurement.core.locking.turns_of`), for those that the document stands on as well.

``FOR NO KEY UPDATE`` excludes every other movement, but not the foreign-key checks of rows that
refer to a period. A statement that waited for a lock sees the row as the one before it left it; the
update that follows finds the same version, since it is locked by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from django.db import IntegrityError

from budgets import movements
from budgets.charges import Charge
from budgets.movements import Document, EntryKind, Move, Target
from budgets.rules import ZERO, Covering, Effect, PeriodStatus, blocking, effects
from budgets.selectors.covering import keepers
from budgets.services.alerts import raise_alerts
from budgets.services.holdings import (
    TURNS,
    Holdings,
    holdings,
    is_exact,
    post_moves,
    refuse_closed,
)
from budgets.services.periods import ensure_periods
from budgets.services.posting import LINE_COLUMNS
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict
from procurement.core.ids import new_id

# Composed of constants alone.
_RESERVE = f"""
WITH held AS (
    SELECT coalesce(sum(delta_reserved + delta_committed + delta_spent), 0) AS amount,
           count(DISTINCT key) FILTER (WHERE kind = 'RESERVE') + 1 AS step
    FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = %(document)s
), asked AS (
    SELECT * FROM unnest(
        %(periods)s::uuid[], %(lines)s::uuid[], %(amounts)s::numeric[], %(blocks)s::int[],
        %(softs)s::boolean[]
    ) AS a(period_id, line_id, amount, block_percent, is_soft)
), locked AS (
    SELECT id, cap, reserved, committed, spent, overrun, status FROM budgets_budgetperiod
    WHERE organization_id = %(organization)s AND id = ANY(%(periods)s::uuid[])
      AND (SELECT amount FROM held) = 0
    ORDER BY id FOR NO KEY UPDATE
), judged AS (
    SELECT a.*, l.overrun,
           greatest(l.reserved + l.committed + l.spent + a.amount - l.cap, 0) AS beyond,
           l.status = 'OPEN' AND (a.is_soft OR l.reserved + l.committed + l.spent + a.amount
               <= trunc(l.cap * a.block_percent / 100, 2)) AS fits
    FROM locked l JOIN asked a ON a.period_id = l.id
), verdict AS (
    SELECT count(*) = cardinality(%(periods)s::uuid[]) AS complete, bool_and(fits) AS fits
    FROM judged
), moved AS (
    UPDATE budgets_budgetperiod p
    SET reserved = p.reserved + j.amount, entries = p.entries + 1,
        overrun = CASE WHEN j.is_soft THEN j.beyond ELSE p.overrun END
    FROM judged j, verdict v
    WHERE v.complete AND v.fits
      AND p.organization_id = %(organization)s AND p.id = j.period_id
    RETURNING p.id, p.entries, p.overrun, p.reserved + p.committed + p.spent AS used
), written AS (
    INSERT INTO budgets_ledgerentry ({LINE_COLUMNS})
    SELECT j.line_id, %(organization)s, m.id, m.entries, 'RESERVE', 0, j.amount, 0, 0,
        m.overrun - j.overrun, m.used, %(document_kind)s, %(document)s, %(label)s,
        (SELECT step FROM held)::text, '', %(occurred_on)s, %(actor_id)s::uuid, %(actor)s, %(now)s
    FROM moved m JOIN judged j ON j.period_id = m.id
)
SELECT h.amount, v.complete, v.fits, l.* FROM held h CROSS JOIN verdict v LEFT JOIN locked l ON true
"""


class Outcome(StrEnum):
    """What became of a reservation."""

    RESERVED = "RESERVED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Reservation:
    """The verdict on a reservation: what it does to every budget, and which of them refuse it.

    ``effects`` follow the order of the covering budgets and tell the counters as they were under
    the lock, with what the order takes from each: of a change, what it takes more, if anything.
    Each effect of ``blocking`` carries the room left and, in its sentence, whom to ask.
    """

    outcome: Outcome
    effects: tuple[Effect, ...]
    blocking: tuple[Effect, ...]

    @property
    def is_reserved(self) -> bool:
        """Tell whether the room is taken."""
        return self.outcome is Outcome.RESERVED


class PreparedReservation:
    """A reservation ready to be sent within the caller's own batch of statements.

    `queue` sends it (no round trip of its own within `writes.batch`), `verdict` reads the answer,
    inside the batch or after it. A refusal has changed nothing in budgets; a caller that has sent
    other rows in the same batch rolls back to a savepoint of its own.
    """

    def __init__(
        self,
        *,
        actor: Actor,
        covering: Sequence[Covering],
        charges: Sequence[Charge],
        document: Document,
        now: datetime,
    ) -> None:
        self._actor = actor
        self._shares = tuple((one, one.scope.share(charges)) for one in covering)
        self._document = document
        self._now = now
        self._cursor: psycopg.Cursor[Any] | None = None

    def queue(self) -> None:
        """Queue for the periods and send the statement; what costs a budget nothing is left out."""
        asked = [(one, share) for one, share in self._shares if share]
        periods = {
            "organization": self._actor.organization_id,
            "document": self._document.id,
            "periods": [one.period_id for one, _ in asked],
        }
        writes.execute(TURNS, periods)
        self._cursor = writes.execute(
            _RESERVE,
            {
                **periods,
                "lines": [new_id() for _ in asked],
                "amounts": [share for _, share in asked],
                "blocks": [one.block_percent for one, _ in asked],
                "softs": [one.is_soft for one, _ in asked],
                "document_kind": self._document.kind,
                "label": self._document.label[:200],
                "occurred_on": self._document.occurred_on,
                "actor_id": self._actor.id,
                "actor": self._actor.label[:200],
                "now": self._now,
            },
        )

    def verdict(self) -> Reservation:
        """Return what became of it. No SQL of its own, except to name whom to ask or to alert.

        Where the document holds something already, the difference is moved now: five statements in
        two round trips. Reserving again what it holds is RESERVED and moves nothing. Raises
        `Conflict` where a budget has gone in the meantime, or where something would have to be
        given back on a closed period.
        """
        assert self._cursor is not None  # queued before
        rows = self._cursor.fetchall()
        held, complete, fits = rows[0][:3]
        if held:
            return self._change()
        if not complete:
            raise Conflict("A budget of this order has gone in the meantime; look at it again.")
        locked = {row[3]: row[4:] for row in rows}
        found = tuple(
            effect
            for one, share in self._shares
            for effect in effects([_as_locked(one, locked.get(one.period_id))], share)
        )
        if fits is False:
            return self._refused(found)
        raise_alerts(actor=self._actor, effects=found, document=self._document, now=self._now)
        return Reservation(Outcome.RESERVED, found, ())

    def _change(self) -> Reservation:
        """Move the difference between what the document shall use and what it uses."""
        targets = [
            Target(one.period_id, one.budget_id, share)
            for one, share in self._shares
            if one.period_id is not None
        ]
        held = holdings(
            actor=self._actor,
            document=self._document,
            kind=EntryKind.CHANGE,
            periods=[target.period_id for target in targets],
        )
        if any(target.period_id not in held.covering for target in targets):
            raise Conflict("A budget of this order has gone in the meantime; look at it again.")
        targets = [_moved_on(target, held) for target in targets]
        moves = movements.change(held.standings, targets)
        taken: dict[UUID | None, Decimal] = {move.period_id: max(move.used, ZERO) for move in moves}
        found = tuple(
            effect
            for one in targets
            for effect in effects([held.covering[one.period_id]], taken.get(one.period_id, ZERO))
        )
        if blocking(found):
            return self._refused(found)
        refuse_closed(held, moves)
        post_moves(
            actor=self._actor,
            held=held,
            steps=[(_change_on(move, moves, held, targets), move) for move in moves],
            key=held.next_key,
            document=self._document,
            now=self._now,
        )
        raise_alerts(actor=self._actor, effects=found, document=self._document, now=self._now)
        return Reservation(Outcome.RESERVED, found, ())

    def _refused(self, found: tuple[Effect, ...]) -> Reservation:
        tight = [effect.covering for effect in blocking(found)]
        names = keepers(tight, at=self._now)
        named = tuple(
            effect for one in found for effect in effects([one.covering], one.amount, keepers=names)
        )
        return Reservation(Outcome.REFUSED, named, blocking(named))


def prepare_reservation(
    *,
    actor: Actor,
    covering: Sequence[Covering],
    charges: Sequence[Charge],
    document: Document,
    now: datetime,
) -> PreparedReservation:
    """Return a reservation to be queued: on every covering budget its share, or on none.

    Budgets that no charge falls under are left out. ``charges`` are amounts of zero or more, exact
    to the cent; they are all that the order shall use, also where it holds something already. No
    SQL where all periods are open, as they normally are; else four statements. Raises ValueError on
    an amount that is not exact.
    """
    for charge in charges:
        if not is_exact(charge.amount):
            raise ValueError(f"{charge.amount} cannot be reserved: below zero or not exact.")
    touched = [one for one in covering if any(one.scope.covers(charge) for charge in charges)]
    return PreparedReservation(
        actor=actor,
        covering=ensure_periods(actor=actor, covering=touched, now=now),
        charges=charges,
        document=document,
        now=now,
    )


def reserve(
    *,
    actor: Actor,
    covering: Sequence[Covering],
    charges: Sequence[Charge],
    document: Document,
    now: datetime,
) -> Reservation:
    """Reserve on every covering budget its share of an order, or on none; one SQL statement.

    A document that holds something already moves the difference alone. Must run inside a
    transaction, as everything in a tenancy scope does. Whoever may place the order may reserve, so
    the caller has asked; the ledger is the record, beside the caller's audit event. Raises
    `Conflict` where the very document is being reserved by somebody else at the moment.
    """
    prepared = prepare_reservation(
        actor=actor, covering=covering, charges=charges, document=document, now=now
    )
    try:
        prepared.queue()
    except IntegrityError as error:
        raise Conflict(
            f"{document.label} has just been changed by somebody else; try again."
        ) from error
    return prepared.verdict()


def _moved_on(target: Target, held: Holdings) -> Target:
    """Return where a document stands now instead of on a period that has been closed since."""
    if held.covering[target.period_id].status is not PeriodStatus.CLOSED:
        return target
    for standing in held.standings:
        if standing.budget_id == target.budget_id and standing.open:
            return replace(target, period_id=standing.period_id)
    return target


def _change_on(
    move: Move, moves: Sequence[Move], held: Holdings, targets: Sequence[Target]
) -> EntryKind:
    """Say what a change is on one period: what leaves it is released, or goes to another one."""
    if any(target.period_id == move.period_id for target in targets):
        return EntryKind.CHANGE
    budget_id = held.covering[move.period_id].budget_id
    goes_on = any(
        other.used > 0 and held.covering[other.period_id].budget_id == budget_id for other in moves
    )
    return EntryKind.ROLL if goes_on else EntryKind.RELEASE


def _as_locked(covering: Covering, row: Sequence[Any] | None) -> Covering:
    """Return a budget with its counters under the lock; one that costs nothing is not locked."""
    if row is None:
        return covering
    cap, reserved, committed, spent, overrun, status = row
    return replace(
        covering,
        cap=cap,
        reserved=reserved,
        committed=committed,
        spent=spent,
        overrun=overrun,
        status=PeriodStatus(status),
    )
