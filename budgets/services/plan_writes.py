"""Carrying a plan out: its SQL does not grow with the number of caps.

The caller holds the budgets and their open periods locked, and has weighed the plan on them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from budgets.models import Budget, BudgetPeriod
from budgets.movements import Document, EntryKind
from budgets.plan_files import TermsChange
from budgets.planning import CapChange, NewBudget, Plan
from budgets.rules import ZERO, Covering, Effect, state_of
from budgets.selectors.covering import standing_on
from budgets.services.alerts import raise_alerts, rearm_alerts
from budgets.services.caps import columns_of, held, let_waiting_orders_go_on
from budgets.services.posting import Line, post
from budgets.terms import BudgetTerms, lets_more_through, newly_reached
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from procurement.core.planner import count_anew

_Row = TypeVar("_Row")
_BATCH = 2_000
# The server compares the lines of one statement with the periods that it moved, each with each.
_LINES = 400
# From here on the planner does not know of the new rows what it needs to read them in time.
_MANY = 500

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

    One SQL statement for each 2,000 new budgets, one for each 400 periods that open, and one for
    each 400 that are open; two for each alert that is raised, and those of re-arming. Beyond 500
    caps one more, after which the server knows of the new rows.
    """
    _make(actor, plan.new, now)
    opening = [change for change in plan.changes if change.opens]
    changing = [change for change in plan.changes if not change.opens]
    for chunk in _chunks(opening):
        _open(actor, chunk, reason, now)
    plan_id = new_id()
    lines = [_cap_line(change, plan_id, reason, today) for change in changing]
    for some in _chunks(lines):
        post(actor=actor, lines=some, now=now)
    if len(plan.changes) > _MANY:
        count_anew(Budget, BudgetPeriod)
    _tell(actor, [_pair(change) for change in changing], today, now)
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


def _chunks(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    for start in range(0, len(rows), _LINES):
        yield rows[start : start + _LINES]


def _open(actor: Actor, opening: Sequence[CapChange], reason: str, now: datetime) -> None:
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


def _cap_line(change: CapChange, plan_id: UUID, reason: str, today: date) -> Line:
    covering = change.slot.covering
    assert covering.period_id is not None
    return Line(
        period_id=covering.period_id,
        kind=EntryKind.CAP,
        key=f"plan:{plan_id}",
        document=Document("BUDGET", covering.budget_id, "Cap planned", today),
        cap=change.difference,
        note=reason,
    )


def change_terms(
    *, actor: Actor, changes: Sequence[TermsChange], plan: Plan, today: date, now: datetime
) -> None:
    """Hold budgets otherwise; thresholds that are reached by it alone are told.

    Caps that ``plan`` changes as well are told with it. One SQL statement for each 2,000 budgets,
    two to read the running periods, and those of alerts.
    """
    if not changes:
        return
    rows = [Budget(id=one.budget_id, name=one.after.name, **held(one.after)) for one in changes]
    running = BudgetPeriod.objects.filter(
        budget_id__in=[row.id for row in rows], starts_on__lte=today, ends_on__gte=today
    )
    standing = standing_on(list(running.values_list("id", flat=True)), today)
    Budget.objects.bulk_update(rows, ["name", *held(changes[0].after)], batch_size=_BATCH)
    terms = {one.budget_id: one.after for one in changes}
    planned = {change.slot.covering.budget_id for change in plan.changes if not change.opens}
    pairs = [
        (one, _held_by(one, terms[one.budget_id]))
        for one in standing
        if one.budget_id not in planned
    ]
    _tell(actor, pairs, today, now)
    if any(lets_more_through(one.before, one.after) for one in changes):
        let_waiting_orders_go_on(actor)


def _pair(change: CapChange) -> tuple[Covering, Covering]:
    before = change.slot.covering
    return before, replace(before, cap=change.cap)


def _held_by(one: Covering, terms: BudgetTerms) -> Covering:
    return replace(
        one,
        warn_percent=terms.warn_percent,
        block_percent=terms.block_percent,
        marks=terms.marks,
        is_soft=terms.is_soft,
    )


def _tell(
    actor: Actor, pairs: Sequence[tuple[Covering, Covering]], today: date, now: datetime
) -> None:
    """Alert where a change alone has running periods reach a threshold; re-arm what they left."""
    running = [(before, after) for before, after in pairs if today in after.period]
    if not running:
        return
    document = Document("BUDGET", running[0][1].budget_id, "a planned cap", today)
    rearm_alerts(actor=actor, covering=[after for _, after in running], document=document, now=now)
    for before, after in running:
        if crossed := newly_reached(before, after):
            effect = Effect(after, ZERO, state_of(after), crossed, "")
            document = Document("BUDGET", after.budget_id, "a planned cap", today)
            raise_alerts(actor=actor, effects=[effect], document=document, now=now)
