"""Posting lines on periods that are locked: counters and ledger move in one SQL statement.

`post` is for single steps on few periods: at most one line for each period at a time, since an
UPDATE changes a row once. `post_many` takes any number of lines that move what is set aside. Bulk
history has its own way in `budgets.services.history`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from budgets.movements import Document, EntryKind
from budgets.rules import ZERO
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id

_POST = """
WITH lines AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(periods)s::uuid[], %(kinds)s::text[], %(keys)s::text[],
        %(caps)s::numeric[], %(reserved)s::numeric[], %(committed)s::numeric[],
        %(spent)s::numeric[], %(overrun)s::numeric[], %(document_kinds)s::text[],
        %(documents)s::uuid[], %(labels)s::text[], %(days)s::date[], %(notes)s::text[]
    ) AS l(id, period_id, kind, key, cap, reserved, committed, spent, overrun, document_kind,
           document_id, label, occurred_on, note)
), moved AS (
    UPDATE budgets_budgetperiod p
    SET cap = p.cap + l.cap, reserved = p.reserved + l.reserved,
        committed = p.committed + l.committed, spent = p.spent + l.spent,
        overrun = p.overrun + l.overrun, entries = p.entries + 1
    FROM lines l
    WHERE p.organization_id = %(organization)s AND p.id = l.period_id
    RETURNING p.id, p.entries, p.reserved + p.committed + p.spent AS used
)
INSERT INTO budgets_ledgerentry (id, organization_id, period_id, number, kind, delta_cap,
    delta_reserved, delta_committed, delta_spent, delta_overrun, used_after, document_kind,
    document_id, document_label, key, note, occurred_on, actor_id, actor_label, at)
SELECT l.id, %(organization)s, m.id, m.entries, l.kind, l.cap, l.reserved, l.committed, l.spent,
    l.overrun, m.used, l.document_kind, l.document_id, l.label, l.key, l.note, l.occurred_on,
    %(actor_id)s::uuid, %(actor)s, %(now)s
FROM lines l JOIN moved m ON m.id = l.period_id
"""

# The same for many lines on one period: numbers and balances follow the order they came in. The
# periods are locked, so nobody can come between.
_POST_MANY = """
WITH lines AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(periods)s::uuid[], %(kinds)s::text[], %(keys)s::text[],
        %(reserved)s::numeric[], %(committed)s::numeric[], %(overrun)s::numeric[],
        %(document_kinds)s::text[], %(documents)s::uuid[], %(labels)s::text[], %(days)s::date[],
        %(notes)s::text[]
    ) WITH ORDINALITY AS l(id, period_id, kind, key, reserved, committed, overrun, document_kind,
           document_id, label, occurred_on, note, place)
), numbered AS (
    SELECT l.*, p.entries + row_number() OVER w AS number,
           p.reserved + p.committed + p.spent + sum(l.reserved + l.committed) OVER w AS used
    FROM lines l
    JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = l.period_id
    WINDOW w AS (PARTITION BY l.period_id ORDER BY l.place)
), moved AS (
    UPDATE budgets_budgetperiod p
    SET reserved = p.reserved + s.reserved, committed = p.committed + s.committed,
        overrun = p.overrun + s.overrun, entries = p.entries + s.lines
    FROM (
        SELECT period_id, sum(reserved) AS reserved, sum(committed) AS committed,
               sum(overrun) AS overrun, count(*) AS lines
        FROM lines GROUP BY period_id
    ) s
    WHERE p.organization_id = %(organization)s AND p.id = s.period_id
)
INSERT INTO budgets_ledgerentry (id, organization_id, period_id, number, kind, delta_cap,
    delta_reserved, delta_committed, delta_spent, delta_overrun, used_after, document_kind,
    document_id, document_label, key, note, occurred_on, actor_id, actor_label, at)
SELECT id, %(organization)s, period_id, number, kind, 0, reserved, committed, 0, overrun, used,
    document_kind, document_id, label, key, note, occurred_on, %(actor_id)s::uuid, %(actor)s,
    %(now)s
FROM numbered
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be posted on one period."""

    period_id: UUID
    kind: EntryKind
    key: str
    document: Document
    cap: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    overrun: Decimal = ZERO
    note: str = ""


def post(*, actor: Actor, lines: Sequence[Line], now: datetime) -> None:
    """Post lines on periods that the caller holds locked; one SQL statement, none for no line."""
    if not lines:
        return
    writes.execute(
        _POST,
        {
            "organization": actor.organization_id,
            "ids": [new_id() for _ in lines],
            "periods": [line.period_id for line in lines],
            "kinds": [line.kind.value for line in lines],
            "keys": [line.key[:80] for line in lines],
            "caps": [line.cap for line in lines],
            "reserved": [line.reserved for line in lines],
            "committed": [line.committed for line in lines],
            "spent": [line.spent for line in lines],
            "overrun": [line.overrun for line in lines],
            "document_kinds": [line.document.kind for line in lines],
            "documents": [line.document.id for line in lines],
            "labels": [line.document.label[:200] for line in lines],
            "days": [line.document.occurred_on for line in lines],
            "notes": [line.note[:500] for line in lines],
            "actor_id": actor.id,
            "actor": actor.label[:200],
            "now": now,
        },
    )


def post_many(*, actor: Actor, lines: Sequence[Line], now: datetime) -> None:
    """Post lines that move what is set aside, and overrun with it, however many on one period.

    The caller holds the periods locked. One SQL statement, none for no line.
    """
    if not lines:
        return
    writes.execute(
        _POST_MANY,
        {
            "organization": actor.organization_id,
            "ids": [new_id() for _ in lines],
            "periods": [line.period_id for line in lines],
            "kinds": [line.kind.value for line in lines],
            "keys": [line.key[:80] for line in lines],
            "reserved": [line.reserved for line in lines],
            "committed": [line.committed for line in lines],
            "overrun": [line.overrun for line in lines],
            "document_kinds": [line.document.kind for line in lines],
            "documents": [line.document.id for line in lines],
            "labels": [line.document.label[:200] for line in lines],
            "days": [line.document.occurred_on for line in lines],
            "notes": [line.note[:500] for line in lines],
            "actor_id": actor.id,
            "actor": actor.label[:200],
            "now": now,
        },
        prepare=False,
    )
