"""The trail as a file, and the line that the trail keeps about it."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from procurement.audit import selectors
from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.audit.selectors import TrailFilter
from procurement.audit.services import record
from procurement.audit.words import sentence
from procurement.core import directory, tenancy
from procurement.core.actors import Actor
from procurement.core.files import Cell, csv_file


@transaction.atomic
def export_trail(
    *,
    actor: Actor,
    organization_id: UUID,
    time_zone: str,
    currency: str,
    asked: TrailFilter,
    view: str,
    now: datetime,
) -> Iterator[bytes]:
    """Have the trail say that it was downloaded, and return the file, which is read later.

    What may be seen is settled here, while the actor is known; the file holds what had happened by
    ``now`` and not its own line. ``view`` is the query string that leads to the same lines on the
    page. Raises `NotAllowed` where the actor may read no trail.
    """
    events = selectors.trail(actor, organization_id, asked)
    own = record(
        actor=actor,
        action=AuditAction.REPORT_DOWNLOADED,
        subject_type="report",
        subject_id=organization_id,
        subject_label="Audit trail",
        after={"report": "audit", "view": view, "lines": events.count()},
        now=now,
    )
    settled = events.filter(at__lte=now).exclude(id=own.id)
    return _file(organization_id, time_zone, currency, settled)


def _file(
    organization_id: UUID, time_zone: str, currency: str, events: QuerySet[AuditEvent]
) -> Iterator[bytes]:
    """Yield the CSV; opens the tenancy scope itself, since the request's has ended by then."""
    head = [
        f"Time, {time_zone}",
        "Who",
        "Kind",
        "What",
        "In words",
        "About",
        "Subject",
        "Subject id",
        "Group",
        "Reason",
        "Before",
        "After",
        "Event id",
        "Digest",
    ]
    with tenancy.scope(organization_id), timezone.override(time_zone):
        names = _Names()
        rows = (_cells(event, names, currency) for event in selectors.streamed(events))
        yield from csv_file(head, rows)


class _Names(dict[UUID, str]):
    """Group names, looked up once each."""

    def __missing__(self, group_id: UUID) -> str:
        name = directory.group_names([group_id]).get(group_id, "")
        self[group_id] = name
        return name


def _cells(event: AuditEvent, names: _Names, currency: str) -> Sequence[Cell]:
    told = sentence(event.action, event.subject_label, event.after, currency=currency)
    return (
        timezone.localtime(event.at),
        event.actor_label,
        event.actor_kind.lower(),
        event.action,
        f"{event.actor_label} {told}",
        event.subject_type,
        event.subject_label,
        event.subject_id,
        names[event.group_id] if event.group_id else "",
        event.reason,
        _json(event.before),
        _json(event.after),
        event.id,
        bytes(event.digest).hex(),
    )


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
