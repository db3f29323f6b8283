"""Writing to the audit trail: the last step but one of every service."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from procurement.audit.actions import AuditAction
from procurement.audit.models import AuditEvent
from procurement.core import writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id


def record(
    *,
    actor: Actor,
    action: AuditAction,
    subject_type: str,
    subject_id: UUID,
    subject_label: str,
    group_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    now: datetime,
) -> AuditEvent:
    """Append one event to the trail, in the transaction of what it records; one SQL statement.

    ``before`` and ``after`` hold what changed as plain values (Decimals, dates and UUIDs become
    text). ``group_id`` is the group in whose scope the event can be seen.
    """
    event = AuditEvent(
        id=new_id(),
        organization_id=actor.organization_id,
        at=now,
        action=str(action),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label[:200],
        subject_type=subject_type,
        subject_id=subject_id,
        subject_label=subject_label[:300],
        group_id=group_id,
        before=_plain(before),
        after=_plain(after),
        reason=reason,
    )
    event.digest = digest_of(event)
    writes.insert(event)
    return event


def digest_of(event: AuditEvent) -> bytes:
    """Return the HMAC-SHA256 of an event's canonical content under the installation's audit key."""
    content = [
        str(event.organization_id),
        str(event.id),
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.action,
        event.actor_kind,
        str(event.actor_id or ""),
        event.actor_label,
        event.subject_type,
        str(event.subject_id),
        event.subject_label,
        str(event.group_id or ""),
        event.before,
        event.after,
        event.reason,
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(settings.AUDIT_KEY.encode(), canonical.encode(), hashlib.sha256)


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return values as JSON will give them back, so that the digest is the same after a read."""
    if values is None:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain
