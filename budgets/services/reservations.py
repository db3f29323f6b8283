"""Reserving: the one place where an order takes room from its budgets.

One SQL statement locks the covering periods in the order of their ids, decides for all of them
together, moves their counters and writes their ledger lines, or changes nothing at all. So a
refusal needs no savepoint of ours, nobody waits for us longer than that statement, and two orders
that share budgets in whatever order cannot deadlock. It must come late in a transaction: its locks
are held to the end.

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

import psycopg

from budgets.movements import Document
from budgets.rules import Covering, Effect, blocking, effects
from budgets.selectors.covering import keepers
from budgets.services.alerts import raise_alerts
from budgets.services.periods import ensure_periods
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict
from procurement.core.ids import new_id

_RESERVE = """
WITH held AS (
    SELECT coalesce(sum(delta_reserved + delta_committed + delta_spent), 0) AS amount,
           count(DISTINCT key) FILTER (WHERE kind = 'RESERVE') + 1 AS step
    FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = %(document)s
), locked AS (
    SELECT id, cap, reserved, committed, spent, overrun FROM budgets_budgetperiod
    WHERE organization_id = %(organization)s AND id = ANY(%(periods)s::uuid[])
    ORDER BY id FOR NO KEY UPDATE
), verdict AS (
    SELECT (SELECT amount FROM held) AS held,
           count(*) = cardinality(%(periods)s::uuid[]) AS complete,
           bool_and(reserved + committed + spent + %(amount)s::numeric <= cap) AS fits
    FROM locked
), moved AS (
    UPDATE budgets_budgetperiod p
    SET reserved = p.reserved + %(amount)s::numeric, entries = p.entries + 1
    FROM verdict v
    WHERE v.held = 0 AND v.complete AND v.fits
      AND p.organization_id = %(organization)s AND p.id = ANY(%(periods)s::uuid[])
    RETURNING p.id, p.entries, p.reserved + p.committed + p.spent AS used
), written AS (
    INSERT INTO budgets_ledgerentry (id, organization_id, period_id, number, kind, delta_cap,
        delta_reserved, delta_committed, delta_spent, delta_overrun, used_after, document_kind,
        document_id, document_label, key, occurred_on, actor_id, actor_label, at)
    SELECT l.id, %(organization)s, m.id, m.entries, 'RESERVE', 0, %(amount)s::numeric, 0, 0, 0,
        m.used, %(document_kind)s, %(document)s, %(label)s, (SELECT step FROM held)::text,
        %(occurred_on)s, %(actor_id)s::uuid, %(actor)s, %(now)s
    FROM moved m
    JOIN unnest(%(periods)s::uuid[], %(lines)s::uuid[]) AS l(period_id, id) ON l.period_id = m.id
)
SELECT l.id, l.cap, l.reserved, l.committed, l.spent, l.overrun, v.held, v.complete, v.fits
FROM locked l CROSS JOIN verdict v
"""


class Outcome(StrEnum):
    """What became of a reservation."""

    RESERVED = "RESERVED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Reservation:
    """The verdict on a reservation: what it does to every budget, and which of them refuse it.

    ``effects`` follow the order of the covering budgets and tell the counters as they were under
    the lock. Each effect of ``blocking`` carries the room left and, in its sentence, whom to ask.
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
        amount: Decimal,
        document: Document,
        now: datetime,
    ) -> None:
        self._actor = actor
        self._covering = tuple(covering)
        self._amount = amount
        self._document = document
        self._now = now
        self._cursor: psycopg.Cursor[Any] | None = None

    def queue(self) -> None:
        """Send the statement; none where no budget covers the order or it costs nothing."""
        if not self._covering or not self._amount:
            return
        self._cursor = writes.execute(
            _RESERVE,
            {
                "organization": self._actor.organization_id,
                "periods": [one.period_id for one in self._covering],
                "lines": [new_id() for _ in self._covering],
                "amount": self._amount,
                "document_kind": self._document.kind,
                "document": self._document.id,
                "label": self._document.label[:200],
                "occurred_on": self._document.occurred_on,
                "actor_id": self._actor.id,
                "actor": self._actor.label[:200],
                "now": self._now,
            },
        )

    def verdict(self) -> Reservation:
        """Return what became of it. No SQL of its own, except to name whom to ask or to alert.

        Reserving again what the document holds already is RESERVED and changes nothing. Raises
        `Conflict` where it holds something else, or where a budget has gone in the meantime.
        """
        if self._cursor is None:
            return Reservation(Outcome.RESERVED, effects(self._covering, self._amount), ())
        rows = {row[0]: row[1:] for row in self._cursor.fetchall()}
        standing = tuple(
            _as_locked(one, rows[one.period_id]) for one in self._covering if one.period_id in rows
        )
        held, complete, fits = next(iter(rows.values()))[5:] if rows else (Decimal(0), False, False)
        if not complete:
            raise Conflict("A budget of this order has gone in the meantime; look at it again.")
        if held:
            return self._repeated(standing, held)
        found = effects(standing, self._amount)
        if not fits:
            return self._refused(standing, found)
        raise_alerts(actor=self._actor, effects=found, document=self._document, now=self._now)
        return Reservation(Outcome.RESERVED, found, ())

    def _repeated(self, standing: tuple[Covering, ...], held: Decimal) -> Reservation:
        if held != self._amount * len(standing):
            raise Conflict(
                f"{self._document.label} holds another amount on its budgets; release that first."
            )
        return Reservation(Outcome.RESERVED, effects(standing, Decimal(0)), ())

    def _refused(self, standing: tuple[Covering, ...], found: tuple[Effect, ...]) -> Reservation:
        tight = [effect.covering for effect in blocking(found)]
        named = effects(standing, self._amount, keepers=keepers(tight, at=self._now))
        return Reservation(Outcome.REFUSED, named, blocking(named))


def prepare_reservation(
    *,
    actor: Actor,
    covering: Sequence[Covering],
    amount: Decimal,
    document: Document,
    now: datetime,
) -> PreparedReservation:
    """Return a reservation to be queued: the amount on every covering budget, or on none.

    ``amount`` is zero or more, exact in the currency's minor unit. No SQL where all periods are
    open, as they normally are; else four statements. Raises ValueError on an amount that is not
    exact.
    """
    if amount < 0 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"{amount} cannot be reserved: it is below zero or not exact.")
    return PreparedReservation(
        actor=actor,
        covering=ensure_periods(actor=actor, covering=covering, now=now),
        amount=amount,
        document=document,
        now=now,
    )


def reserve(
    *,
    actor: Actor,
    covering: Sequence[Covering],
    amount: Decimal,
    document: Document,
    now: datetime,
) -> Reservation:
    """Reserve an amount on every covering budget, or on none; one SQL statement.

    Must run inside a transaction, as everything in a tenancy scope does. Whoever may place the
    order may reserve, so the caller has asked; the ledger is the record, beside the caller's audit
    event.
    """
    prepared = prepare_reservation(
        actor=actor, covering=covering, amount=amount, document=document, now=now
    )
    prepared.queue()
    return prepared.verdict()


def _as_locked(covering: Covering, row: Sequence[Decimal]) -> Covering:
    cap, reserved, committed, spent, overrun = row[:5]
    return replace(
        covering, cap=cap, reserved=reserved, committed=committed, spent=spent, overrun=overrun
    )
