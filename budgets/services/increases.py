"""Asking for more room on a budget, taking the wish back, and what follows from the decision."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.actors import MemberActor
from accounts.models import Organization
from approvals import services as approvals
from approvals.routing import route, seat
from approvals.selectors import routing_context
from budgets.increases import KIND, Wish, content_hash_of, facts_of, label_of, summary_of
from budgets.models import Budget, BudgetIncrease
from budgets.movements import Document
from budgets.planning import cap_objection
from budgets.rules import Covering, PeriodStatus
from budgets.selectors.increases import (
    cost_centre_of,
    earlier_on,
    increase_target,
    pending_like,
    title_of,
)
from budgets.selectors.terms import SCOPE_ROWS
from budgets.services.caps import let_waiting_orders_go_on
from budgets.services.periods import ensure_periods
from budgets.services.raising import raise_cap
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs, tenancy
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError, NotFound
from procurement.core.ids import new_id
from procurement.core.locking import hold_caps, lock
from procurement.core.money import quantize

_Status = BudgetIncrease.Status


@transaction.atomic
def ask_for_increase(
    *,
    actor: MemberActor,
    period_id: UUID,
    amount: Decimal,
    reason: str,
    is_lasting: bool = False,
    document: Document | None = None,
    now: datetime,
) -> BudgetIncrease:
    """Ask for more room in a period of a budget; whom policy names decides, and it applies at once.

    ``period_id`` may be the budget's own id: then the period is meant that holds the document's
    day, or today, and it is opened where it is not yet. ``amount`` is what the cap should grow by;
    ``document`` is the order that waits for it. Asked again while it waits, for the same order or,
    without one, by the same person for the same amount, it answers with what was asked. Raises
    `NotFound` where the budget holds no orders of the actor's and is not theirs to see,
    `DomainError` on what cannot be asked, `NotRoutable` where nobody could decide, and `Conflict`
    for a period that an increase does not help. About 20 SQL statements.
    """
    organization = accounts.organization_by_id(tenancy.current())
    today = local_date(now, organization.time_zone)
    on = document.occurred_on if document else today
    target = increase_target(actor, period_id, on)
    reason = reason.strip()
    _check_wish(target, amount, reason)
    hold_caps(organization.id)
    (budget,) = lock(Budget.objects.filter(id=target.budget_id))
    if not budget.is_active or target.period.ends_on < today:
        raise Conflict(f"{label_of(target)} is over; there is nothing to raise any more.")
    (covering,) = ensure_periods(actor=actor, covering=[target], now=now)
    assert covering.period_id is not None
    waiting = pending_like(
        period_id=covering.period_id,
        asker_id=actor.membership_id,
        document_id=document.id if document else None,
    )
    if document is None:
        waiting = waiting.filter(amount=amount, is_lasting=is_lasting)
    asked = waiting.first()
    if asked is not None:
        return asked
    wish = Wish(
        id=new_id(),
        covering=covering,
        amount=amount,
        reason=reason,
        is_lasting=is_lasting,
        asker_id=actor.membership_id,
        asker_name=actor.name,
        document=document,
    )
    increase = _stored(wish, now)
    _ask(actor, wish, increase, organization, now)
    return increase


def _check_wish(target: Covering, amount: Decimal, reason: str) -> None:
    currency = target.currency
    if not amount.is_finite() or amount <= 0:
        raise DomainError("Ask for an amount above zero.", field="amount")
    if amount != quantize(amount, currency):
        raise DomainError("Give the amount to the cent, no finer.", field="amount")
    if objection := cap_objection(target.cap + amount, currency):
        raise DomainError(objection, field="amount")
    if not reason:
        raise DomainError("Say what it is for: whoever decides reads it.", field="reason")
    if target.status is PeriodStatus.FROZEN:
        raise Conflict(
            f"{label_of(target)} is frozen and takes no new orders, whatever its cap. Ask whoever "
            "keeps it to take it up again."
        )
    if target.status is not PeriodStatus.OPEN:
        raise Conflict(f"{label_of(target)} is closed and takes no new orders, whatever its cap.")


def _stored(wish: Wish, now: datetime) -> BudgetIncrease:
    document = wish.document
    assert wish.covering.period_id is not None
    return BudgetIncrease.objects.create(
        id=wish.id,
        organization_id=tenancy.current(),
        period_id=wish.covering.period_id,
        amount=wish.amount,
        is_lasting=wish.is_lasting,
        reason=wish.reason,
        asked_by_id=wish.asker_id,
        document_kind=document.kind if document else "",
        document_id=document.id if document else None,
        document_label=document.label[:200] if document else "",
        asked_at=now,
    )


def _ask(
    actor: MemberActor,
    wish: Wish,
    increase: BudgetIncrease,
    organization: Organization,
    now: datetime,
) -> None:
    """Send it on its way; what policy asks nobody about applies here and now."""
    path = wish.covering.group_path
    context = routing_context(path, actor.membership_id, now)
    facts = facts_of(
        wish,
        on=local_date(now, organization.time_zone),
        requester_roles=context.requester_roles,
        cost_centre=cost_centre_of(path),
    )
    plan = seat(route(facts, context.policies), facts, context.seats)
    approvals.open_request(
        actor=actor,
        subject_id=increase.id,
        facts=facts,
        plan=plan,
        summary=summary_of(
            wish,
            earlier_on(increase.period_id),
            organization_name=organization.name,
            sign_in_above=organization.sign_in_above,
        ),
        content_hash=content_hash_of(wish),
        now=now,
    )
    _record(actor, AuditAction.BUDGET_INCREASE_ASKED, increase, now, reason=wish.reason)
    if plan.is_automatic:
        approve_increase(actor=actor, increase_id=increase.id, now=now)
        increase.refresh_from_db()


@transaction.atomic
def withdraw_increase(
    *,
    actor: Actor,
    increase_id: UUID,
    looked_after_by: UUID | None = None,
    reason: str = "",
    now: datetime,
) -> BudgetIncrease:
    """Take back an increase that waits for approval; taken back already, it is left.

    Only who asked may, the member who looks after the order that waits for it, or the system.
    Raises `NotFound` for anybody else, `Conflict` where it has been decided, or is being so at this
    moment.
    """
    increase = _locked(increase_id)
    if actor.id not in (None, increase.asked_by_id, looked_after_by):
        raise NotFound("There is no such increase, or it is not yours to take back.")
    if increase.status == _Status.WITHDRAWN:
        return increase
    if increase.status != _Status.PENDING:
        raise Conflict("This has been decided already.")
    approvals.withdraw_request(
        actor=actor,
        subject_kind=KIND,
        subject_id=increase.id,
        looked_after_by=looked_after_by,
        reason=reason,
        now=now,
    )
    _close(increase, _Status.WITHDRAWN, now)
    _record(actor, AuditAction.BUDGET_INCREASE_WITHDRAWN, increase, now, reason=reason)
    return increase


def approve_increase(*, actor: Actor, increase_id: UUID, now: datetime) -> None:
    """Apply an increase that has been approved, and have the orders that wait looked at.

    In the transaction of the decision. Raises `Conflict` where it waits no more, and as
    `raise_cap` does.
    """
    increase = _pending(increase_id)
    organization = accounts.organization_by_id(tenancy.current())
    raise_cap(actor=actor, increase=increase, organization=organization, now=now)
    _close(increase, _Status.APPROVED, now)
    _record(actor, AuditAction.BUDGET_INCREASE_APPROVED, increase, now)
    let_waiting_orders_go_on(actor)


def refuse_increase(*, actor: Actor, increase_id: UUID, comment: str, now: datetime) -> None:
    """Close an increase that has been rejected, and have its order told.

    In the transaction of the decision. Raises `Conflict` where it waits no more.
    """
    increase = _pending(increase_id)
    _close(increase, _Status.REJECTED, now)
    _record(actor, AuditAction.BUDGET_INCREASE_REJECTED, increase, now, reason=comment)
    _tell_order(increase)


def expire_increase(*, actor: Actor, increase_id: UUID, now: datetime) -> None:
    """Close an increase that nobody decided in time, and have its order told.

    Raises `Conflict` where it waits no more.
    """
    increase = _pending(increase_id)
    _close(increase, _Status.EXPIRED, now)
    _record(actor, AuditAction.BUDGET_INCREASE_EXPIRED, increase, now)
    _tell_order(increase)


def _locked(increase_id: UUID) -> BudgetIncrease:
    rows = (f"period__budget__{name}" for name in SCOPE_ROWS)
    found = lock(BudgetIncrease.objects.filter(id=increase_id).select_related(*rows))
    if not found:
        raise NotFound("There is no such increase.")
    return found[0]


def _pending(increase_id: UUID) -> BudgetIncrease:
    increase = _locked(increase_id)
    if increase.status != _Status.PENDING:
        raise Conflict("This increase does not wait for approval any more.")
    return increase


def _close(increase: BudgetIncrease, status: BudgetIncrease.Status, now: datetime) -> None:
    increase.status = status
    increase.closed_at = now
    increase.save(update_fields=["status", "closed_at"])


def _tell_order(increase: BudgetIncrease) -> None:
    """Have the order that waited for it looked at once the transaction has committed. No SQL."""
    if increase.document_id is not None:
        jobs.enqueue_on_commit(
            "orders.increase_refused",
            organization_id=str(increase.organization_id),
            increase_id=str(increase.id),
        )


def _record(
    actor: Actor,
    action: AuditAction,
    increase: BudgetIncrease,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    budget = increase.period.budget
    record(
        actor=actor,
        action=action,
        subject_type="budget",
        subject_id=budget.id,
        subject_label=title_of(increase),
        group_id=budget.group_id,
        after={
            "amount": increase.amount,
            "increase_id": increase.id,
            "is_lasting": increase.is_lasting,
            "document": increase.document_label,
        },
        reason=reason,
        now=now,
    )
