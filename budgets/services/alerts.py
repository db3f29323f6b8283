"""Alerts: raised with the movement that crosses a threshold, told once through the outbox.

What brings the use under a threshold again re-arms its alert, so that the next crossing is told.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import selectors as accounts
from accounts.notifying import Notice, NotificationEvent
from accounts.selectors import Person
from accounts.services import notify
from budgets.emails import (
    TITLE_PARTS,
    alert_context,
    alert_words,
    own_alert_context,
    own_alert_words,
)
from budgets.models import BudgetAlert
from budgets.movements import Document
from budgets.rules import Covering, Effect
from budgets.selectors.covering import KEEPER_ROLES, by_period
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs, tenancy, writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from procurement.core.locking import lock

# A worker that is up sends within a second; what is older than this was lost and is swept.
SWEEP_AFTER = timedelta(seconds=30)

_RAISE = """
INSERT INTO budgets_budgetalert (id, organization_id, period_id, threshold, crossed_at, used, cap,
    document_kind, document_id, document_label, told, sent_at)
VALUES (%(id)s, %(organization)s, %(period)s, %(threshold)s, %(now)s, %(used)s, %(cap)s,
    %(document_kind)s, %(document)s, %(label)s, '{}', %(sent_at)s::timestamptz)
ON CONFLICT (organization_id, period_id, threshold) WHERE rearmed_at IS NULL DO NOTHING
RETURNING id
"""

_REARM = """
UPDATE budgets_budgetalert a SET rearmed_at = %(now)s
FROM budgets_budgetperiod p
WHERE a.organization_id = %(organization)s AND a.period_id = ANY(%(periods)s::uuid[])
  AND a.rearmed_at IS NULL AND p.organization_id = a.organization_id AND p.id = a.period_id
  AND (p.reserved + p.committed + p.spent) * 100 < p.cap * a.threshold
RETURNING a.period_id, a.threshold, p.reserved + p.committed + p.spent, p.cap
"""


def raise_alerts(
    *, actor: Actor, effects: Iterable[Effect], document: Document, now: datetime
) -> None:
    """Store an alert for each threshold crossed, once for each period, and have it sent on commit.

    No SQL where nothing is crossed; else two statements for each new alert. Where one order crosses
    two thresholds, the mail on the higher one says it all, and the lower one counts as told.
    """
    for effect in effects:
        for threshold in effect.crossed:
            _raise(actor, effect, threshold, document, now)


def _raise(actor: Actor, effect: Effect, threshold: int, document: Document, now: datetime) -> None:
    covering = effect.covering
    is_mailed = threshold == max(effect.crossed)
    cursor = writes.execute(
        _RAISE,
        {
            "id": new_id(),
            "organization": actor.organization_id,
            "period": covering.period_id,
            "threshold": threshold,
            "now": now,
            "used": effect.used_after,
            "cap": covering.cap,
            "document_kind": document.kind,
            "document": document.id,
            "label": document.label[:200],
            "sent_at": None if is_mailed else now,
        },
    )
    stored = cursor.fetchone()
    if stored is None:
        return
    record(
        actor=actor,
        action=AuditAction.BUDGET_THRESHOLD_CROSSED,
        subject_type="budget",
        subject_id=covering.budget_id,
        subject_label=f"{covering.title}, {covering.period.label}",
        group_id=covering.group_id,
        after={
            "threshold": threshold,
            "used": effect.used_after,
            "cap": covering.cap,
            "document": document.label,
        },
        now=now,
    )
    if is_mailed:
        jobs.enqueue_on_commit(
            "budgets.send_alert",
            organization_id=str(actor.organization_id),
            alert_id=str(stored[0]),
        )


def rearm_alerts(
    *, actor: Actor, covering: Iterable[Covering], document: Document, now: datetime
) -> int:
    """Have thresholds told again that periods have fallen below; return how many.

    For whatever gives room back: a release, a credit, a higher cap, once it has been posted. Each
    leaves an event. One SQL statement, none for no period, and one for each alert.
    """
    periods = by_period(covering)
    if not periods:
        return 0
    fallen = writes.execute(
        _REARM,
        {"organization": actor.organization_id, "periods": list(periods), "now": now},
    ).fetchall()
    for period_id, threshold, used, cap in sorted(fallen):
        one = periods[period_id]
        record(
            actor=actor,
            action=AuditAction.BUDGET_REARMED,
            subject_type="budget",
            subject_id=one.budget_id,
            subject_label=f"{one.title}, {one.period.label}",
            group_id=one.group_id,
            after={
                "threshold": threshold,
                "used": used,
                "cap": cap,
                "document": document.label,
            },
            now=now,
        )
    return len(fallen)


@transaction.atomic
def send_alert(*, actor: Actor, alert_id: UUID, now: datetime) -> int:
    """Put an alert's mails into the outbox, once; return how many people it goes to.

    They are the finance people and the administrators of the nearest group that has some, and whose
    own budget it is, or comes with the seat that they fill; who is both is told as its keeper. An
    alert that has been sent, or that has gone, is left alone. The mails are idempotent by alert and
    person.
    """
    found = lock(
        BudgetAlert.objects.filter(id=alert_id, sent_at__isnull=True).select_related(*TITLE_PARTS)
    )
    if not found:
        return 0
    (alert,) = found
    path = alert.period.budget.group.path
    people = accounts.notification_targets(path, KEEPER_ROLES, at=now)
    holders = _holders(alert, {person.membership_id for person in people})
    organization = accounts.organization_by_id(tenancy.current())
    notices = _notices(
        alert,
        people,
        "budget_alert",
        words=alert_words(alert, organization),
        context=alert_context(alert, organization),
    ) + _notices(
        alert,
        holders,
        "own_budget_alert",
        words=own_alert_words(alert, organization),
        context=own_alert_context(alert, organization),
    )
    notify(organization_id=actor.organization_id, notices=notices, now=now)
    told = [*people, *holders]
    alert.told = [person.name for person in told]
    alert.sent_at = now
    alert.save(update_fields=["told", "sent_at"])
    return len(told)


def _holders(alert: BudgetAlert, keepers: Collection[UUID]) -> list[Person]:
    """Return whose own budget has crossed a mark, unless they keep it or have no access."""
    budget = alert.period.budget
    holders = [accounts.as_person(budget.membership)] if budget.membership else []
    if budget.position_id:
        holders += accounts.seat_holders(budget.group_id, budget.position_id)
    return [one for one in holders if one.is_active and one.membership_id not in keepers]


def _notices(
    alert: BudgetAlert,
    people: Sequence[Person],
    template: str,
    *,
    words: tuple[str, str],
    context: dict[str, Any],
) -> list[Notice]:
    title, body = words
    return [
        Notice(
            event=NotificationEvent.BUDGET_ALERT,
            key=f"budget-alert:{alert.id}:{person.membership_id}",
            membership_id=person.membership_id,
            email=person.email,
            template=template,
            title=title,
            body=body,
            path=context["path"],
            context=context,
            thread=f"budget:{alert.period.budget_id}:{alert.period_id}",
        )
        for person in people
    ]


@transaction.atomic
def send_waiting_alerts(*, actor: Actor, now: datetime) -> int:
    """Send every alert whose job was lost, such as by a stopped broker; return how many.

    One SQL query where none waits.
    """
    waiting = BudgetAlert.objects.filter(
        sent_at__isnull=True, crossed_at__lte=now - SWEEP_AFTER
    ).order_by("crossed_at", "id")
    ids = list(waiting.values_list("id", flat=True))
    for alert_id in ids:
        send_alert(actor=actor, alert_id=alert_id, now=now)
    return len(ids)
