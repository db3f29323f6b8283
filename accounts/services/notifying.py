"""Telling people things: the one way to every channel, through the outbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.notifying import Notice
from accounts.services.pushing import PUSHED, push_parcels
from procurement.outbox.services import enqueue, enqueue_email


def notify(*, organization_id: UUID, notices: Sequence[Notice], now: datetime) -> None:
    """Put what people are to be told into the outbox, in the transaction of its cause.

    One SQL statement for each notice, none for none, and two for all that go to devices.
    """
    for notice in notices:
        enqueue_email(
            organization_id=organization_id,
            key=notice.key,
            to=notice.email,
            template=notice.template,
            context=dict(notice.context),
            secrets=dict(notice.secrets),
            now=now,
        )
    pushed = push_parcels([notice for notice in notices if notice.event in PUSHED])
    enqueue(organization_id=organization_id, parcels=pushed, now=now)
