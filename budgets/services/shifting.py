"""Taking what open orders have set aside along to other budgets, as their group moves in the tree.

What was spent stays where it happened, and so do periods that are over. Everything else leaves the
budgets that no longer cover the order, and is taken on by those that do now, if they have the room:
where one has not, that is told and nothing moves, since no budget is overspent by a reorganization.
An order that went on to a later period, as its own was closed, is taken along from there, and stays
there on the budgets that go on covering it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.effects import Effect, EffectKind
from budgets.charges import Charge
from budgets.models import BudgetPeriod
from budgets.movements import Document, EntryKind, Standing, taken_along
from budgets.rules import ZERO, Covering, PeriodStatus, blocking, effects
from budgets.rules import Effect as Judged
from budgets.selectors.covering import PERIOD_COLUMNS, by_period, covering, from_period_row, keepers
from budgets.services.alerts import raise_alerts, rearm_alerts
from budgets.services.holdings import standing_of
from budgets.services.periods import ensure_periods
from budgets.services.posting import Line, post_many
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy, writes
from procurement.core.actors import Actor
from procurement.core.locking import lock_in_turn
from procurement.core.money import format_money

# What open documents hold on periods, and how often they have been shifted.
_STANDING = f"""
SELECT e.document_id, e.shifts, e.reserved, e.committed, e.spent, e.last_kind, {PERIOD_COLUMNS}
JOIN (
    SELECT document_id, period_id, sum(delta_reserved) AS reserved,
           sum(delta_committed) AS committed, sum(delta_spent) AS spent,
           (array_agg(kind ORDER BY number DESC) FILTER (WHERE kind <> 'CREDIT'))[1] AS last_kind,
           count(*) FILTER (WHERE kind = 'SHIFT') AS shifts
    FROM budgets_ledgerentry
    WHERE organization_id = %(organization)s AND document_id = ANY(%(documents)s::uuid[])
    GROUP BY document_id, period_id
) e ON e.period_id = p.id
WHERE p.organization_id = %(organization)s
ORDER BY p.id, e.document_id
"""


_NOT_OPEN = {
    PeriodStatus.FROZEN: "frozen",
    PeriodStatus.CLOSED: "closed",
    PeriodStatus.REOPENED: "open for late invoices alone",
}


@dataclass(frozen=True, slots=True)
class Relocation:
    """An open document whose group stands elsewhere now.

    ``path`` leads from the root down to the group, ``requester_id`` is the membership whose own
    budgets count it. ``charges`` are what it is to use in all, and ``is_placed`` says whether that
    is committed, for where no budget has held it so far.
    """

    document: Document
    path: tuple[UUID, ...]
    requester_id: UUID
    charges: tuple[Charge, ...]
    is_placed: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """What a document holds on one period."""

    standing: Standing
    shifts: int
    covering: Covering


@transaction.atomic
def shift(
    *, actor: Actor, relocations: Sequence[Relocation], today: date, now: datetime
) -> list[Effect]:
    """Have what open documents have set aside follow them; return what each budget gains and loses.

    An effect of the kind BLOCKED names a budget without the room; then nothing has moved. Locks all
    periods in the order of their ids. SQL: six statements, and one for each group and day of the
    documents.
    """
    moving = {one.document.id: one for one in relocations}
    if not moving:
        return []
    wanted = _wanted(actor, relocations, _held(moving), today, now)
    held = _held(moving)
    ids = {one.period_id for found in wanted.values() for one in found}
    ids |= {period for found in held.values() for period in found}
    lock_in_turn(BudgetPeriod.objects.filter(id__in=[one for one in ids if one]).only("id"))
    held = _held(moving)
    lines = [
        line
        for one in relocations
        for line in _lines(one, wanted[one.document.id], held.get(one.document.id, {}), today)
    ]
    return _post(actor, lines, _periods(ids), now)


def _wanted(
    actor: Actor,
    relocations: Sequence[Relocation],
    held: dict[UUID, dict[UUID, _Held]],
    today: date,
    now: datetime,
) -> dict[UUID, tuple[Covering, ...]]:
    """Return the running periods that should hold each document, opened where they were not."""
    by_place: dict[tuple[tuple[UUID, ...], date, UUID], tuple[Covering, ...]] = {}
    wanted = {}
    for one in relocations:
        day = _counted_from(one.document, held.get(one.document.id, {}).values(), today)
        place = (one.path, day, one.requester_id)
        if place not in by_place:
            found = covering(*place[:2], requester_id=one.requester_id)
            running = [each for each in found if each.period.ends_on >= today]
            by_place[place] = ensure_periods(actor=actor, covering=running, now=now)
        wanted[one.document.id] = by_place[place]
    return wanted


def _counted_from(document: Document, held: Iterable[_Held], today: date) -> date:
    """Return the day on which a document counts: its own, or where it went on to since.

    That is the first one of the latest running period that it stands on and that is not of its day.
    """
    day = document.occurred_on
    later = [
        one.covering.period.starts_on
        for one in held
        if one.standing.open and one.covering.period.ends_on >= today
    ]
    return max([day, *later])


def _held(documents: Iterable[UUID]) -> dict[UUID, dict[UUID, _Held]]:
    """Return what documents hold, by document and period. One SQL query."""
    rows = writes.execute(
        _STANDING,
        {"organization": tenancy.current(), "documents": list(documents)},
    ).fetchall()
    held: dict[UUID, dict[UUID, _Held]] = {}
    for document_id, shifts, *rest in rows:
        sums, found = rest[:4], from_period_row(rest[4:])
        standing = standing_of(_id(found), found.budget_id, *sums)
        held.setdefault(document_id, {})[_id(found)] = _Held(standing, shifts, found)
    return held


def _lines(
    one: Relocation, wanted: Sequence[Covering], held: dict[UUID, _Held], today: date
) -> Iterable[Line]:
    """Yield what one document moves: out of periods it should leave, into those that lack it."""
    there = {key: found for key, found in held.items() if found.covering.period.ends_on >= today}
    goal = _goal(wanted, held, there)
    kept = [(found.covering.scope, found.standing) for found in there.values()]
    for period_id in sorted(goal.keys() | there.keys()):
        standing = there[period_id].standing if period_id in there else None
        has = (standing.reserved, standing.committed) if standing else (ZERO, ZERO)
        if period_id not in goal:
            due = (ZERO, ZERO)
        elif standing and not standing.has_left:
            due = has
        else:
            scope = goal[period_id].scope
            due = taken_along(scope, one.charges, kept, is_placed=one.is_placed)
        if has != due:
            yield Line(
                period_id=period_id,
                kind=EntryKind.SHIFT,
                key=str(there[period_id].shifts + 1 if standing else 1),
                document=one.document,
                reserved=due[0] - has[0],
                committed=due[1] - has[1],
                may_exceed=period_id in goal and goal[period_id].is_soft,
            )


def _goal(
    wanted: Sequence[Covering], held: dict[UUID, _Held], there: dict[UUID, _Held]
) -> dict[UUID, Covering]:
    """Return the periods that should hold a document, by their ids: one of each budget.

    Where it is open on a budget already, that is where it stays: on one that runs, or that is over.
    """
    at_home = {one.covering.budget_id for one in held.values() if one.standing.open}
    budgets = {one.budget_id for one in wanted}
    goal = {_id(one): one for one in wanted if one.budget_id not in at_home}
    return goal | {
        key: found.covering
        for key, found in there.items()
        if found.standing.open and found.covering.budget_id in budgets
    }


def _periods(ids: Iterable[UUID | None]) -> dict[UUID, Covering]:
    """Return locked periods as they stand. One SQL query."""
    rows = writes.execute(
        f"SELECT {PERIOD_COLUMNS} WHERE p.organization_id = %(organization)s "
        "AND p.id = ANY(%(ids)s::uuid[])",
        {"organization": tenancy.current(), "ids": [one for one in ids if one]},
    ).fetchall()
    return by_period(from_period_row(row) for row in rows)


def _post(
    actor: Actor, lines: Sequence[Line], periods: dict[UUID, Covering], now: datetime
) -> list[Effect]:
    sums: dict[UUID, Decimal] = {}
    for line in lines:
        sums[line.period_id] = sums.get(line.period_id, ZERO) + line.reserved + line.committed
    told = [
        one for period_id, amount in sums.items() for one in _judged(periods[period_id], amount)
    ]
    if tight := blocking(told):
        return [_blocked(one.covering, one.amount, now) for one in tight]
    post_many(actor=actor, lines=lines, now=now)
    for one in told:
        document = next(line.document for line in lines if line.period_id == _id(one.covering))
        raise_alerts(actor=actor, effects=[one], document=document, now=now)
    _rearm(actor, lines, [periods[one] for one, amount in sums.items() if amount < 0], now)
    moved = [_effect(periods[period_id], amount) for period_id, amount in sums.items() if amount]
    for effect in moved:
        record(
            actor=actor,
            action=AuditAction.BUDGET_SHIFTED,
            subject_type="budget",
            subject_id=periods[effect.about].budget_id,
            subject_label=effect.subject,
            group_id=effect.group_id,
            after={
                "amount": effect.amount,
                "document": _orders(lines, effect.about),
            },
            now=now,
        )
    return moved


def _judged(one: Covering, amount: Decimal) -> tuple[Judged, ...]:
    """Judge what a budget takes on; what it is relieved of needs no judgement."""
    return effects([one], amount) if amount > 0 else ()


def _rearm(
    actor: Actor, lines: Sequence[Line], relieved: Sequence[Covering], now: datetime
) -> None:
    if relieved:
        document = replace(lines[0].document, label="A change of the groups")
        rearm_alerts(actor=actor, covering=relieved, document=document, now=now)


def _orders(lines: Sequence[Line], period_id: UUID) -> str:
    """Name the order that moved on a period, or say how many did."""
    labels = {line.document.label for line in lines if line.period_id == period_id}
    return labels.pop() if len(labels) == 1 else f"{len(labels):,} orders"


def _id(one: Covering) -> UUID:
    assert one.period_id is not None
    return one.period_id


def _label(one: Covering) -> str:
    return f"{one.title}, {one.period.label}"


def _effect(one: Covering, amount: Decimal) -> Effect:
    gains = amount > 0
    money = format_money(abs(amount), one.currency)
    left = format_money(one.free - amount, one.currency)
    verb = "takes on" if gains else "is relieved of"
    return Effect(
        kind=EffectKind.BUDGET_GAINS if gains else EffectKind.BUDGET_LOSES,
        about=_id(one),
        subject=_label(one),
        sentence=f"{_label(one)}: {verb} {money} of open orders; {left} stays free.",
        group_id=one.group_id,
        amount=amount,
    )


def _blocked(one: Covering, amount: Decimal, now: datetime) -> Effect:
    names = keepers([one], at=now).get(one.group_id, ())
    money = format_money(amount, one.currency)
    if one.status is not PeriodStatus.OPEN:
        who = f" {names[0]} keeps it." if names else ""
        reason = f"and it is {_NOT_OPEN[one.status]}. Open it first, or let the orders close.{who}"
    else:
        who = f" {names[0]} can raise it." if names else ""
        reason = (
            f"and it has {format_money(one.room, one.currency)} left. "
            f"Raise the budget first, or let the orders close.{who}"
        )
    return Effect(
        kind=EffectKind.BLOCKED,
        about=_id(one),
        subject=_label(one),
        sentence=f"{_label(one)}: open orders of {money} would come onto this budget, {reason}",
        group_id=one.group_id,
        amount=amount,
    )
