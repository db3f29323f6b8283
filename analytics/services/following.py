"""Every write of analytics: following the trail, and the trail's own line about a download."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from accounts import selectors as accounts
from accounts.permissions import Permission, require
from analytics import copying
from analytics.copying import Batch
from analytics.models import SpendFact, TrailCursor
from analytics.reports import Report
from analytics.selectors import Figures, SpendView
from budgets.rules import Covering
from procurement.audit import selectors as audit
from procurement.audit.actions import AuditAction
from procurement.audit.selectors import START, Position
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.locking import lock

BATCH_EVENTS = 5000

_Event = tuple[int, UUID, str, UUID, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """What one run did; ``is_done`` says that no settled event is left."""

    events: int
    lines: int
    is_done: bool


@transaction.atomic
def follow_trail(
    *, organization_id: UUID, now: datetime, batch_events: int = BATCH_EVENTS
) -> Progress:
    """Copy what the trail says was bought since the last run, in the trail's own order.

    Takes settled events only, so that none can appear behind the cursor; the cursor is locked, and
    moves in the same transaction as the copies are made. Writes no line in the trail: it would
    follow itself for ever. Seven SQL queries at most, whatever there is to copy.
    """
    cursor = _locked_cursor(organization_id)
    position = Position(cursor.transaction_id, cursor.event_id)
    events = list(
        audit.settled_after(position, organization_id).values_list(
            "transaction_id", "id", "action", "subject_id", "after"
        )[:batch_events]
    )
    lines = _copy(organization_id, events)
    if events:
        position = Position(events[-1][0], events[-1][1])
        cursor.transaction_id, cursor.event_id = events[-1][0], events[-1][1]
    waiting = audit.after(position, organization_id).aggregate(since=Min("at"))["since"]
    cursor.caught_up_at = min(waiting or now, now)
    cursor.save(update_fields=["transaction_id", "event_id", "caught_up_at"])
    return Progress(events=len(events), lines=lines, is_done=len(events) < batch_events)


@transaction.atomic
def forget(*, organization_id: UUID) -> int:
    """Drop all copies and start over with the next run; return how many lines were dropped."""
    cursor = _locked_cursor(organization_id)
    dropped, _ = SpendFact.objects.filter(organization_id=organization_id).delete()
    cursor.transaction_id, cursor.event_id = START.transaction_id, START.event_id
    cursor.caught_up_at = None
    cursor.save(update_fields=["transaction_id", "event_id", "caught_up_at"])
    return dropped


def _copy(organization_id: UUID, events: Sequence[_Event]) -> int:
    """Copy the lines of all events that are about spend; return how many are new."""
    placed = [
        subject_id
        for _, _, action, subject_id, _ in events
        if action == AuditAction.PURCHASE_ORDER_PLACED
    ]
    imported = [
        Batch(subject_id, after["first_sequence"], after["last_sequence"])
        for _, _, action, subject_id, after in events
        if action == AuditAction.HISTORY_IMPORTED and after
    ]
    lines = 0
    if placed:
        lines += copying.copy_placed(
            organization_id=organization_id,
            order_ids=placed,
            time_zone=accounts.organization_by_id(organization_id).time_zone,
        )
    if imported:
        lines += copying.copy_imported(organization_id=organization_id, batches=imported)
    return lines


def _locked_cursor(organization_id: UUID) -> TrailCursor:
    """Return the organization's cursor under lock, started at the beginning when there is none."""
    mine = TrailCursor.objects.filter(organization_id=organization_id)
    found = lock(mine)
    if not found:
        TrailCursor.objects.bulk_create(
            [TrailCursor(organization_id=organization_id, event_id=START.event_id)],
            ignore_conflicts=True,
        )
        found = lock(mine)
    return found[0]


@transaction.atomic
def record_download(
    *, actor: Actor, view: SpendView, report: Report, total: Figures, now: datetime
) -> None:
    """Have the trail say who took which figures out of the house.

    Raises `NotAllowed` unless the actor may see the reports of every group of the view.
    """
    for anchor in view.anchors:
        require(actor, Permission.VIEW_REPORTS, anchor.path)
    record(
        actor=actor,
        action=AuditAction.REPORT_DOWNLOADED,
        subject_type="report",
        subject_id=view.organization_id,
        subject_label=f"{report.label}, {view.asked.period.label}, {view.group_name}",
        group_id=view.anchors[0].id if len(view.anchors) == 1 else None,
        after={
            "report": report,
            "view": view.asked.query,
            "structure": view.asked.structure.value,
            "since": view.asked.period.since,
            "until": view.asked.period.until,
            "lines": total.lines,
            "total": total.amount,
        },
        now=now,
    )


def record_segments_download(
    *, actor: Actor, covering: Covering, before: Covering, lines: int, now: datetime
) -> None:
    """Have the trail say who took a budget's two periods by category out of the house.

    Raises `NotAllowed` unless the actor may see the reports of its group.
    """
    require(actor, Permission.VIEW_REPORTS, covering.group_path)
    record(
        actor=actor,
        action=AuditAction.REPORT_DOWNLOADED,
        subject_type="budget",
        subject_id=covering.budget_id,
        subject_label=(
            f"{covering.title} by category, {covering.period.label} and {before.period.label}"
        ),
        group_id=covering.group_id,
        after={
            "report": "segments",
            "period": covering.period.code,
            "beside": before.period.code,
            "lines": lines,
        },
        now=now,
    )
