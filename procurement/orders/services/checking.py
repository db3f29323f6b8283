"""Comparing counters, ledger and orders: kept as a check, told where something is found.

Nothing is repaired here.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts import selectors as accounts
from accounts.models import Organization
from accounts.notifying import Notice, NotificationEvent, counted
from accounts.services import notify
from budgets import selectors as budgets
from budgets.models import LedgerCheck
from budgets.selectors import KEEPER_ROLES, Discrepancy
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.ids import new_id
from procurement.orders.emails import ledger_check_context
from procurement.orders.selectors.verification import Mismatch, mismatches, orders_counted

KEPT_FINDINGS = 300
NIGHTLY_AT = 3
_LATELY = timedelta(hours=20)


@transaction.atomic
def check_ledger(*, actor: Actor, is_scheduled: bool = False, now: datetime) -> LedgerCheck:
    """Compare counters, ledger and orders, keep what was found, and tell the root's keepers of it.

    Whoever calls has asked whether they may. Nobody is told where all of it holds. Eight SQL
    queries, and as many statements as a mail takes where something is found.
    """
    organization = accounts.organization_by_id(actor.organization_id)
    today = local_date(now, organization.time_zone)
    extent = budgets.ledger_extent()
    found = 0
    kept: list[dict[str, str]] = []
    wrong: Iterable[Discrepancy | Mismatch] = chain(
        budgets.discrepancies(), mismatches(today=today)
    )
    for one in wrong:
        found += 1
        if len(kept) < KEPT_FINDINGS:
            kept.append({"period_id": str(one.period_id), "sentence": one.sentence})
    check = LedgerCheck.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        periods=extent.periods,
        entries=extent.lines,
        documents=orders_counted(),
        found=found,
        findings=kept,
        is_scheduled=is_scheduled,
        made_by=actor.label[:200],
        made_at=now,
    )
    record(
        actor=actor,
        action=AuditAction.LEDGER_CHECKED,
        subject_type="ledger_check",
        subject_id=check.id,
        subject_label=organization.name,
        after={
            "periods": check.periods,
            "entries": check.entries,
            "documents": check.documents,
            "found": found,
        },
        now=now,
    )
    if found:
        _tell(check, organization, [one["sentence"] for one in kept], now)
    return check


def check_ledger_nightly(*, actor: Actor, now: datetime) -> LedgerCheck | None:
    """Check an organization's ledger once a night, at three in its own time zone.

    Called each hour; two SQL queries where it is not time.
    """
    organization = accounts.organization_by_id(actor.organization_id)
    hour = now.astimezone(ZoneInfo(organization.time_zone)).hour
    lately = LedgerCheck.objects.filter(is_scheduled=True, made_at__gt=now - _LATELY)
    if hour != NIGHTLY_AT or lately.exists():
        return None
    return check_ledger(actor=actor, is_scheduled=True, now=now)


def _tell(
    check: LedgerCheck, organization: Organization, sentences: Sequence[str], now: datetime
) -> None:
    root = accounts.root_group()
    people = accounts.notification_targets(root.path, KEEPER_ROLES, at=now)
    context = ledger_check_context(check, organization, sentences)
    notices = [
        Notice(
            event=NotificationEvent.BUDGET_ALERT,
            key=f"ledger-check:{check.id}:{person.membership_id}",
            membership_id=person.membership_id,
            email=person.email,
            template="ledger_check",
            title=f"The budget ledger does not hold: {counted(check.found, 'figure')} off",
            body=sentences[0],
            path=context["path"],
            context=context,
            thread=f"ledger-check:{organization.id}",
        )
        for person in people
    ]
    notify(organization_id=organization.id, notices=notices, now=now)
