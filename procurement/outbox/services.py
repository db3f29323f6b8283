"""Putting messages into the outbox, and carrying them out of the house."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q

from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import jobs, tenancy, writes
from procurement.core.actors import Actor
from procurement.core.errors import Conflict
from procurement.core.ids import new_id
from procurement.core.locking import hold_outbox, lock
from procurement.outbox import channels
from procurement.outbox.bounces import Action, Report
from procurement.outbox.channels import Delivery
from procurement.outbox.kinds import Channel, Failure
from procurement.outbox.mailing import UNSUBSCRIBE
from procurement.outbox.models import OutboxMessage
from procurement.outbox.sealing import seal, unseal

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
CLAIM_TIME = timedelta(minutes=5)
BATCH = 50
_Status = OutboxMessage.Status
_WAITING = (_Status.PENDING, _Status.SENDING)


@dataclass(frozen=True, slots=True)
class Letter:
    """One of many emails of one template; ``key`` is its idempotency key."""

    key: str
    to: str
    context: dict[str, Any]
    secrets: dict[str, str]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to be put into the outbox; see `OutboxMessage` for what its parts mean.

    It goes out at once unless ``due_at`` says later.
    """

    key: str
    to: str
    template: str
    context: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict)
    channel: Channel = Channel.EMAIL
    thread: str = ""
    bundle: str = ""
    event: str = ""
    person_id: UUID | None = None
    due_at: datetime | None = None
    id: UUID = field(default_factory=new_id)


def enqueue(
    *, organization_id: UUID, parcels: Sequence[Parcel], now: datetime
) -> list[OutboxMessage]:
    """Put messages into the outbox, in the transaction of their cause.

    One round trip for all, none for none or within a batch. ``key`` is the idempotency key: a
    second message under it breaks a unique constraint. The template
    ``templates/email/<template>.{subject.txt,txt,html}`` is rendered when the message is sent, with
    ``context``, ``secrets``, ``base_url`` and ``recipient``.
    """
    messages = [_message(organization_id, parcel, now) for parcel in parcels]
    if messages:
        writes.insert(*messages)
        jobs.nudge_on_commit("outbox.deliver", organization_id=organization_id)
    return messages


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
    """Put an email to somebody who chooses nothing here into the outbox; one SQL statement.

    Members are told by `accounts.services.notifying.notify`, which asks how they wish to be.
    """
    parcel = Parcel(key=key, to=to, template=template, context=context, secrets=secrets or {})
    (message,) = enqueue(organization_id=organization_id, parcels=[parcel], now=now)
    return message


def enqueue_emails(
    *, organization_id: UUID, template: str, letters: Sequence[Letter], now: datetime
) -> None:
    """Put many emails of one template into the outbox; see `enqueue_email`.

    One SQL statement for each five hundred, none for none.
    """
    if not letters:
        return
    OutboxMessage.objects.bulk_create(
        (
            _message(
                organization_id,
                Parcel(
                    key=letter.key,
                    to=letter.to,
                    template=template,
                    context=letter.context,
                    secrets=letter.secrets,
                ),
                now,
            )
            for letter in letters
        ),
        batch_size=500,
    )
    jobs.nudge_on_commit("outbox.deliver", organization_id=organization_id)


def _message(organization_id: UUID, parcel: Parcel, now: datetime) -> OutboxMessage:
    return OutboxMessage(
        id=parcel.id,
        organization_id=organization_id,
        key=parcel.key,
        channel=parcel.channel.value,
        recipient=parcel.to,
        template=parcel.template,
        context=json.loads(json.dumps(dict(parcel.context), cls=DjangoJSONEncoder)),
        sealed=seal(parcel.secrets),
        thread=parcel.thread,
        bundle=parcel.bundle,
        event=parcel.event,
        person_id=parcel.person_id,
        due_at=parcel.due_at or now,
        created_at=now,
    )


def claim_due(*, now: datetime) -> list[OutboxMessage]:
    """Take up to 50 due messages of the active organization for delivery, whole bundles of them.

    One claim at a time in an organization, or two would each get a part of a bundle. A claim that
    is not settled within five minutes (a killed worker) is due again. Three SQL statements, and one
    where a message belongs to a bundle.
    """
    hold_outbox(tenancy.current())
    waiting = OutboxMessage.objects.filter(status__in=_WAITING, due_at__lte=now).order_by(
        "due_at", "id"
    )
    due = list(waiting.select_for_update(skip_locked=True)[:BATCH])
    if bundles := {message.bundle for message in due if message.bundle}:
        taken = [message.id for message in due]
        to = {message.recipient for message in due if message.bundle}
        rest = waiting.filter(bundle__in=bundles, recipient__in=to).exclude(id__in=taken)
        due += rest.select_for_update(skip_locked=True)
    for message in due:
        message.status = _Status.SENDING
        message.attempts += 1
        message.due_at = now + CLAIM_TIME
    OutboxMessage.objects.bulk_update(due, ["status", "attempts", "due_at"])
    return due


def deliver(messages: Sequence[OutboxMessage]) -> list[Delivery]:
    """Hand messages over, each by its channel; no SQL, no transaction needed."""
    outcomes: list[Delivery] = []
    by_channel = sorted(messages, key=lambda message: message.channel)
    for channel, found in groupby(by_channel, key=lambda message: message.channel):
        outcomes.extend(channels.send(channel, list(found)))
    return outcomes


def settle(outcomes: Sequence[Delivery], *, now: datetime) -> None:
    """Store what became of claimed messages: sent, to be tried again later, or given up on."""
    ids = [outcome.message_id for outcome in outcomes]
    messages = {one.id: one for one in lock(OutboxMessage.objects.filter(id__in=ids))}
    for outcome in outcomes:
        # What was withdrawn while it was on its way stays withdrawn.
        if messages[outcome.message_id].status != _Status.GONE:
            _settle(messages[outcome.message_id], outcome, now)
    OutboxMessage.objects.bulk_update(messages.values(), _SETTLED)
    _tell_who_is_gone([messages[one.message_id] for one in outcomes if one.is_gone and one.error])


def _tell_who_is_gone(messages: Sequence[OutboxMessage]) -> None:
    """Have those who put messages in hear that their reader is gone.

    A job that is lost on the way costs one more message to nobody.
    """
    by_channel = sorted(messages, key=lambda message: message.channel)
    for channel, found in groupby(by_channel, key=lambda message: message.channel):
        task = channels.job_when_gone(channel)
        gone = list(found)
        if task is not None:
            jobs.enqueue_on_commit(
                task,
                organization_id=str(gone[0].organization_id),
                message_ids=[str(message.id) for message in gone],
            )


def withdraw_pushes(*, subscription_ids: Collection[UUID]) -> None:
    """Send nothing that still waits for some devices, in the transaction that ends them.

    What was given up on cannot be tried again either. One SQL statement.
    """
    OutboxMessage.objects.filter(
        Q(status__in=_WAITING) | Q(status=_Status.PARKED),
        channel=Channel.PUSH.value,
        context__subscription__in=[str(subscription_id) for subscription_id in subscription_ids],
    ).update(status=_Status.GONE, sealed=None)


_SETTLED = [
    "status",
    "sent_at",
    "sealed",
    "is_spent",
    "due_at",
    "failure",
    "bounced_at",
    "last_error",
]


def _settle(message: OutboxMessage, outcome: Delivery, now: datetime) -> None:
    message.last_error = outcome.error[:500]
    if outcome.is_gone:
        message.status = _Status.GONE
        message.sealed = None
    elif not outcome.error:
        message.status = _Status.SENT
        message.sent_at = now
        message.is_spent = bool(unseal(message.sealed).keys() - {UNSUBSCRIBE})
        message.sealed = None
    elif outcome.failure is not None or message.attempts >= MAX_ATTEMPTS:
        _park(message, outcome.failure or Failure.GAVE_UP, now)
    else:
        message.status = _Status.PENDING
        message.due_at = now + (outcome.retry_after or backoff(message.attempts))


def _park(message: OutboxMessage, failure: Failure, now: datetime) -> None:
    message.status = _Status.PARKED
    message.failure = failure.value
    message.bounced_at = now if failure is Failure.BOUNCED else None
    logger.error(
        "outbox.parked",
        message_id=str(message.id),
        failure=failure.value,
        error=message.last_error,
    )


@transaction.atomic
def retry(*, actor: Actor, message_id: UUID, to: str | None = None, now: datetime) -> None:
    """Try a message again that was given up on; the caller has asked whether the actor may.

    With the rest of its bundle, and ``to`` another address where the person has a new one. Does
    nothing where it does not wait any more. Raises `Conflict` for one whose secrets were wiped when
    it was sent: it cannot be written a second time.
    """
    (wanted,) = OutboxMessage.objects.filter(id=message_id) or (None,)
    if wanted is None:
        return
    same = Q(id=wanted.id)
    if wanted.bundle:
        same |= Q(bundle=wanted.bundle, recipient=wanted.recipient)
    for message in lock(OutboxMessage.objects.filter(same, status=_Status.PARKED)):
        if message.is_spent:
            raise Conflict("Its link was used up when it was sent, so it cannot be sent again.")
        message.status = _Status.PENDING
        message.attempts = 0
        message.due_at = now
        message.recipient = to or message.recipient
        message.failure = ""
        message.bounced_at = None
        message.save(
            update_fields=["status", "attempts", "due_at", "recipient", "failure", "bounced_at"]
        )
        record(
            actor=actor,
            action=AuditAction.MESSAGE_RETRIED,
            subject_type="message",
            subject_id=message.id,
            subject_label=message.template,
            reason=message.last_error,
            now=now,
        )
        jobs.nudge_on_commit("outbox.deliver", organization_id=message.organization_id)


@transaction.atomic
def record_bounce(*, actor: Actor, report: Report, now: datetime) -> int:
    """Give up on a message that a server far away sent back; return how many that were.

    All of its mail, if it went out in a bundle. A report that says something else than that it
    failed, that is about another address, or that was recorded before, changes nothing.
    """
    if report.action is not Action.FAILED:
        return 0
    named = OutboxMessage.objects.filter(
        id=report.message_id, channel=Channel.EMAIL.value, status=_Status.SENT
    ).first()
    if named is None or named.recipient.lower() != report.recipient.lower():
        return 0
    same = Q(id=named.id)
    if named.bundle:
        same |= Q(bundle=named.bundle, recipient=named.recipient, sent_at=named.sent_at)
    returned = lock(OutboxMessage.objects.filter(same, status=_Status.SENT))
    for message in returned:
        message.last_error = f"{report.status} {report.diagnostic}".strip()[:500]
        _park(message, Failure.BOUNCED, now)
        message.save(update_fields=["status", "failure", "bounced_at", "last_error"])
        record(
            actor=actor,
            action=AuditAction.MESSAGE_BOUNCED,
            subject_type="message",
            subject_id=message.id,
            subject_label=message.template,
            after={"recipient": message.recipient},
            reason=message.last_error,
            now=now,
        )
    return len(returned)


def backoff(attempts: int) -> timedelta:
    """Return the wait after a number of failed attempts: 30 s, doubling, at most 2 hours."""
    return min(timedelta(seconds=30 * 2 ** max(attempts - 1, 0)), timedelta(hours=2))
