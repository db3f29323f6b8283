"""Putting messages into the outbox, and carrying them out of the house."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs, writes
from procurement.core.actors import Actor
from procurement.core.ids import new_id
from procurement.core.locking import lock
from procurement.outbox.models import OutboxMessage

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
CLAIM_TIME = timedelta(minutes=5)
BATCH = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many emails of one template; ``key`` is its idempotency key."""

    key: str
    to: str
    context: dict[str, Any]
    secrets: dict[str, str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of one attempt: an empty error means that the message has been handed over."""

    message_id: UUID
    error: str = ""
    is_final: bool = False


def enqueue_email(
    *,
    organization_id: UUID,
    key: str,
    to: str,
    template: str,
    context: dict[str, Any],
    secrets: dict[str, str] | None = None,
    now: datetime,
) -> OutboxMessage:
    """Put an email into the outbox, in the transaction of its cause; one SQL statement.

    ``key`` is the idempotency key: a second message under it breaks a unique constraint.
    ``template`` names ``templates/email/<template>.{subject.txt,txt,html}``, rendered when the
    message is sent, with ``context``, ``secrets``, ``base_url`` and ``recipient``.
    """
    letter = Letter(key=key, to=to, context=context, secrets=secrets or {})
    message = _message(organization_id, template, letter, _fernet(), now)
    writes.insert(message)
    jobs.enqueue_on_commit("outbox.deliver", organization_id=str(organization_id))
    return message


def enqueue_emails(
    *, organization_id: UUID, template: str, letters: Sequence[Letter], now: datetime
) -> None:
    """Put many emails of one template into the outbox; see `enqueue_email`.

    One SQL statement for each five hundred, none for none.
    """
    if not letters:
        return
    fernet = _fernet()
    OutboxMessage.objects.bulk_create(
        (_message(organization_id, template, letter, fernet, now) for letter in letters),
        batch_size=500,
    )
    jobs.enqueue_on_commit("outbox.deliver", organization_id=str(organization_id))


def _message(
    organization_id: UUID, template: str, letter: Letter, fernet: Fernet, now: datetime
) -> OutboxMessage:
    sealed = fernet.encrypt(json.dumps(letter.secrets).encode()) if letter.secrets else None
    return OutboxMessage(
        id=new_id(),
        organization_id=organization_id,
        key=letter.key,
        recipient=letter.to,
        template=template,
        context=json.loads(json.dumps(letter.context, cls=DjangoJSONEncoder)),
        sealed=sealed,
        due_at=now,
        created_at=now,
    )


def claim_due(*, now: datetime) -> list[OutboxMessage]:
    """Take up to 50 due messages of the active organization for delivery; two SQL statements.

    A claim that is not settled within five minutes (a killed worker) is due again.
    """
    due = list(
        OutboxMessage.objects.filter(
            Q(status=OutboxMessage.Status.PENDING) | Q(status=OutboxMessage.Status.SENDING),
            due_at__lte=now,
        )
        .select_for_update(skip_locked=True)
        .order_by("due_at", "id")[:BATCH]
    )
    for message in due:
        message.status = OutboxMessage.Status.SENDING
        message.attempts += 1
        message.due_at = now + CLAIM_TIME
    OutboxMessage.objects.bulk_update(due, ["status", "attempts", "due_at"])
    return due


def deliver(messages: Sequence[OutboxMessage]) -> list[Delivery]:
    """Hand messages to the mail server over one connection; no SQL, no transaction needed."""
    outcomes: list[Delivery] = []
    if not messages:
        return outcomes
    mail = get_connection(fail_silently=False)
    try:
        outcomes.extend(_deliver_one(message, mail) for message in messages)
    finally:
        mail.close()
    return outcomes


def settle(outcomes: Sequence[Delivery], *, now: datetime) -> None:
    """Store what became of claimed messages: sent, to be tried again later, or parked."""
    messages = OutboxMessage.objects.in_bulk([outcome.message_id for outcome in outcomes])
    for outcome in outcomes:
        message = messages[outcome.message_id]
        message.last_error = outcome.error[:500]
        if not outcome.error:
            message.status = OutboxMessage.Status.SENT
            message.sent_at = now
            message.sealed = None
        elif outcome.is_final or message.attempts >= MAX_ATTEMPTS:
            message.status = OutboxMessage.Status.PARKED
            logger.error("outbox.parked", message_id=str(message.id), error=outcome.error)
        else:
            message.status = OutboxMessage.Status.PENDING
            message.due_at = now + backoff(message.attempts)
    OutboxMessage.objects.bulk_update(
        messages.values(), ["status", "sent_at", "sealed", "due_at", "last_error"]
    )


@transaction.atomic
def retry(*, actor: Actor, message_id: UUID, now: datetime) -> None:
    """Try a message again that was given up on; the caller has asked whether the actor may.

    Does nothing where it does not wait any more.
    """
    for message in lock(OutboxMessage.objects.filter(id=message_id)):
        if message.status != OutboxMessage.Status.PARKED:
            continue
        message.status = OutboxMessage.Status.PENDING
        message.attempts = 0
        message.due_at = now
        message.save(update_fields=["status", "attempts", "due_at"])
        record(
            actor=actor,
            action=AuditAction.MESSAGE_RETRIED,
            subject_type="message",
            subject_id=message.id,
            subject_label=message.template,
            reason=message.last_error,
            now=now,
        )
        jobs.enqueue_on_commit("outbox.deliver", organization_id=str(message.organization_id))


def backoff(attempts: int) -> timedelta:
    """Return the wait after a number of failed attempts: 30 s, doubling, at most 2 hours."""
    return min(timedelta(seconds=30 * 2 ** max(attempts - 1, 0)), timedelta(hours=2))


def _deliver_one(message: OutboxMessage, mail: Any) -> Delivery:
    try:
        rendered = _render(message)
    except Exception as error:
        logger.exception("outbox.not_rendered", message_id=str(message.id))
        return Delivery(message.id, error=f"{type(error).__name__}: {error}", is_final=True)
    rendered.connection = mail
    try:
        rendered.send(fail_silently=False)
    except Exception as error:  # noqa: BLE001 – every transport has its own; all are retried
        logger.warning("outbox.not_sent", message_id=str(message.id), error=str(error))
        return Delivery(message.id, error=f"{type(error).__name__}: {error}")
    return Delivery(message.id)


def _render(message: OutboxMessage) -> EmailMultiAlternatives:
    context = {
        **message.context,
        **_open(message.sealed),
        "base_url": settings.BASE_URL,
        "recipient": message.recipient,
    }
    subject = render_to_string(f"email/{message.template}.subject.txt", context)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"email/{message.template}.txt", context),
        to=[message.recipient],
        headers={
            "Message-ID": f"<{message.id.hex}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(
        render_to_string(f"email/{message.template}.html", context), "text/html"
    )
    return mail


def _open(sealed: bytes | memoryview | None) -> dict[str, str]:
    if sealed is None:
        return {}
    secrets: dict[str, str] = json.loads(_fernet().decrypt(bytes(sealed)))
    return secrets


def _fernet() -> Fernet:
    return Fernet(settings.OUTBOX_KEY)
