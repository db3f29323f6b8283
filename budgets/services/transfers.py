"""Room that one budget gives to another, with the consent of whoever keeps the giver."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.notifying import Notice, NotificationEvent
from accounts.permissions import Permission, require
from accounts.selectors import Person
from accounts.services import notify
from budgets.emails import answered_context, asked_context, expired_context, transfer_words
from budgets.fiscal import PeriodKind
from budgets.lifecycle import RUNNING
from budgets.models import Budget, BudgetTransfer
from budgets.movements import Document, EntryKind
from budgets.planning import cap_objection
from budgets.ratio import newly_overgiven
from budgets.rules import ZERO, Covering
from budgets.selectors.covering import KEEPER_ROLES
from budgets.selectors.lifecycle import periods_by_id
from budgets.selectors.settings import budget_settings
from budgets.selectors.terms import SCOPE_ROWS, caps_in_period, caps_like, terms_of
from budgets.selectors.transfers import may_give, overdue_since, transfer_for
from budgets.services.period_steps import (
    check_amount,
    check_reference,
    follow_marks,
    hold,
    label_of,
    managed,
    moved,
    person,
    record_on,
    said,
    today_of,
)
from budgets.services.posting import Line, post
from procurement.audit.actions import AuditAction
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.locking import hold_caps, lock, lock_free
from procurement.core.money import format_money

_ASKED = BudgetTransfer.Status.ASKED


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two periods of a transfer, held locked."""

    giver: Covering
    taker: Covering


@transaction.atomic
def ask_transfer(
    *,
    actor: Actor,
    giver_id: UUID,
    taker_id: UUID,
    amount: Decimal,
    reason: str,
    reference: UUID,
    now: datetime,
) -> BudgetTransfer:
    """Ask for room of another budget's period; done at once where the actor keeps the giver, too.

    ``reference`` becomes the transfer's id; done again with the same one, it changes nothing.
    Otherwise the giver's keepers get a mail. At most 19 SQL statements and those of the mails.
    Raises `NotFound`, `NotAllowed` on the taker, `Conflict` where one of the two is over or closed,
    and `DomainError` without a reason, on an amount, where the giver lacks the room, or where a
    budget above would give out too much by it.
    """
    reason = said(reason)
    taker = managed(actor, taker_id)
    giver = periods_by_id([giver_id]).get(giver_id)
    if giver is None or giver_id == taker_id or not may_give(actor, giver, taker):
        raise DomainError("Choose a budget that can give room to this one.", field="giver")
    check_amount(amount, taker.currency)
    known = BudgetTransfer.objects.filter(id=reference, taker_id=taker_id).first()
    if known is not None:
        return known
    check_reference(reference)
    hold_caps(actor.organization_id)
    pair = _hold(giver_id, taker_id, now)
    known = BudgetTransfer.objects.filter(id=reference, taker_id=taker_id).first()
    if known is not None:
        return known
    transfer = BudgetTransfer(
        id=reference,
        organization_id=actor.organization_id,
        giver_id=giver_id,
        taker_id=taker_id,
        amount=amount,
        reason=reason,
        asked_by_id=person(actor),
        asked_at=now,
    )
    if actor.can(Permission.MANAGE_BUDGETS, giver.group_path):
        transfer.status = BudgetTransfer.Status.DONE
        transfer.answered_by_id = actor.id
        transfer.answered_at = now
        transfer.save(force_insert=True)
        _move(actor, transfer, pair, now)
        return transfer
    transfer.save(force_insert=True)
    _record(actor, AuditAction.BUDGET_TRANSFER_ASKED, transfer, pair, reason, now)
    _tell_keepers(actor, transfer, pair, now)
    return transfer


@transaction.atomic
def answer_transfer(
    *, actor: Actor, transfer_id: UUID, agrees: bool, answer: str = "", now: datetime
) -> BudgetTransfer:
    """Agree to give room, which moves it at once, or refuse with words. The asker gets a mail.

    At most 17 SQL statements and those of the mail. Raises `NotFound`, `NotAllowed` on the giver,
    `Conflict` where it has been answered or a period has closed, and `DomainError` without words
    for a refusal, or where there is no room for it any more: then it stays asked.
    """
    if not agrees:
        answer = said(answer, field="answer")
    transfer = _locked(actor, transfer_id)
    giver = periods_by_id([transfer.giver_id])[transfer.giver_id]
    require(actor, Permission.MANAGE_BUDGETS, giver.group_path)
    _check_asked(transfer)
    transfer.status = BudgetTransfer.Status.DONE if agrees else BudgetTransfer.Status.REFUSED
    transfer.answered_by_id = actor.id
    transfer.answer = answer.strip()
    transfer.answered_at = now
    if agrees:
        hold_caps(actor.organization_id)
        pair = _hold(transfer.giver_id, transfer.taker_id, now)
        _move(actor, transfer, pair, now)
    else:
        found = periods_by_id([transfer.giver_id, transfer.taker_id])
        pair = _Pair(found[transfer.giver_id], found[transfer.taker_id])
        _record(actor, AuditAction.BUDGET_TRANSFER_REFUSED, transfer, pair, transfer.answer, now)
    transfer.save(update_fields=["status", "answered_by", "answer", "answered_at"])
    _tell_asker(actor, transfer, pair, now)
    return transfer


@transaction.atomic
def withdraw_transfer(*, actor: Actor, transfer_id: UUID, now: datetime) -> BudgetTransfer:
    """Ask no longer. Five SQL statements; withdrawn already, it is left.

    Raises `NotFound`, `NotAllowed` on the taker, and `Conflict` where it has been answered.
    """
    transfer = _locked(actor, transfer_id)
    managed(actor, transfer.taker_id)
    if transfer.status == BudgetTransfer.Status.WITHDRAWN:
        return transfer
    _check_asked(transfer)
    transfer.status = BudgetTransfer.Status.WITHDRAWN
    transfer.answered_at = now
    transfer.save(update_fields=["status", "answered_at"])
    found = periods_by_id([transfer.giver_id, transfer.taker_id])
    pair = _Pair(found[transfer.giver_id], found[transfer.taker_id])
    _record(actor, AuditAction.BUDGET_TRANSFER_WITHDRAWN, transfer, pair, "", now)
    return transfer


@transaction.atomic
def expire_transfers(*, actor: Actor, now: datetime) -> int:
    """End what was asked for too long ago, or for a period that is over; return how many.

    Whoever asked gets a mail. Two SQL queries where none is due, else two more, and two for each of
    them besides those of the mail.
    """
    days, today = budget_settings().transfers_expire_after_days, today_of(now)
    due = lock_free(BudgetTransfer.objects.filter(overdue_since(now, days, today)))
    if not due:
        return 0
    periods = periods_by_id(
        {one for due_one in due for one in (due_one.giver_id, due_one.taker_id)}
    )
    for transfer in due:
        pair = _Pair(periods[transfer.giver_id], periods[transfer.taker_id])
        require(actor, Permission.MANAGE_BUDGETS, pair.taker.group_path)
        transfer.status = BudgetTransfer.Status.EXPIRED
        transfer.answered_at = now
        transfer.save(update_fields=["status", "answered_at"])
        _record(actor, AuditAction.BUDGET_TRANSFER_EXPIRED, transfer, pair, "", now)
        _tell_expired(transfer, pair, days, today, now)
    return len(due)


def _check_asked(transfer: BudgetTransfer) -> None:
    if transfer.status == BudgetTransfer.Status.EXPIRED:
        raise Conflict("Nobody answered this in time, so it has ended. Ask again.")
    if transfer.status != _ASKED:
        raise Conflict("This has been answered already.")


def _locked(actor: Actor, transfer_id: UUID) -> BudgetTransfer:
    transfer_for(actor, transfer_id)
    found = lock(BudgetTransfer.objects.filter(id=transfer_id))
    if not found:
        raise NotFound("There is no such transfer, or it is not yours to see.")
    return found[0]


def _hold(giver_id: UUID, taker_id: UUID, now: datetime) -> _Pair:
    periods = hold([giver_id, taker_id])
    pair = _Pair(periods[giver_id], periods[taker_id])
    today = today_of(now)
    for one in (pair.giver, pair.taker):
        if one.status not in RUNNING:
            raise Conflict(f"{label_of(one)} is closed, and gives and takes no room.")
        if one.period.ends_on < today:
            raise Conflict(f"{label_of(one)} is over, and gives and takes no room.")
    return pair


def _move(actor: Actor, transfer: BudgetTransfer, pair: _Pair, now: datetime) -> None:
    """Move the room from one cap to the other.

    Raises `DomainError` where there is too little, or a budget above would give out too much.
    """
    amount, today = transfer.amount, today_of(now)
    free = max(pair.giver.free, ZERO)
    if amount > free:
        left = format_money(free, pair.giver.currency)
        raise DomainError(f"{label_of(pair.giver)} has only {left} left.", field="amount")
    if objection := cap_objection(pair.taker.cap + amount, pair.taker.currency):
        raise DomainError(objection, field="amount")
    _check_given_out(pair, amount)
    lines = []
    for one, sign, words, other in (
        (pair.giver, -1, "To", pair.taker),
        (pair.taker, 1, "From", pair.giver),
    ):
        assert one.period_id is not None
        document = Document("TRANSFER", transfer.id, f"{words} {label_of(other)}", today)
        lines.append(
            Line(
                period_id=one.period_id,
                kind=EntryKind.TRANSFER,
                key="",
                document=document,
                cap=sign * amount,
                note=transfer.reason,
            )
        )
    post(actor=actor, lines=lines, now=now)
    for one, line in zip((pair.giver, pair.taker), lines, strict=True):
        after = moved(one, cap=line.cap)
        follow_marks(actor=actor, before=one, after=after, document=line.document, now=now)
    _record(actor, AuditAction.BUDGET_TRANSFERRED, transfer, pair, transfer.reason, now)


def _check_given_out(pair: _Pair, amount: Decimal) -> None:
    """Refuse what would have a budget give out more than it lets the ones below it have.

    Room that moves between neighbours leaves their sum as it is. Raises `DomainError`.
    """
    for one, other in ((pair.taker, pair.giver), (pair.giver, pair.taker)):
        (budget,) = Budget.objects.filter(id=one.budget_id).select_related(*SCOPE_ROWS)
        caps = caps_in_period(
            caps_like(PeriodKind(budget.kind), terms_of(budget)), one.period.starts_on
        )
        change = {one.budget_id: amount if one is pair.taker else -amount}
        if other.period == one.period:
            change[other.budget_id] = -change[one.budget_id]
        after = [replace(cap, amount=cap.amount + change.get(cap.budget_id, ZERO)) for cap in caps]
        for over in newly_overgiven(caps, after):
            given, most = (format_money(figure, one.currency) for figure in (over.given, over.most))
            raise DomainError(
                f"With it, the budgets below {over.cap.title} would come to {given} together, and "
                f"may come to {most}. Raise the budget of {over.cap.title} first.",
                field="amount",
            )
        if len(change) > 1 and other.budget_id in {cap.budget_id for cap in caps}:
            return


def _record(
    actor: Actor,
    action: AuditAction,
    transfer: BudgetTransfer,
    pair: _Pair,
    reason: str,
    now: datetime,
) -> None:
    after = {"amount": transfer.amount, "giver": label_of(pair.giver)}
    record_on(pair.taker, action, actor=actor, after=after, reason=reason, now=now)


def _tell_keepers(actor: Actor, transfer: BudgetTransfer, pair: _Pair, now: datetime) -> None:
    organization = accounts.organization_by_id(tenancy.current())
    people = accounts.notification_targets(pair.giver.group_path, KEEPER_ROLES, at=now)
    context = asked_context(
        transfer,
        pair.giver,
        pair.taker,
        organization=organization,
        asker=actor.label,
        days=budget_settings().transfers_expire_after_days,
    )
    _tell(transfer, people, "transfer_asked", context, now)


def _tell_asker(actor: Actor, transfer: BudgetTransfer, pair: _Pair, now: datetime) -> None:
    organization = accounts.organization_by_id(tenancy.current())
    asker = accounts.people_by_id([transfer.asked_by_id]).values()
    context = answered_context(
        transfer, pair.giver, pair.taker, organization=organization, answerer=actor.label
    )
    people = [one for one in asker if one.is_active]
    _tell(transfer, people, "transfer_answered", context, now)


def _tell_expired(
    transfer: BudgetTransfer, pair: _Pair, days: int, today: date, now: datetime
) -> None:
    organization = accounts.organization_by_id(tenancy.current())
    asker = accounts.people_by_id([transfer.asked_by_id]).values()
    context = expired_context(
        transfer, pair.giver, pair.taker, organization=organization, days=days, today=today
    )
    people = [one for one in asker if one.is_active]
    _tell(transfer, people, "transfer_expired", context, now)


def _tell(
    transfer: BudgetTransfer,
    people: Sequence[Person],
    template: str,
    context: dict[str, Any],
    now: datetime,
) -> None:
    title, body = transfer_words(template, context)
    notices = [
        Notice(
            event=NotificationEvent.BUDGET_ROOM,
            key=f"{template}:{transfer.id}:{one.membership_id}",
            membership_id=one.membership_id,
            email=one.email,
            template=template,
            title=title,
            body=body,
            path=context["path"],
            context=context,
            thread=f"transfer:{transfer.id}",
        )
        for one in people
    ]
    notify(organization_id=transfer.organization_id, notices=notices, now=now)
