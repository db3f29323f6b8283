"""Posting lines on periods that are locked: counters and ledger move in one SQL statement.

`post` is for single steps on few periods: at most one line for each period at a time, since an
UPDATE changes a row once. `post_many` takes any number of lines. Bulk history has its own way in
`budgets.services.history`.

What is used beyond a cap is the period's overrun, and the database holds that it is no more than
that. It grows with lines that may exceed alone, and any other line takes it down as far as there is
room again; so no line can hide that it goes beyond a cap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from budgets.movements import Document, EntryKind
from budgets.rules import ZERO
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id

LINE_COLUMNS = """
id, organization_id, period_id, number, kind, delta_cap, delta_reserved, delta_committed,
delta_spent, delta_overrun, used_after, document_kind, document_id, document_label, key, note,
occurred_on, actor_id, actor_label, at
"""

_LINES = """
SELECT * FROM unnest(
    %(ids)s::uuid[], %(periods)s::uuid[], %(kinds)s::text[], %(keys)s::text[], %(notes)s::text[],
    %(caps)s::numeric[], %(reserved)s::numeric[], %(committed)s::numeric[], %(spent)s::numeric[],
    %(may_exceed)s::boolean[], %(document_kinds)s::text[], %(documents)s::uuid[],
    %(labels)s::text[], %(days)s::date[]
) WITH ORDINALITY AS l(id, period_id, kind, key, note, cap, reserved, committed, spent, may_exceed,
       document_kind, document_id, label, occurred_on, place)
"""

# What is used beyond the cap once a line is posted; the line alone says whether that may grow.
_POST = f"""
WITH lines AS ({_LINES}), judged AS (
    SELECT l.*, p.overrun AS overrun_before,
           l.reserved + l.committed + l.spent - l.cap AS tighter,
           greatest(p.reserved + l.reserved + p.committed + l.committed + p.spent + l.spent
                    - p.cap - l.cap, 0) AS beyond
    FROM lines l
    JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = l.period_id
), moved AS (
    UPDATE budgets_budgetperiod p
    SET cap = p.cap + j.cap, reserved = p.reserved + j.reserved,
        committed = p.committed + j.committed, spent = p.spent + j.spent,
        overrun = CASE WHEN j.tighter = 0 THEN p.overrun WHEN j.may_exceed THEN j.beyond
                  ELSE least(p.overrun, j.beyond) END,
        entries = p.entries + 1
    FROM judged j
    WHERE p.organization_id = %(organization)s AND p.id = j.period_id
    RETURNING p.id, p.entries, p.overrun, p.reserved + p.committed + p.spent AS used
)
INSERT INTO budgets_ledgerentry ({LINE_COLUMNS})
SELECT j.id, %(organization)s, m.id, m.entries, j.kind, j.cap, j.reserved, j.committed, j.spent,
    m.overrun - j.overrun_before, m.used, j.document_kind, j.document_id, j.label, j.key, j.note,
    j.occurred_on, %(actor_id)s::uuid, %(actor)s, %(now)s
FROM judged j JOIN moved m ON m.id = j.period_id
"""

# The same for many lines on one period: numbers and balances follow the order they came in. The
# periods are locked, so nobody can come between.
_POST_MANY = f"""
WITH lines AS ({_LINES}), numbered AS (
    SELECT l.*, p.overrun AS overrun_before, p.entries + row_number() OVER w AS number,
           p.reserved + p.committed + p.spent
           + sum(l.reserved + l.committed + l.spent) OVER w AS used,
           p.cap + sum(l.cap) OVER w AS cap_after,
           bool_or(l.may_exceed) OVER (PARTITION BY l.period_id) AS any_exceeds
    FROM lines l
    JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = l.period_id
    WINDOW w AS (PARTITION BY l.period_id ORDER BY l.place)
), judged AS (
    SELECT n.*, CASE WHEN any_exceeds THEN greatest(used - cap_after, 0)
           ELSE least(overrun_before, min(greatest(used - cap_after, 0)) OVER w) END AS overrun
    FROM numbered n
    WINDOW w AS (PARTITION BY period_id ORDER BY place)
), stepped AS (
    SELECT j.*, overrun - lag(overrun, 1, overrun_before) OVER w AS delta_overrun
    FROM judged j
    WINDOW w AS (PARTITION BY period_id ORDER BY place)
), moved AS (
    UPDATE budgets_budgetperiod p
    SET cap = p.cap + s.cap, reserved = p.reserved + s.reserved,
        committed = p.committed + s.committed, spent = p.spent + s.spent,
        overrun = p.overrun + s.overrun, entries = p.entries + s.lines
    FROM (
        SELECT period_id, sum(cap) AS cap, sum(reserved) AS reserved,
               sum(committed) AS committed, sum(spent) AS spent, sum(delta_overrun) AS overrun,
               count(*) AS lines
        FROM stepped GROUP BY period_id
    ) s
    WHERE p.organization_id = %(organization)s AND p.id = s.period_id
)
INSERT INTO budgets_ledgerentry ({LINE_COLUMNS})
SELECT id, %(organization)s, period_id, number, kind, cap, reserved, committed, spent,
    delta_overrun, used, document_kind, document_id, label, key, note, occurred_on,
    %(actor_id)s::uuid, %(actor)s, %(now)s
FROM stepped
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be posted on one period.

    It ``may_exceed`` the cap where the budget is soft, or where what it records is a fact; without
    that the database refuses it. ``note`` says why, for whoever reads the ledger.
    """

    period_id: UUID
    kind: EntryKind
    key: str
    document: Document
    cap: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    may_exceed: bool = False
    note: str = ""


def post(*, actor: Actor, lines: Sequence[Line], now: datetime) -> None:
    """Post lines on periods that the caller holds locked; one SQL statement, none for no line.

    At most one line for each period. No round trip of its own within `writes.batch`.
    """
    if lines:
        writes.execute(_POST, _parameters(actor, lines, now))


def post_many(*, actor: Actor, lines: Sequence[Line], now: datetime) -> None:
    """Post any number of lines on periods that the caller holds locked, in the order given.

    Where one line of a period may exceed its cap, all of them may. One SQL statement, none for no
    line.
    """
    if lines:
        writes.execute(_POST_MANY, _parameters(actor, lines, now), prepare=False)


def _parameters(actor: Actor, lines: Sequence[Line], now: datetime) -> dict[str, Any]:
    return {
        "organization": actor.organization_id,
        "ids": [new_id() for _ in lines],
        "periods": [line.period_id for line in lines],
        "kinds": [line.kind.value for line in lines],
        "keys": [line.key[:80] for line in lines],
        "notes": [line.note[:500] for line in lines],
        "caps": [line.cap for line in lines],
        "reserved": [line.reserved for line in lines],
        "committed": [line.committed for line in lines],
        "spent": [line.spent for line in lines],
        "may_exceed": [line.may_exceed for line in lines],
        "document_kinds": [line.document.kind for line in lines],
        "documents": [line.document.id for line in lines],
        "labels": [line.document.label[:200] for line in lines],
        "days": [line.document.occurred_on for line in lines],
        "actor_id": actor.id,
        "actor": actor.label[:200],
        "now": now,
    }
