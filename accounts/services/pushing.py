"""Notices as notifications on people's devices."""

from collections.abc import Sequence
from datetime import datetime

from accounts import selectors
from accounts.models import PushSubscription
from accounts.notifying import Notice, NotificationEvent
from procurement.outbox.channels import Channel
from procurement.outbox.services import Parcel

# What somebody is waited for, or waits for.
PUSHED = frozenset(
    {
        NotificationEvent.DECISION_NEEDED,
        NotificationEvent.DECISION_REMINDER,
        NotificationEvent.QUESTION_ASKED,
        NotificationEvent.QUESTION_ANSWERED,
        NotificationEvent.ORDER_DECIDED,
    }
)
_URGENT = frozenset(
    {
        NotificationEvent.DECISION_NEEDED,
        NotificationEvent.DECISION_REMINDER,
        NotificationEvent.QUESTION_ASKED,
    }
)
# What fits on a lock screen, and safely into the 4,096 bytes that push services take.
_TITLE, _BODY, _PATH = 120, 400, 500


def push_parcels(notices: Sequence[Notice], *, due_at: datetime | None = None) -> list[Parcel]:
    """Return notices as messages to each device of whom they are for; the caller asks their wishes.

    They lead to a page of the product, where whoever holds the device has to be signed in: no
    secret is in them. ``due_at`` is when they are to be shown, by default at once. One SQL query,
    none for none.
    """
    devices = selectors.devices_of([notice.membership_id for notice in notices])
    return [
        _parcel(notice, device, due_at)
        for notice in notices
        for device in devices.get(notice.membership_id, ())
    ]


def _parcel(notice: Notice, device: PushSubscription, due_at: datetime | None) -> Parcel:
    return Parcel(
        key=f"push:{device.id.hex}:{notice.key}",
        to=notice.email,
        template=notice.template,
        context={
            "subscription": str(device.id),
            "device": device.label,
            "title": _short(notice.title, _TITLE),
            "body": _short(notice.body, _BODY),
            "path": notice.path[:_PATH],
            "tag": notice.thread,
            "urgency": "high" if notice.event in _URGENT else "normal",
        },
        secrets={"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth},
        channel=Channel.PUSH,
        event=notice.event.value,
        person_id=notice.membership_id,
        due_at=due_at,
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
