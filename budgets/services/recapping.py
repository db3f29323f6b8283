"""Giving the periods of many budgets the caps that their budgets have, with a line each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from budgets.models import BudgetPeriod
from budgets.movements import Document, EntryKind
from budgets.rules import ZERO
from budgets.selectors.covering import standing_on
from budgets.selectors.terms import extra_room
from budgets.services.alerts import rearm_alerts
from budgets.services.posting import Line, post
from procurement.core.actors import Actor
from procurement.core.locking import lock_in_turn

# The server compares the lines of one statement with the periods that it moved, each with each.
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class Recapped:
    """How many budgets have another cap now, and how many of them had used more than that."""

    changed: int
    used_up: int


def recap(
    *,
    actor: Actor,
    budget_ids: Collection[UUID],
    planned_unless: Decimal | None,
    today: date,
    now: datetime,
) -> Recapped:
    """Bring the running periods of budgets, and those to come, to what their budgets say.

    Where more than that is used already, the cap stays at what is used: nothing is left. What was
    carried over, transferred or granted once stays on top. A period to come that has another cap
    than ``planned_unless`` was planned on its own and keeps it; None overrules such plans. A mark
    that a higher cap leaves behind is told again. Two SQL queries, one statement for each four
    hundred periods, two more where a cap rises, and one for each such mark.
    """
    periods = lock_in_turn(
        BudgetPeriod.objects.filter(budget_id__in=budget_ids, ends_on__gte=today)
        .exclude(status=BudgetPeriod.Status.CLOSED)
        .select_related("budget")
    )
    extras = extra_room([period.id for period in periods])
    lines: list[Line] = []
    used_up: set[UUID] = set()
    for period in periods:
        extra = extras.get(period.id, ZERO)
        is_planned = planned_unless is not None and period.cap - extra != planned_unless
        if is_planned and period.starts_on > today:
            continue
        wanted = max(period.budget.cap + extra, ZERO)
        cap = max(wanted, min(period.used, period.cap))
        if cap > wanted:
            used_up.add(period.budget_id)
        if cap != period.cap:
            lines.append(cap_line(period, cap, today))
    for start in range(0, len(lines), _CHUNK):
        post(actor=actor, lines=lines[start : start + _CHUNK], now=now)
    if raised := [line for line in lines if line.cap > 0]:
        running = standing_on([line.period_id for line in raised], today)
        rearm_alerts(actor=actor, covering=running, document=raised[0].document, now=now)
    changed = {period.budget_id for period in periods}
    return Recapped(len(changed), len(used_up))


def cap_line(period: BudgetPeriod, cap: Decimal, today: date) -> Line:
    """Return the ledger's line that gives a period another cap. No SQL."""
    return Line(
        period_id=period.id,
        kind=EntryKind.CAP,
        key=str(period.entries + 1),
        document=Document("BUDGET", period.budget_id, "Cap changed", today),
        cap=cap - period.cap,
    )
