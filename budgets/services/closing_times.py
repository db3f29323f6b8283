"""Periods that close by themselves, some days after they have ended."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.notifying import Notice, NotificationEvent
from accounts.services import notify
from budgets.emails import stuck_context, stuck_words
from budgets.lifecycle import RUNNING, closes_by_itself
from budgets.models import BudgetPeriod
from budgets.selectors.covering import KEEPER_ROLES
from budgets.selectors.lifecycle import Closing, closing_of, periods_by_id, periods_to_close
from budgets.selectors.settings import budget_settings
from budgets.services.closing import NoRoom, close_period
from budgets.services.period_steps import today_of
from procurement.core import jobs, tenancy
from procurement.core.actors import Actor


def start_closing(*, actor: Actor, now: datetime) -> int:
    """Have every period close whose days are over, each in a job of its own; say how many.

    Three SQL queries, one where periods do not close by themselves.
    """
    after_days = budget_settings().close_after_days
    if after_days is None:
        return 0
    found = periods_to_close(today_of(now), after_days=after_days)
    for period_id in found:
        jobs.enqueue_on_commit(
            "budgets.close_ended",
            organization_id=str(actor.organization_id),
            period_id=str(period_id),
        )
    return len(found)


@transaction.atomic
def close_ended_period(*, actor: Actor, period_id: UUID, now: datetime) -> bool:
    """Close a period whose days are over; return whether it is closed.

    Where its orders find no room, it stays, and its keepers get a mail, once. One that is not due
    any more is left alone. SQL: three statements and those of `close_period`, or of the mail.
    """
    after_days = budget_settings().close_after_days
    covering = periods_by_id([period_id]).get(period_id)
    today = today_of(now)
    if (
        after_days is None
        or covering is None
        or covering.status not in RUNNING
        or not closes_by_itself(covering.period.ends_on, today, after_days=after_days)
    ):
        return False
    reason = f"Closed by itself, {after_days} days after its end."
    try:
        close_period(actor=actor, period_id=period_id, reason=reason, now=now)
    except NoRoom:
        untold = BudgetPeriod.objects.filter(id=period_id, kept_open_at__isnull=True)
        if untold.update(kept_open_at=now):
            _tell_keepers(closing_of(covering, today=today), now)
        return False
    return True


def _tell_keepers(closing: Closing, now: datetime) -> None:
    organization = accounts.organization_by_id(tenancy.current())
    context = stuck_context(closing, organization)
    title, body = stuck_words(closing)
    people = accounts.notification_targets(closing.covering.group_path, KEEPER_ROLES, at=now)
    notices = [
        Notice(
            event=NotificationEvent.BUDGET_ROOM,
            key=f"period-stuck:{closing.covering.period_id}:{person.membership_id}",
            membership_id=person.membership_id,
            email=person.email,
            template="period_stuck",
            title=title,
            body=body,
            path=context["path"],
            context=context,
            thread=f"budget:{closing.covering.budget_id}:{closing.covering.period_id}",
        )
        for person in people
    ]
    notify(organization_id=organization.id, notices=notices, now=now)
