"""Correcting what a period says is spent, with a reason."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from budgets.models import LedgerEntry
from budgets.movements import Document, EntryKind
from budgets.rules import LARGEST_AMOUNT, Covering, PeriodStatus
from budgets.services.period_steps import (
    check_amount,
    check_reference,
    follow_marks,
    hold,
    managed,
    moved,
    record_on,
    said,
    today_of,
)
from budgets.services.posting import Line, post
from procurement.audit.actions import AuditAction
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError
from procurement.core.money import format_money


@transaction.atomic
def adjust_spent(
    *,
    actor: Actor,
    period_id: UUID,
    amount: Decimal,
    reason: str,
    reference: UUID,
    now: datetime,
) -> Covering:
    """Add an amount to what a period has spent, or take it away below zero; return how it stands.

    Done again with the same ``reference``, it changes nothing. At most seven SQL statements, and
    two for each mark that is reached. Raises `NotFound`, `NotAllowed`, `Conflict` where the period
    is closed or the reference is taken, and `DomainError` without a reason, on an amount of zero,
    or on one that a hard budget has no room for.
    """
    reason = said(reason)
    currency = managed(actor, period_id).currency
    if amount == 0:
        raise DomainError("Enter an amount, below zero to take something away.", field="amount")
    check_amount(abs(amount), currency)
    (held,) = hold([period_id]).values()
    known = LedgerEntry.objects.filter(document_id=reference)
    if known.filter(period_id=period_id, kind=EntryKind.ADJUST.value).exists():
        return held
    check_reference(reference)
    if held.status is PeriodStatus.CLOSED:
        raise Conflict("This period is closed. Reopen it first.")
    if amount > max(held.free, Decimal(0)) and not held.is_soft:
        free = format_money(max(held.free, Decimal(0)), currency)
        raise DomainError(f"Only {free} is left; raise the cap first.", field="amount")
    after = moved(held, spent=amount)
    if after.used > LARGEST_AMOUNT:
        most = format_money(LARGEST_AMOUNT, currency)
        raise DomainError(f"No budget can have used more than {most}.", field="amount")
    document = Document("ADJUSTMENT", reference, "Adjustment", today_of(now))
    line = Line(
        period_id=period_id,
        kind=EntryKind.ADJUST,
        key="",
        document=document,
        spent=amount,
        may_exceed=held.is_soft,
        note=reason,
    )
    post(actor=actor, lines=[line], now=now)
    follow_marks(actor=actor, before=held, after=after, document=document, now=now)
    record_on(
        held,
        AuditAction.BUDGET_ADJUSTED,
        actor=actor,
        before={"spent": held.spent},
        after={"amount": amount, "spent": after.spent},
        reason=reason,
        now=now,
    )
    return after
