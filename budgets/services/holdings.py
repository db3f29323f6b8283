"""What a document holds on its budgets, read under their locks: the ground of every later step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from budgets.charges import Charge
from budgets.movements import Document, EntryKind, Move, Standing
from budgets.rules import ZERO, Covering, PeriodStatus
from budgets.selectors.covering import PERIOD_COLUMNS, by_period, from_period_row
from budgets.services.alerts import rearm_alerts
from budgets.services.posting import Line, post
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict
from procurement.core.locking import turns_of

# Composed of constants alone.
_LOCK = f"""
SELECT {PERIOD_COLUMNS}
WHERE p.organization_id = %(organization)s AND p.id = ANY(%(periods)s::uuid[] || ARRAY(
    SELECT period_id FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = %(document)s))
ORDER BY p.id FOR NO KEY UPDATE OF p
"""

# For the periods that a document is to stand on, and for those that it stands on already.
TURNS = turns_of("""
    SELECT unnest(%(periods)s::uuid[]) UNION SELECT period_id FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = %(document)s
""")

_STANDING = """
SELECT e.period_id, p.budget_id, sum(e.delta_reserved), sum(e.delta_committed), sum(e.delta_spent),
       (array_agg(e.kind ORDER BY e.number DESC) FILTER (WHERE e.kind <> 'CREDIT'))[1], count(*),
       bool_or(e.kind = %(kind)s AND e.key = %(key)s)
FROM budgets_ledgerentry e
JOIN budgets_budgetperiod p ON p.organization_id = e.organization_id AND p.id = e.period_id
WHERE e.organization_id = %(organization)s AND e.document_id = %(document)s
GROUP BY e.period_id, p.budget_id, p.starts_on ORDER BY p.starts_on, e.period_id
"""

# Steps that take all that a document holds away from a period, and to another one.
_MOVING = frozenset({EntryKind.SHIFT, EntryKind.ROLL})


@dataclass(frozen=True, slots=True)
class Holdings:
    """A document's standings under lock, and the budgets by their periods.

    ``next_key`` tells one more step from all that it has made before; ``is_done`` says whether the
    very step that was asked about has been made.
    """

    standings: tuple[Standing, ...]
    covering: dict[UUID, Covering]
    next_key: str
    is_done: bool

    def shares(self, charges: Sequence[Charge]) -> dict[UUID, Decimal]:
        """Return what charges come to on each budget that they fall under, by budget.

        Raises ValueError where a charge is below zero or finer than a cent, or all are zero.
        """
        total = sum((one.amount for one in charges), ZERO)
        if not total or any(not is_exact(one.amount) for one in charges):
            raise ValueError("Charges are amounts to the cent, and above zero in all.")
        shares = {
            self.covering[one.period_id].budget_id: self.covering[one.period_id].scope
            for one in self.standings
        }
        return {
            budget_id: share
            for budget_id, scope in shares.items()
            if (share := scope.share(charges))
        }


def is_exact(amount: Decimal) -> bool:
    """Tell whether an amount is zero or more, to the cent."""
    return amount.is_finite() and amount >= 0 and amount == amount.quantize(Decimal("0.01"))


def holdings(
    *,
    actor: Actor,
    document: Document,
    kind: EntryKind,
    key: str = "",
    periods: Iterable[UUID] = (),
) -> Holdings:
    """Lock the periods that a document stands on, and any more, and return what it holds.

    In the order of their ids, so that nobody can wait for us in a ring. The sums are read by a
    statement of their own, which starts once the locks are there and so sees every movement that
    they waited for. Three SQL statements in one round trip. Raises `Conflict` where the document
    has come onto another budget in between.
    """
    parameters = {
        "organization": actor.organization_id,
        "document": document.id,
        "periods": list(periods),
        "kind": kind.value,
        "key": key,
    }
    with writes.batch():
        writes.execute(TURNS, parameters)
        locking = writes.execute(_LOCK, parameters)
        summing = writes.execute(_STANDING, parameters)
    rows = summing.fetchall()
    covering = by_period(from_period_row(row) for row in locking.fetchall())
    if any(row[0] not in covering for row in rows):
        raise Conflict(f"{document.label} has just been changed by somebody else; try again.")
    return Holdings(
        standings=tuple(standing_of(*row[:6]) for row in rows),
        covering=covering,
        next_key=str(sum(row[6] for row in rows) + 1),
        is_done=any(row[7] for row in rows),
    )


def standing_of(
    period_id: UUID,
    budget_id: UUID,
    reserved: Decimal,
    committed: Decimal,
    spent: Decimal,
    last_kind: str,
) -> Standing:
    """Return what a document holds on a period, from its sums and the kind of its last line.

    A credit does not count as that: it comes back to where the money was spent.
    """
    has_left = last_kind in _MOVING and not reserved + committed
    return Standing(period_id, budget_id, reserved, committed, spent, has_left)


def refuse_closed(held: Holdings, moves: Iterable[Move]) -> None:
    """Raise `Conflict` where a step would move anything on a period that is closed."""
    for move in moves:
        one = held.covering[move.period_id]
        if one.status is PeriodStatus.CLOSED:
            raise Conflict(
                f"{one.title}, {one.period.label} is closed and takes nothing more. Reopen the "
                "period under Budgets first, then try again."
            )


def post_moves(
    *,
    actor: Actor,
    held: Holdings,
    steps: Sequence[tuple[EntryKind, Move]],
    key: str,
    document: Document,
    now: datetime,
) -> None:
    """Post the moves of one step on periods that are locked; soft budgets may be exceeded.

    One SQL statement, and one more where room is given back, in one round trip; none for no move.
    """
    with writes.batch():
        post(
            actor=actor,
            lines=[
                Line(
                    period_id=move.period_id,
                    kind=kind,
                    key=key,
                    document=document,
                    reserved=move.reserved,
                    committed=move.committed,
                    spent=move.spent,
                    may_exceed=move.used > 0 and held.covering[move.period_id].is_soft,
                )
                for kind, move in steps
            ],
            now=now,
        )
        rearm_alerts(
            actor=actor,
            covering=[held.covering[move.period_id] for _, move in steps if move.used < 0],
            document=document,
            now=now,
        )
