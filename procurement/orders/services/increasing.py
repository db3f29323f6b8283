"""Increases of budgets that an order waits for: asked for with it, taken back with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.actors import MemberActor
from approvals.selectors import latest_request_about
from budgets import services as budgets
from budgets.models import BudgetIncrease
from budgets.movements import Document
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.money import format_money
from procurement.orders.assessment import Assessment
from procurement.orders.blocked import Blocked


@dataclass(frozen=True, slots=True)
class Wish:
    """By how much a budget that stops an order should be raised, in its currency."""

    budget_id: UUID
    amount: Decimal


def check_wishes(wishes: Sequence[Wish], assessment: Assessment) -> list[tuple[Blocked, Decimal]]:
    """Return each budget that stops an order with the amount to be asked for.

    A budget that is not named is asked for what is missing. Raises `DomainError` where less is
    asked for, or where an increase would not help.
    """
    wished = {wish.budget_id: wish.amount for wish in wishes}
    found = []
    for blocked in assessment.blocked:
        if not blocked.can_be_raised:
            raise DomainError(
                f"{blocked.title}, {blocked.period} takes no orders, so an increase does not help. "
                f"{blocked.sentence}"
            )
        amount = wished.get(blocked.budget_id, blocked.missing)
        if amount < blocked.missing:
            least = format_money(blocked.missing, blocked.currency)
            raise DomainError(
                f"The order does not fit with less than {least} more.",
                field=f"amount-{blocked.budget_id}",
            )
        found.append((blocked, amount))
    return found


def ask_for(
    asked: Sequence[tuple[Blocked, Decimal]],
    *,
    actor: MemberActor,
    assessment: Assessment,
    document: Document,
    reason: str,
    now: datetime,
) -> list[BudgetIncrease]:
    """Ask for an increase of each budget, with an order as what waits for it."""
    opened = {
        one.budget_id: one.period_id
        for one in budgets.ensure_periods(
            actor=actor, covering=[effect.covering for effect in assessment.effects], now=now
        )
    }
    increases = []
    for blocked, amount in asked:
        period_id = opened[blocked.budget_id]
        assert period_id is not None
        increases.append(
            budgets.ask_for_increase(
                actor=actor,
                period_id=period_id,
                amount=amount,
                reason=reason,
                is_lasting=False,
                document=document,
                now=now,
            )
        )
    return increases


def withdraw_wishes(*, actor: Actor, requisition_id: UUID, reason: str, now: datetime) -> int:
    """Take back the increases that an order waited for and nobody has decided; say how many."""
    pending = BudgetIncrease.objects.filter(
        document_id=requisition_id, status=BudgetIncrease.Status.PENDING
    ).order_by("id")
    ids = list(pending.values_list("id", flat=True))
    for increase_id in ids:
        budgets.withdraw_increase(actor=actor, increase_id=increase_id, reason=reason, now=now)
    return len(ids)


def refusal_of(increase: BudgetIncrease) -> str:
    """Return in a sentence who refused an increase and why, or that nobody decided in time."""
    title = f"{increase.period.budget.group.name}, {increase.period.span.label}"
    if increase.status == BudgetIncrease.Status.EXPIRED:
        return f"Nobody decided in time on the increase of {title}."
    asked = latest_request_about("budget_increase", increase.id)
    said = next((one for one in asked.decisions if one.choice == "REJECT"), None) if asked else None
    if said is None:
        return f"The increase of {title} was refused."
    who = said.membership.user.name or said.membership.user.email
    return f"{who} refused the increase of {title}: “{said.comment}”"
