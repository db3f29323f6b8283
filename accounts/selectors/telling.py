"""How people want to be told about things."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.actors import MemberActor
from accounts.devices import Device
from accounts.models import NotificationChoice, NotificationHours
from accounts.notifying import NotificationEvent
from accounts.telling import Choice, EmailChoice, Hours, Wishes
from procurement.core import writes
from procurement.outbox.selectors import message_of

_WISHES = """
SELECT m.id, o.slug, coalesce(nullif(h.time_zone, ''), o.time_zone), h.quiet_from, h.quiet_until,
    coalesce(h.quiet_weekends, false), coalesce(h.digest_hour, 8),
    (SELECT json_agg(json_build_array(c.event, c.email, c.push))
     FROM accounts_notificationchoice c
     WHERE c.organization_id = m.organization_id AND c.membership_id = m.id
         AND c.event = ANY(%(events)s))::text,
    (SELECT json_agg(json_build_array(d.id, d.label, d.endpoint, d.p256dh, d.auth) ORDER BY d.id)
     FROM accounts_pushsubscription d
     JOIN accounts_user u ON u.id = m.user_id AND u.is_active
     WHERE d.organization_id = m.organization_id AND d.membership_id = m.id
         AND d.ended_at IS NULL AND m.status = 'ACTIVE')::text
FROM accounts_membership m
JOIN accounts_organization o ON o.id = m.organization_id
LEFT JOIN accounts_notificationhours h
    ON h.organization_id = m.organization_id AND h.membership_id = m.id
WHERE m.organization_id = %(organization)s AND m.id = ANY(%(members)s)
"""
_Row = tuple[UUID, str, str, time | None, time | None, bool, int, str | None, str | None]


def wishes_of(
    organization_id: UUID, members: Collection[UUID], events: Collection[NotificationEvent]
) -> dict[UUID, Wishes]:
    """Return how members want to be told about events, and on which devices.

    Nobody without access has any device. One SQL query, also within a batch.
    """
    found = writes.execute(
        _WISHES,
        {
            "organization": organization_id,
            "members": list(members),
            "events": [event.value for event in events],
        },
    )
    return {row[0]: _wishes(row) for row in found.fetchall()}


def _wishes(row: _Row) -> Wishes:
    _, slug, zone, quiet_from, quiet_until, quiet_weekends, digest_hour, chosen, shown_on = row
    return Wishes(
        choices={
            NotificationEvent(event): Choice(EmailChoice(email), push)
            for event, email, push in json.loads(chosen or "[]")
        },
        hours=Hours(
            zone=ZoneInfo(zone),
            quiet_from=quiet_from,
            quiet_until=quiet_until,
            quiet_weekends=quiet_weekends,
            digest_hour=digest_hour,
        ),
        organization_slug=slug,
        devices=tuple(
            Device(UUID(device_id), *particulars)
            for device_id, *particulars in json.loads(shown_on or "[]")
        ),
    )


def own_wishes(actor: MemberActor) -> Wishes:
    """Return how the actor wants to be told about everything. One SQL query."""
    found = wishes_of(actor.organization_id, [actor.membership_id], list(NotificationEvent))
    return found[actor.membership_id]


def hours_of(membership_id: UUID) -> NotificationHours | None:
    """Return the hours that a member has set, as stored. One SQL query."""
    return NotificationHours.objects.filter(membership_id=membership_id).first()


def chosen_by(membership_id: UUID) -> dict[str, NotificationChoice]:
    """Return what a member has chosen, by event. One SQL query."""
    found = NotificationChoice.objects.filter(membership_id=membership_id)
    return {choice.event: choice for choice in found}


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail told a member: the event, or every optional one of their daily summary."""

    membership_id: UUID
    events: tuple[NotificationEvent, ...]
    is_digest: bool


def told_by(message_id: UUID) -> Told | None:
    """Return what a mail told whom; None for one that told nobody here. Two SQL queries."""
    message = message_of(message_id)
    if message is None or message.person_id is None or not message.event:
        return None
    event = NotificationEvent(message.event)
    if not message.bundle:
        return Told(message.person_id, (event,), is_digest=False)
    in_digest = {
        NotificationEvent(name)
        for name, choice in chosen_by(message.person_id).items()
        if choice.email == EmailChoice.DIGEST
    }
    events = tuple(one for one in NotificationEvent if one in in_digest | {event})
    return Told(message.person_id, events, is_digest=True)
