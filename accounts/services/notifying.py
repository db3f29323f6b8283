"""Telling people things: the one way to every channel, through the outbox."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from accounts.notifying import Notice
from accounts.selectors.telling import wishes_of
from accounts.services.pushing import push_parcels
from accounts.services.secrets import issue_secret
from accounts.telling import MANDATORY, Telling, Wishes, tellings
from procurement.core import writes
from procurement.outbox.kinds import Channel
from procurement.outbox.mailing import UNSUBSCRIBE
from procurement.outbox.services import Parcel, enqueue

UNSUBSCRIBE_KIND = "UNSUBSCRIBE"
# Whoever finds an old mail must still be able to stop those to come.
UNSUBSCRIBE_LIVES = timedelta(days=400)


def notify(*, organization_id: UUID, notices: Sequence[Notice], now: datetime) -> None:
    """Put what people are to be told into the outbox, in the transaction of its cause.

    Each person is told as they have chosen: by which channel, at once or in their daily summary,
    and not in their quiet hours. One SQL query for the wishes of all, then one round trip for all
    messages with the secrets by which optional mail can be stopped; none for none.
    """
    if not notices:
        return
    wishes = wishes_of(
        organization_id,
        {notice.membership_id for notice in notices},
        {notice.event for notice in notices},
    )
    with writes.batch():
        parcels = [
            parcel
            for notice in notices
            for parcel in _parcels(organization_id, notice, wishes[notice.membership_id], now)
        ]
        enqueue(organization_id=organization_id, parcels=parcels, now=now)


def _parcels(
    organization_id: UUID, notice: Notice, wishes: Wishes, now: datetime
) -> Iterator[Parcel]:
    """Yield the messages by which one person is told one thing."""
    told = {
        "title": notice.title,
        "body": notice.body,
        "path": notice.path_in(wishes.organization_slug),
        "link": notice.link,
    }
    has_device = bool(wishes.devices)
    for telling in tellings(notice.event, wishes, has_device=has_device, now=now):
        if telling.channel is Channel.EMAIL:
            yield _email(organization_id, notice, told, telling, now)
        else:
            path = told["path"]
            yield from push_parcels(notice, wishes.devices, path=path, due_at=telling.due_at)


def _email(
    organization_id: UUID, notice: Notice, told: dict[str, str], telling: Telling, now: datetime
) -> Parcel:
    parcel = Parcel(
        key=notice.key,
        to=notice.email,
        template=notice.template,
        context={**notice.context, "notice": told},
        secrets=dict(notice.secrets),
        thread=notice.thread,
        bundle=telling.bundle,
        event=notice.event.value,
        person_id=notice.membership_id,
        due_at=telling.due_at,
    )
    if notice.event in MANDATORY:
        return parcel
    token = issue_secret(
        organization_id=organization_id,
        kind=UNSUBSCRIBE_KIND,
        row_id=parcel.id,
        expires_at=now + UNSUBSCRIBE_LIVES,
        now=now,
    )
    return replace(parcel, secrets={**parcel.secrets, UNSUBSCRIBE: token})
