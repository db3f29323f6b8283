"""Messages as notifications on devices: encrypted for one browser, handed to its push service.

The push service can read neither title nor text (RFC 8291); who sends is proved by the product's
own key (RFC 8292). The address is one that a browser named, so it is checked again on the very
connection (`core.outbound`).
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import requests
import structlog
from django.conf import settings
from pywebpush import WebPushException, webpush

from procurement.core import clock
from procurement.core.outbound import guarded_session
from procurement.outbox.channels import Delivery
from procurement.outbox.kinds import Failure
from procurement.outbox.models import OutboxMessage
from procurement.outbox.sealing import unseal

logger = structlog.get_logger(__name__)

# A browser that is off for longer than that is told by mail alone.
KEPT_FOR = timedelta(days=1)
LONGEST_WAIT = timedelta(hours=2)
_SECONDS = 5.0
_GONE = frozenset({404, 410})
_LATER = frozenset({408, 425, 429})
_SERVER_ERRORS = 500


def send_pushes(messages: Sequence[OutboxMessage]) -> list[Delivery]:
    """Hand messages to the push services of their devices, one request each; no SQL.

    A service that does not answer is asked once a batch, so that it does not hold up the others.
    """
    silent: set[str] = set()
    with guarded_session(within=settings.PUSH_SERVICES_WITHIN) as session:
        return [_send(message, session, silent) for message in messages]


def payload_of(context: Mapping[str, Any]) -> dict[str, str]:
    """Return what the service worker is told: words, where they lead, what they replace."""
    return {key: str(context[key]) for key in ("title", "body", "path", "tag")}


def _send(message: OutboxMessage, session: requests.Session, silent: set[str]) -> Delivery:
    secrets = unseal(message.sealed)
    if not secrets:
        # Withdrawn: the device, or whoever it belongs to, is not to be told any more.
        return Delivery(message.id, is_gone=True)
    parts = urlsplit(secrets["endpoint"])
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin in silent:
        return Delivery(message.id, error=f"{parts.hostname} did not answer.")
    try:
        _post(message, secrets, origin, session)
    except WebPushException as refusal:
        return _refused(message.id, refusal)
    except (requests.RequestException, OSError) as trouble:
        silent.add(origin)
        logger.warning("outbox.not_pushed", message_id=str(message.id), error=str(trouble))
        return Delivery(message.id, error=f"{type(trouble).__name__}: {parts.hostname}")
    except Exception as error:  # whatever is wrong with one, the others go on
        logger.exception("outbox.not_encrypted", message_id=str(message.id))
        return Delivery(message.id, error=type(error).__name__, failure=Failure.BROKEN)
    return Delivery(message.id)


def _post(
    message: OutboxMessage, secrets: Mapping[str, str], origin: str, session: requests.Session
) -> None:
    told = payload_of(message.context)
    headers: dict[str, str | int | float] = {"Urgency": message.context["urgency"]}
    if told["tag"]:
        # What waits at the push service is replaced as well, not only what is shown (RFC 8030).
        headers["Topic"] = _topic(told["tag"])
    webpush(
        {
            "endpoint": secrets["endpoint"],
            "keys": {"p256dh": secrets["p256dh"], "auth": secrets["auth"]},
        },
        data=json.dumps(told),
        vapid_private_key=settings.VAPID_PRIVATE_KEY,
        vapid_claims={"sub": settings.VAPID_SUBJECT, "aud": origin},
        ttl=int(KEPT_FOR.total_seconds()),
        headers=headers,
        timeout=_SECONDS,
        requests_session=session,
    )


def _topic(tag: str) -> str:
    """Return a name of at most 32 URL-safe characters for what belongs together."""
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()).decode()[:32]


def _refused(message_id: UUID, refusal: WebPushException) -> Delivery:
    """Say what becomes of a message that a push service has not taken."""
    status = refusal.status_code or 0
    if status in _GONE:
        return Delivery(message_id, error=f"{status}", is_gone=True)
    words = f"{status} {refusal.response.text if refusal.response is not None else ''}".strip()
    logger.warning("outbox.not_pushed", message_id=str(message_id), error=words[:200])
    if status in _LATER or status >= _SERVER_ERRORS:
        return Delivery(message_id, error=words, retry_after=_wait(refusal.retry_after))
    return Delivery(message_id, error=words, failure=Failure.REFUSED)


def _wait(retry_after: str | None) -> timedelta | None:
    """Return how long a push service asks to be left alone: seconds or a date; two hours at most.

    None where it does not say, or says something else.
    """
    if not retry_after:
        return None
    if retry_after.strip().isdigit():
        wait = timedelta(seconds=min(int(retry_after), LONGEST_WAIT.total_seconds()))
    else:
        try:
            wait = parsedate_to_datetime(retry_after) - clock.now()
        except (TypeError, ValueError):
            return None
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None
