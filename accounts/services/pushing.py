"""Notices as notifications on people's devices."""

from collections.abc import Iterable
from datetime import datetime

from accounts.devices import Device
from accounts.notifying import Notice, NotificationEvent
from procurement.outbox.kinds import Channel
from procurement.outbox.services import Parcel

# Somebody waits for the answer.
_URGENT = frozenset(
    {
        NotificationEvent.DECISION_NEEDED,
        NotificationEvent.DECISION_REMINDER,
        NotificationEvent.QUESTION_ASKED,
    }
)
# What fits on a lock screen, and safely into the 4,096 bytes that push services take.
_TITLE, _BODY, _PATH = 120, 400, 500


def push_parcels(
    notice: Notice, devices: Iterable[Device], *, path: str, due_at: datetime
) -> list[Parcel]:
    """Return a notice as one message to each device of whom it is for.

    It leads to a page of the product (``path``), where whoever holds the device has to be signed
    in: no secret stands in what is shown.
    """
    context = {
        "title": _short(notice.title, _TITLE),
        "body": _short(notice.body, _BODY),
        "path": path[:_PATH],
        "tag": notice.thread,
        "urgency": "high" if notice.event in _URGENT else "normal",
    }
    return [
        Parcel(
            key=f"push:{device.id.hex}:{notice.key}",
            to=notice.email,
            template=notice.template,
            context={**context, "subscription": str(device.id), "device": device.label},
            secrets={"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth},
            channel=Channel.PUSH,
            event=notice.event.value,
            person_id=notice.membership_id,
            due_at=due_at,
        )
        for device in devices
    ]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
