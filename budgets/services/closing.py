"""Freezing a period, closing it with what stands on it, reopening it for late invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction

from budgets.lifecycle import RUNNING, Held, Step, after_step, coming_back, total
from budgets.models import BudgetPeriod, Earmark
from budgets.movements import Document, EntryKind
from budgets.rules import ZERO, Covering
from budgets.selectors.lifecycle import (
    Closing,
    MovedOn,
    close_up,
    following,
    held_on,
    moved_on_from,
)
from budgets.services.caps import let_waiting_orders_go_on
from budgets.services.carrying import carry
from budgets.services.period_steps import (
    follow_marks,
    hold,
    label_of,
    managed,
    post_on,
    record_on,
    said,
    today_of,
)
from budgets.services.periods import ensure_periods
from budgets.services.posting import Line, post
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError
from procurement.core.ids import new_id
from procurement.core.money import format_money

_CANNOT = {
    Step.FREEZE: "Only a period that is open can be frozen.",
    Step.THAW: "Only a frozen period can be taken up again.",
    Step.CLOSE: "This period is closed already.",
    Step.REOPEN: "Only a closed period can be reopened.",
}
_RECORDED = {
    Step.FREEZE: (EntryKind.FREEZE, AuditAction.BUDGET_FROZEN),
    Step.THAW: (EntryKind.THAW, AuditAction.BUDGET_THAWED),
    Step.CLOSE: (EntryKind.CLOSE, AuditAction.BUDGET_CLOSED),
    Step.REOPEN: (EntryKind.REOPEN, AuditAction.BUDGET_REOPENED),
}


class NoRoom(DomainError):
    """What still stands on a period finds no room on the one that it would move on to."""

    title = "There is no room for what stands there"


@transaction.atomic
def freeze_period(*, actor: Actor, period_id: UUID, reason: str, now: datetime) -> Covering:
    """Have a period take no new orders; what is set aside on it goes on. Five SQL statements.

    Raises `NotFound`, `NotAllowed`, `DomainError` without a reason or once the period is over, and
    `Conflict` where it is not open.
    """
    reason = said(reason)
    managed(actor, period_id)
    (held,) = hold([period_id]).values()
    today = today_of(now)
    if held.period.ends_on < today:
        raise DomainError("This period is over, and takes no new orders. Close it instead.")
    return _turned(held, Step.FREEZE, actor=actor, reason=reason, today=today, now=now)


@transaction.atomic
def thaw_period(*, actor: Actor, period_id: UUID, reason: str, now: datetime) -> Covering:
    """Have a frozen period take new orders again. Five SQL statements.

    Raises `NotFound`, `NotAllowed`, `DomainError` without a reason, and `Conflict` where it is not
    frozen.
    """
    reason = said(reason)
    managed(actor, period_id)
    (held,) = hold([period_id]).values()
    let_waiting_orders_go_on(actor)
    today = today_of(now)
    return _turned(held, Step.THAW, actor=actor, reason=reason, today=today, now=now)


@transaction.atomic
def close_period(*, actor: Actor, period_id: UUID, reason: str, now: datetime) -> Closing:
    """Close a period: orders move on to the next one, earmarks end, and then nothing moves on it.

    Unused room goes along where the budget carries over. At most twelve SQL statements, however
    many orders stand there. Raises `NotFound`, `NotAllowed`, `DomainError` without a reason,
    `Conflict` where it is closed already, or the next one has just been, and `NoRoom`, which names
    how much the next period lacks.
    """
    reason = said(reason)
    covering = managed(actor, period_id)
    today = today_of(now)
    next_one = following(covering.budget_id, max(today, covering.period.renews_on))
    heir_id = _opened(actor, next_one.heir, now)
    periods = hold([period_id, *([heir_id] if heir_id else [])])
    held = periods[period_id]
    if after_step(held.status, Step.CLOSE) is None:
        raise Conflict(_CANNOT[Step.CLOSE])
    heir = periods[heir_id] if heir_id else None
    if heir is not None and heir.status not in RUNNING:
        raise Conflict(f"{label_of(heir)} has just been closed. Try again.")
    closing = close_up(held, replace(next_one, heir=heir), held_on(period_id))
    if not closing.is_possible:
        raise NoRoom(_no_room(closing))
    left = _hand_on(actor, closing, today, now)
    handed = closing.handover
    after = {
        "orders": len(handed.moved),
        "moved": handed.amount,
        "to": label_of(heir) if heir else "",
        "carried": handed.carried,
    }
    _turned(left, Step.CLOSE, actor=actor, reason=reason, after=after, today=today, now=now)
    if handed.moved and heir is not None:
        rolled = {"amount": handed.amount, "orders": len(handed.moved), "from": label_of(held)}
        record_on(heir, AuditAction.BUDGET_ROLLED, actor=actor, after=rolled, now=now)
    return closing


@transaction.atomic
def reopen_period(*, actor: Actor, period_id: UUID, reason: str, now: datetime) -> Covering:
    """Take late invoices on a closed period: placed orders that moved on come back, if they fit.

    Where the budget carries over, the room that they need comes back with them. At most ten SQL
    statements, and five more for each period that they are on, beside its alerts. Raises
    `NotFound`, `NotAllowed`, `DomainError` without a reason, and `Conflict` where it is not closed.
    """
    reason = said(reason)
    covering = managed(actor, period_id)
    away = moved_on_from(covering)
    periods = hold([period_id, *{one.period_id for one in away}])
    held = periods[period_id]
    if after_step(held.status, Step.REOPEN) is None:
        raise Conflict(_CANNOT[Step.REOPEN])
    # What moved meanwhile is read again, now that nothing can.
    away = tuple(one for one in moved_on_from(held) if one.period_id in periods)
    carries_over = following(held.budget_id, held.period.renews_on).carries_over
    today = today_of(now)
    held = _take_back(actor, periods, held, away, today, carries_over=carries_over, now=now)
    return _turned(held, Step.REOPEN, actor=actor, reason=reason, today=today, now=now)


def _turned(
    held: Covering,
    step: Step,
    *,
    actor: Actor,
    reason: str,
    after: dict[str, Any] | None = None,
    today: date,
    now: datetime,
) -> Covering:
    """Have a period stand as it does after a step, with its line and its event."""
    status = after_step(held.status, step)
    if status is None:
        raise Conflict(_CANNOT[step])
    assert held.period_id is not None
    kind, action = _RECORDED[step]
    line = Line(
        period_id=held.period_id,
        kind=kind,
        key=new_id().hex,
        document=_document(held, today),
        note=reason,
    )
    post(actor=actor, lines=[line], now=now)
    BudgetPeriod.objects.filter(id=held.period_id).update(status=status.value)
    record_on(held, action, actor=actor, after=after, reason=reason, now=now)
    return replace(held, status=status)


def _opened(actor: Actor, heir: Covering | None, now: datetime) -> UUID | None:
    """Return the heir's period, opened where nothing had opened it yet."""
    if heir is None:
        return None
    (found,) = ensure_periods(actor=actor, covering=[heir], now=now)
    return found.period_id


def _no_room(closing: Closing) -> str:
    amount = format_money(closing.handover.amount, closing.covering.currency)
    if closing.heir is None:
        return (
            f"Open orders of {amount} stand here, and this budget has no period after this one "
            "to take them. Let them close first."
        )
    free = format_money(max(closing.heir.free, ZERO), closing.heir.currency)
    return (
        f"Open orders of {amount} would move on to {closing.heir.period.label}, which has {free} "
        "left. Raise its cap first, or let orders close."
    )


def _hand_on(actor: Actor, closing: Closing, today: date, now: datetime) -> Covering:
    """Move everything that stands on a period, and return the period as it is left.

    Room goes before the orders that need it. At most seven SQL statements.
    """
    held, heir, given = closing.covering, closing.heir, closing.handover
    key = new_id().hex
    leaving = [_line(held, EntryKind.RELEASE, one, key, -1) for one in given.released]
    leaving += [_line(held, EntryKind.ROLL, one, key, -1) for one in given.moved]
    left = post_on(held, leaving, actor=actor, now=now)
    ended = [one.document.id for one in given.released]
    if ended:
        Earmark.objects.filter(id__in=ended).update(released_at=now)
    if heir is None:
        return left
    taking = heir
    if given.carried > 0:
        left, taking = carry(
            actor=actor, giver=left, taker=heir, amount=given.carried, today=today, now=now
        )
    arriving = [_line(heir, EntryKind.ROLL, one, key, 1) for one in given.moved]
    follow_marks(
        actor=actor,
        before=heir,
        after=post_on(taking, arriving, actor=actor, now=now),
        document=_document(held, today),
        now=now,
    )
    return left


def _take_back(
    actor: Actor,
    periods: Mapping[UUID, Covering],
    held: Covering,
    away: Sequence[MovedOn],
    today: date,
    *,
    carries_over: bool,
    now: datetime,
) -> Covering:
    """Bring placed orders back to a period from where they went; return it as it then stands.

    A period that has gone beyond its own cap has no room to send along with them.
    """
    key = new_id().hex
    for period_id, group in groupby(away, key=lambda one: one.period_id):
        there = periods[period_id]
        orders = [one.held for one in group]
        gives_room = carries_over and there.free >= 0
        found = coming_back(orders, total(orders) if gives_room else max(held.free, ZERO))
        leaving = [_line(there, EntryKind.ROLL, one, key, -1) for one in found]
        left = post_on(there, leaving, actor=actor, now=now)
        lacks = total(found) - max(held.free, ZERO)
        if lacks > 0:
            left, held = carry(
                actor=actor, giver=left, taker=held, amount=lacks, today=today, now=now
            )
        follow_marks(
            actor=actor, before=there, after=left, document=_document(held, today), now=now
        )
        arriving = [_line(held, EntryKind.ROLL, one, key, 1) for one in found]
        held = post_on(held, arriving, actor=actor, now=now)
    return held


def _document(on: Covering, today: date) -> Document:
    assert on.period_id is not None
    return Document("PERIOD", on.period_id, on.period.label, today)


def _line(on: Covering, kind: EntryKind, held: Held, key: str, sign: int) -> Line:
    assert on.period_id is not None
    return Line(
        period_id=on.period_id,
        kind=kind,
        key=key,
        document=held.document,
        reserved=sign * held.reserved,
        committed=sign * held.committed,
        may_exceed=sign > 0 and on.is_soft,
    )
