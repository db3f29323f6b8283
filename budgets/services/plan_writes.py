"""Carrying a plan out: its SQL does not grow with the number of caps.

The caller holds the budgets and their open periods locked, and has weighed the plan on them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from budgets.models import Budget
from budgets.movements import Document, EntryKind
from budgets.planning import CapChange, NewBudget, Plan, overrun_left
from budgets.rules import ZERO, Effect, marks_crossed_by_cap, state_of
from budgets.services.alerts import raise_alerts, rearm_alerts
from budgets.services.caps import columns_of, let_waiting_orders_go_on
from budgets.services.posting import Line, post
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id

_BATCH = 2_000

_OPEN = """
WITH wanted AS (
    SELECT * FROM unnest(
        %(budgets)s::uuid[], %(periods)s::uuid[], %(lines)s::uuid[], %(starts)s::date[],
        %(ends)s::date[], %(codes)s::text[], %(caps)s::numeric[]
    ) AS w(budget_id, period_id, line_id, starts_on, ends_on, code, cap)
), opened AS (
    INSERT INTO budgets_budgetperiod (id, organization_id, budget_id, starts_on, ends_on, code,
        cap, reserved, committed, spent, overrun, entries)
    SELECT period_id, %(organization)s, budget_id, starts_on, ends_on, code, cap, 0, 0, 0, 0, 1
    FROM wanted
    RETURNING id
)
INSERT INTO budgets_ledgerentry (id, organization_id, period_id, number, kind, delta_cap,
    delta_reserved, delta_committed, delta_spent, delta_overrun, used_after, document_kind,
    document_id, document_label, key, note, occurred_on, actor_id, actor_label, at)
SELECT w.line_id, %(organization)s, w.period_id, 1, 'OPEN', w.cap, 0, 0, 0, 0, 0, 'BUDGET',
    w.budget_id, 'Period planned', '', %(note)s, w.starts_on, %(actor_id)s::uuid, %(actor)s, %(now)s
FROM wanted w JOIN opened o ON o.id = w.period_id
"""


def carry_out(*, actor: Actor, plan: Plan, reason: str, today: date, now: datetime) -> None:
    """Make the budgets of a plan without refusals, open its periods and change its caps.

    One SQL statement for each 2,000 new budgets, one for all periods that open and one for all that
    are open; two for each alert that is raised, and those of re-arming.
    """
    _make(actor, plan.new, now)
    opening = [change for change in plan.changes if change.opens]
    changing = [change for change in plan.changes if not change.opens]
    _open(actor, opening, reason, now)
    plan_id = new_id()
    lines = [_cap_line(change, plan_id, today) for change in changing]
    post(actor=actor, lines=lines, now=now)
    _tell(actor, changing, today, now)
    if any(change.difference > 0 for change in changing):
        let_waiting_orders_go_on(actor)


def _make(actor: Actor, new: Sequence[NewBudget], now: datetime) -> None:
    rows = [
        Budget(
            id=one.id,
            organization_id=actor.organization_id,
            group_id=one.group_id,
            kind=one.kind,
            cap=one.cap,
            starts_on=one.starts_on,
            created_at=now,
            **columns_of(one.terms),
        )
        for one in new
    ]
    Budget.objects.bulk_create(rows, batch_size=_BATCH)


def _open(actor: Actor, opening: Sequence[CapChange], reason: str, now: datetime) -> None:
    if not opening:
        return
    coverings = [change.slot.covering for change in opening]
    writes.execute(
        _OPEN,
        {
            "organization": actor.organization_id,
            "budgets": [one.budget_id for one in coverings],
            "periods": [new_id() for _ in coverings],
            "lines": [new_id() for _ in coverings],
            "starts": [one.period.starts_on for one in coverings],
            "ends": [one.period.ends_on for one in coverings],
            "codes": [one.period.code for one in coverings],
            "caps": [change.cap for change in opening],
            "note": reason[:500],
            "actor_id": actor.id,
            "actor": actor.label[:200],
            "now": now,
        },
        prepare=False,
    )


def _cap_line(change: CapChange, plan_id: UUID, today: date) -> Line:
    covering = change.slot.covering
    assert covering.period_id is not None
    return Line(
        period_id=covering.period_id,
        kind=EntryKind.CAP,
        key=f"plan:{plan_id}",
        document=Document("BUDGET", covering.budget_id, "Cap planned", today),
        cap=change.difference,
        overrun=overrun_left(covering, change.cap) - covering.overrun,
    )


def _tell(actor: Actor, changed: Sequence[CapChange], today: date, now: datetime) -> None:
    """Alert where a lower cap alone has running periods reach a threshold; re-arm what is left."""
    running = [change for change in changed if today in change.slot.covering.period]
    if not running:
        return
    now_held = [replace(change.slot.covering, cap=change.cap) for change in running]
    document = Document("BUDGET", now_held[0].budget_id, "A planned cap", today)
    rearm_alerts(actor=actor, covering=now_held, document=document, now=now)
    for change, lowered in zip(running, now_held, strict=True):
        crossed = marks_crossed_by_cap(lowered, before=change.before)
        if crossed:
            effect = Effect(lowered, ZERO, state_of(lowered), crossed, "")
            document = Document("BUDGET", lowered.budget_id, "A planned cap", today)
            raise_alerts(actor=actor, effects=[effect], document=document, now=now)
