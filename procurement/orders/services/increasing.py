"""Increases of budgets that an order waits for: asked for with it, taken back with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.actors import MemberActor
from budgets import services as budgets
from budgets.models import BudgetIncrease
from budgets.movements import Document
from procurement.core.actors import Actor, SystemActor
from procurement.core.errors import DomainError
from procurement.core.locking import lock
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
    document: Document,
    reason: str,
    now: datetime,
) -> list[BudgetIncrease]:
    """Ask for an increase of each budget, with an order as what waits for it.

    In the order of their periods' ids, since one that nobody has to decide on raises its cap here.
    """
    return [
        budgets.ask_for_increase(
            actor=actor,
            period_id=blocked.period_id or blocked.budget_id,
            amount=amount,
            reason=reason,
            document=document,
            now=now,
        )
        for blocked, amount in sorted(asked, key=_by_period)
    ]


def _by_period(asked: tuple[Blocked, Decimal]) -> tuple[bool, str]:
    period_id = asked[0].period_id
    return period_id is None, str(period_id)


def hold_wishes(requisition_id: UUID) -> None:
    """Lock the increases that an order waits for, before any budget is locked. One SQL query.

    A decision on one of them holds it and goes on to the period: whoever held that already and came
    to the increase last would wait for the decision, and the decision for them.
    """
    lock(
        BudgetIncrease.objects.filter(
            document_id=requisition_id, status=BudgetIncrease.Status.PENDING
        )
    )


def withdraw_wishes(*, actor: Actor, requisition_id: UUID, reason: str, now: datetime) -> int:
    """Take back the increases that an order waited for and nobody has decided; say how many.

    Who looks after an order for somebody who has left takes back what that person asked for.
    """
    pending = BudgetIncrease.objects.filter(
        document_id=requisition_id, status=BudgetIncrease.Status.PENDING
    ).order_by("id")
    asked = list(pending.values_list("id", "asked_by_id"))
    for increase_id, asker_id in asked:
        budgets.withdraw_increase(
            actor=actor if actor.id == asker_id else SystemActor(actor.organization_id, "Orders"),
            increase_id=increase_id,
            reason=reason,
            now=now,
        )
    return len(asked)
