"""Orders that fare differently under what is tried: judged, and stored in one statement."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from analytics.backtesting.answers import Answer
from analytics.backtesting.ground import Ground
from analytics.backtesting.past import PastOrder
from analytics.backtesting.tally import Tally, both_ask
from analytics.models import BacktestRun
from procurement.core.ids import new_id

_INSERT = """
INSERT INTO analytics_backtestchange (id, organization_id, run_id, sequence, source, order_id,
    order_number, "on", group_name, requester_name, amount, before_outcome, after_outcome,
    is_delayed, before, after)
SELECT c.id, %(organization)s, %(run)s, c.sequence, c.source, c.order_id, c.number, c.day,
    c.group_name, c.requester, c.amount, c.before_outcome, c.after_outcome, c.is_delayed,
    c.before::jsonb, c.after::jsonb
FROM unnest(%(ids)s::uuid[], %(sequences)s::integer[], %(sources)s::text[], %(orders)s::uuid[],
    %(numbers)s::text[], %(days)s::date[], %(groups)s::text[], %(requesters)s::text[],
    %(amounts)s::numeric[], %(befores)s::text[], %(afters)s::text[], %(delays)s::boolean[],
    %(before)s::text[], %(after)s::text[])
    AS c(id, sequence, source, order_id, number, day, group_name, requester, amount,
         before_outcome, after_outcome, is_delayed, before, after)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """An order that fares differently, not yet stored."""

    sequence: int
    order: PastOrder
    before: Answer
    after: Answer


def judged(ground: Ground, tally: Tally, orders: Iterable[PastOrder]) -> Iterator[Change]:
    """Judge orders and yield those that fare differently."""
    extent = ground.extent
    for order in orders:
        answers = ground.answers(order)
        if answers is None:
            tally.refunds += extent.holds(order) and order.amount <= 0
            continue
        before, after = answers
        if tally.add(order.on, order.amount, before, after):
            yield Change(tally.changed, order, before, after)


def store(run: BacktestRun, changes: Sequence[Change]) -> None:
    """Store what was found of a run's orders. One SQL statement, none for no change."""
    if not changes:
        return
    parameters: dict[str, Any] = {
        "organization": run.organization_id,
        "run": run.id,
        "ids": [new_id() for _ in changes],
        "sequences": [one.sequence for one in changes],
        "sources": [one.order.source.value for one in changes],
        "orders": [one.order.id for one in changes],
        "numbers": [one.order.number for one in changes],
        "days": [one.order.on for one in changes],
        "groups": [one.order.group.name for one in changes],
        "requesters": [one.order.requester_name for one in changes],
        "amounts": [one.order.amount for one in changes],
        "befores": [one.before.outcome.value for one in changes],
        "afters": [one.after.outcome.value for one in changes],
        "delays": [
            both_ask(one.before, one.after) and one.after.waves > one.before.waves
            for one in changes
        ],
        "before": [one.before.stored for one in changes],
        "after": [one.after.stored for one in changes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, parameters)
