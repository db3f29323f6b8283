"""Posting imported spend in bulk, with refunds, on the periods in which it happened.

History is a fact and is never refused: what goes beyond a cap extends the period's ``overrun`` by
as much, line by line, and refunds take it back. Live orders are held to the cap alone, so an
overrun gives them no room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from budgets.models import BudgetPeriod
from budgets.movements import Document
from budgets.rules import Covering, Effect, state_of, thresholds_crossed
from budgets.selectors.covering import standing_on
from budgets.services.alerts import raise_alerts, rearm_alerts
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.ids import new_id
from procurement.core.locking import lock_in_turn

CHUNK = 5_000

# Numbers and balances follow the order in which the postings came; the periods are locked, so
# nobody can come between. What has been posted is read once and hashed: of NOT EXISTS the planner
# makes a join, and of a look for each line it may take the wrong index, both quadratic while it
# knows no statistics.
_POST_HISTORY = """
WITH incoming AS (
    SELECT * FROM unnest(
        %(ids)s::uuid[], %(periods)s::uuid[], %(documents)s::uuid[], %(labels)s::text[],
        %(days)s::date[], %(amounts)s::numeric[]
    ) WITH ORDINALITY AS i(id, period_id, document_id, label, occurred_on, amount, place)
), posted AS MATERIALIZED (
    SELECT document_id, period_id FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = ANY(%(documents)s::uuid[])
      AND kind = 'HISTORY' AND key = ''
), fresh AS (
    SELECT i.* FROM incoming i
    WHERE (i.document_id, i.period_id) NOT IN (SELECT document_id, period_id FROM posted)
), numbered AS (
    SELECT f.*, p.cap, p.overrun,
           p.entries + row_number() OVER w AS number,
           p.reserved + p.committed + p.spent + sum(f.amount) OVER w AS used_after
    FROM fresh f
    JOIN budgets_budgetperiod p ON p.organization_id = %(organization)s AND p.id = f.period_id
    WINDOW w AS (PARTITION BY f.period_id ORDER BY f.place)
), lines AS (
    SELECT n.*, greatest(n.used_after - n.cap, 0)
           - lag(greatest(n.used_after - n.cap, 0), 1, n.overrun) OVER (
               PARTITION BY n.period_id ORDER BY n.place) AS delta_overrun
    FROM numbered n
), moved AS (
    UPDATE budgets_budgetperiod p
    SET spent = p.spent + s.amount, overrun = p.overrun + s.overrun, entries = p.entries + s.lines
    FROM (
        SELECT period_id, sum(amount) AS amount, sum(delta_overrun) AS overrun, count(*) AS lines
        FROM lines GROUP BY period_id
    ) s
    WHERE p.organization_id = %(organization)s AND p.id = s.period_id
)
INSERT INTO budgets_ledgerentry (id, organization_id, period_id, number, kind, delta_cap,
    delta_reserved, delta_committed, delta_spent, delta_overrun, used_after, document_kind,
    document_id, document_label, key, occurred_on, actor_id, actor_label, at)
SELECT id, %(organization)s, period_id, number, 'HISTORY', 0, 0, 0, amount, delta_overrun,
    used_after, %(document_kind)s, document_id, label, '', occurred_on, %(actor_id)s::uuid,
    %(actor)s, %(now)s
FROM lines
"""


@dataclass(frozen=True, slots=True)
class HistoryPosting:
    """What one imported order spent on one budget period; below zero for a refund."""

    period_id: UUID
    document_id: UUID
    document_label: str
    occurred_on: date
    amount: Decimal


@transaction.atomic
def record_history(
    *, actor: Actor, document_kind: str, postings: Sequence[HistoryPosting], now: datetime
) -> int:
    """Post imported spend; return how many lines are new.

    One line for each document and period, with the sum of its postings; a document that has been
    posted on a period is skipped there, so that an import can be run again. Postings keep their
    order. All periods are locked first, in the order of their ids, so give one call everything that
    one transaction imports. One SQL statement for each 5,000 postings, and a few for all. A period
    that holds today alerts where a threshold is crossed; the past does not. A period that has been
    closed takes it, too: it happened.
    """
    if not postings:
        return 0
    period_ids = {posting.period_id for posting in postings}
    lock_in_turn(BudgetPeriod.objects.filter(id__in=period_ids).only("id"))
    organization = accounts.organization_by_id(tenancy.current())
    today = local_date(now, organization.time_zone)
    before = standing_on(period_ids, today)
    posted = 0
    rest = iter(_merged(postings))
    while chunk := list(islice(rest, CHUNK)):
        posted += _post_chunk(actor, document_kind, chunk, now)
    if posted and before:
        last = postings[-1]
        document = Document(document_kind, last.document_id, last.document_label, today)
        _alert(actor, document, before, now)
    return posted


def _merged(postings: Sequence[HistoryPosting]) -> list[HistoryPosting]:
    """Return one posting for each document and period, in the order of their first ones."""
    merged: dict[tuple[UUID, UUID], HistoryPosting] = {}
    for posting in postings:
        key = (posting.period_id, posting.document_id)
        earlier = merged.get(key)
        merged[key] = (
            posting if earlier is None else replace(earlier, amount=earlier.amount + posting.amount)
        )
    return list(merged.values())


def _alert(actor: Actor, document: Document, before: Sequence[Covering], now: datetime) -> None:
    """Alert where a period that still runs has crossed a threshold; re-arm what refunds left."""
    ids = [one.period_id for one in before if one.period_id is not None]
    after = {one.period_id: one for one in standing_on(ids, document.occurred_on)}
    found = []
    for one in before:
        standing = after[one.period_id]
        crossed = thresholds_crossed(
            before=one.used, after=standing.used, cap=one.cap, thresholds=one.thresholds
        )
        found.append(Effect(one, standing.used - one.used, state_of(standing), crossed, ""))
    relieved = [after[one.period_id] for one in before if after[one.period_id].used < one.used]
    rearm_alerts(actor=actor, covering=relieved, document=document, now=now)
    raise_alerts(actor=actor, effects=found, document=document, now=now)


def _post_chunk(
    actor: Actor, document_kind: str, chunk: Sequence[HistoryPosting], now: datetime
) -> int:
    cursor = writes.execute(
        _POST_HISTORY,
        {
            "organization": actor.organization_id,
            "ids": [new_id() for _ in chunk],
            "periods": [posting.period_id for posting in chunk],
            "documents": [posting.document_id for posting in chunk],
            "labels": [posting.document_label[:200] for posting in chunk],
            "days": [posting.occurred_on for posting in chunk],
            "amounts": [posting.amount for posting in chunk],
            "document_kind": document_kind,
            "actor_id": actor.id,
            "actor": actor.label[:200],
            "now": now,
        },
        prepare=False,
    )
    return cursor.rowcount
