"""Unused room that goes from a period that is over to the one that runs."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.permissions import Permission, require
from budgets.lifecycle import RUNNING, carries
from budgets.movements import Document, EntryKind
from budgets.rules import Covering, PeriodStatus
from budgets.selectors.lifecycle import (
    budgets_with_room_to_carry,
    ended_periods,
    following,
    periods_by_id,
)
from budgets.services.period_steps import follow_marks, hold, label_of, moved, record_on, today_of
from budgets.services.periods import ensure_periods
from budgets.services.posting import Line, post
from procurement.audit.actions import AuditAction
from procurement.core import jobs
from procurement.core.actors import Actor
from procurement.core.ids import new_id


def carry(
    *,
    actor: Actor,
    giver: Covering,
    taker: Covering,
    amount: Decimal,
    today: date,
    now: datetime,
) -> tuple[Covering, Covering]:
    """Move room of one period to another, both held locked; return them as they then stand.

    One SQL statement for the pair of lines. The caller has asked whether it may, and records it.
    """
    assert giver.period_id is not None
    assert taker.period_id is not None
    key = new_id().hex
    post(
        actor=actor,
        lines=[
            Line(
                period_id=giver.period_id,
                kind=EntryKind.CARRY,
                key=key,
                document=Document("PERIOD", taker.period_id, f"To {taker.period.label}", today),
                cap=-amount,
            ),
            Line(
                period_id=taker.period_id,
                kind=EntryKind.CARRY,
                key=key,
                document=Document("PERIOD", giver.period_id, f"From {giver.period.label}", today),
                cap=amount,
            ),
        ],
        now=now,
    )
    return moved(giver, cap=-amount), moved(taker, cap=amount)


@transaction.atomic
def carry_over(*, actor: Actor, budget_id: UUID, now: datetime) -> Sequence[Decimal]:
    """Move what is free on a budget's ended periods to the one that follows each; return how much.

    Done again, it moves what has become free since. Closed and frozen periods keep what they have.
    SQL: three statements, three for each ended period, and two for each that has something to give.
    """
    today = today_of(now)
    chain = periods_by_id(ended_periods(budget_id, today))
    if not chain:
        return ()
    require(actor, Permission.MANAGE_BUDGETS, next(iter(chain.values())).group_path)
    heirs: dict[UUID, UUID] = {}
    for period_id, one in chain.items():
        next_one = following(budget_id, one.period.renews_on)
        if next_one.heir is None or not next_one.carries_over:
            continue
        (heir,) = ensure_periods(actor=actor, covering=[next_one.heir], now=now)
        assert heir.period_id is not None
        heirs[period_id] = heir.period_id
    held = hold([*chain, *heirs.values()])
    in_order = sorted((held[one] for one in chain), key=lambda one: one.period.starts_on)
    heirs = {one: heir for one, heir in heirs.items() if held[heir].status in RUNNING}
    given = carries([one for one in in_order if one.status is PeriodStatus.OPEN], heirs)
    for step in given:
        giver, taker = held[step.giver_id], held[step.taker_id]
        held[step.giver_id], held[step.taker_id] = carry(
            actor=actor, giver=giver, taker=taker, amount=step.amount, today=today, now=now
        )
        follow_marks(
            actor=actor,
            before=taker,
            after=held[step.taker_id],
            document=Document("PERIOD", step.giver_id, "Unused room carried over", today),
            now=now,
        )
        record_on(
            taker,
            AuditAction.BUDGET_CARRIED_OVER,
            actor=actor,
            after={"amount": step.amount, "from": label_of(giver)},
            now=now,
        )
    return tuple(step.amount for step in given)


def start_carrying_over(*, actor: Actor, now: datetime) -> int:
    """Have every budget with unused room carry it over, each in a job of its own; say how many.

    One transaction for all of them would hold up every order at the turn of the month. Two SQL
    queries.
    """
    found = budgets_with_room_to_carry(today_of(now))
    for budget_id in found:
        jobs.enqueue_on_commit(
            "budgets.carry_over",
            organization_id=str(actor.organization_id),
            budget_id=str(budget_id),
        )
    return len(found)
