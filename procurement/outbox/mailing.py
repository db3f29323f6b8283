"""Messages as mail: their words, their headers, and the mail server's answer.

**One conversation.** Mails of one thread to one person name the same ancestor in ``References`` and
``In-Reply-To``: an id worked out from the thread, which no mail carries as its own. RFC 5322
(section 3.6.4) has these fields name ancestors and does not ask that the reader has got them; mail
clients build their trees (the algorithm of RFC 5256, ``REFERENCES``) with an empty place for an
ancestor that they lack. So whoever joins late, or lost the first mail, still sees one conversation,
and each mail keeps a Message-ID of its own, the same whenever it is tried again.

Gmail compares subjects, too, without ``Re:``: there a mail whose subject says something new (an
approval after a question) begins a conversation of its own, beside the former one. That is left so:
a subject that tells what happened is worth more than a single row. What repeats a mail, such as a
reminder to the same reader, does well to repeat its subject.

**Unsubscribing.** A message with a secret called ``unsubscribe`` is optional: it carries RFC 2369's
``List-Unsubscribe`` and RFC 8058's one-click. What has to reach people carries neither.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from procurement.outbox.bounces import mail_id
from procurement.outbox.channels import Delivery
from procurement.outbox.kinds import Failure
from procurement.outbox.models import OutboxMessage
from procurement.outbox.sealing import unseal

logger = structlog.get_logger(__name__)

UNSUBSCRIBE = "unsubscribe"
_PERMANENT = 5  # the first digit of a refusal that stands (RFC 5321, section 4.2.1)


def send_mails(messages: Sequence[OutboxMessage]) -> list[Delivery]:
    """Hand messages to the mail server, those of one bundle as one mail; no SQL."""
    outcomes: list[Delivery] = []
    mail = get_connection(fail_silently=False)
    try:
        for letter in _letters(messages):
            outcomes.extend(_send(letter, mail))
    finally:
        mail.close()
    return outcomes


def message_id(message: OutboxMessage) -> str:
    """Return a mail's Message-ID; it says where a bounce is to be looked up (`bounces`)."""
    return f"<{mail_id(message.id, message.organization_id)}@{_host()}>"


def thread_id(message: OutboxMessage) -> str:
    """Return the ancestor that all mails of a thread to one address name."""
    parts = (message.organization_id.hex, message.thread, message.recipient.lower())
    return f"<thread.{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:24]}@{_host()}>"


def _letters(messages: Sequence[OutboxMessage]) -> Iterator[list[OutboxMessage]]:
    """Yield what makes one mail: each message by itself, those of one bundle together."""

    def together(message: OutboxMessage) -> tuple[str, str, str]:
        return (message.recipient, message.bundle, "" if message.bundle else message.id.hex)

    in_order = sorted(messages, key=lambda one: (*together(one), one.created_at, one.id))
    for _, letter in groupby(in_order, key=together):
        yield list(letter)


def _send(letter: list[OutboxMessage], mail: Any) -> Iterator[Delivery]:
    """Send one mail; yield what became of each of its messages.

    What cannot be written is given up on by itself, and the rest of its bundle goes on.
    """
    broken: list[Delivery] = []
    entries: list[_Entry] = []
    whole: list[OutboxMessage] = letter if len(letter) == 1 else []
    for message in letter if len(letter) > 1 else ():
        try:
            entries.append(_entry(message))
            whole.append(message)
        except Exception as error:  # noqa: BLE001 – whatever is wrong with it, the rest goes on
            broken.append(_broken(message, error))
    yield from broken
    if not whole:
        return
    try:
        rendered = _render_digest(whole, entries) if entries else _render(whole[0])
    except Exception as error:  # noqa: BLE001 – whatever is wrong with a template, it is told
        yield from [_broken(message, error) for message in whole]
        return
    yield from _hand_over(whole, rendered, mail)


def _hand_over(
    letter: list[OutboxMessage], rendered: EmailMultiAlternatives, mail: Any
) -> Iterator[Delivery]:
    rendered.connection = mail
    error, failure = "", None
    try:
        rendered.send(fail_silently=False)
    except (SMTPRecipientsRefused, SMTPDataError) as refusal:
        code, said = _answer(refusal)
        error = f"{code} {said}"
        failure = Failure.BOUNCED if code // 100 == _PERMANENT else None
    except Exception as trouble:  # noqa: BLE001 – every transport has its own; all are retried
        error = f"{type(trouble).__name__}: {trouble}"
    if error:
        logger.warning("outbox.not_sent", message_id=str(letter[0].id), error=error)
    for message in letter:
        yield Delivery(message.id, error=error, failure=failure)


def _answer(refusal: SMTPRecipientsRefused | SMTPDataError) -> tuple[int, str]:
    """Return the code and the words with which a mail server refused."""
    if isinstance(refusal, SMTPDataError):
        code, said = refusal.smtp_code, refusal.smtp_error
    else:
        code, said = next(iter(refusal.recipients.values()))
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return code, " ".join(text.split())


def _broken(message: OutboxMessage, error: Exception) -> Delivery:
    logger.error("outbox.not_rendered", message_id=str(message.id), exc_info=error)
    return Delivery(message.id, error=f"{type(error).__name__}: {error}", failure=Failure.BROKEN)


def _render(message: OutboxMessage) -> EmailMultiAlternatives:
    secrets = unseal(message.sealed)
    context = {**message.context, **secrets, **_common(message)}
    subject = render_to_string(f"email/{message.template}.subject.txt", context)
    thread = {}
    if message.thread:
        thread = {"In-Reply-To": thread_id(message), "References": thread_id(message)}
    return _mail(message, message.template, subject, context, secrets, thread)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One thing told in a digest: its words, the address that it leads to, its own secrets."""

    title: str
    body: str
    url: str
    secrets: dict[str, str]


def _entry(message: OutboxMessage) -> _Entry:
    secrets = unseal(message.sealed)
    told = message.context["notice"]
    path = told["link"].format_map(secrets) if told["link"] else told["path"]
    return _Entry(told["title"], told["body"], f"{settings.BASE_URL}{path}", secrets)


def _render_digest(
    letter: Sequence[OutboxMessage], entries: Sequence[_Entry]
) -> EmailMultiAlternatives:
    lead = letter[0]
    optional = [one.secrets for one in entries if UNSUBSCRIBE in one.secrets]
    secrets = {UNSUBSCRIBE: optional[0][UNSUBSCRIBE]} if optional else {}
    context = {
        **_common(lead),
        **secrets,
        "organization": lead.context.get("organization"),
        "entries": entries,
    }
    subject = render_to_string("email/digest.subject.txt", context)
    return _mail(lead, "digest", subject, context, secrets, {})


def _mail(
    message: OutboxMessage,
    template: str,
    subject: str,
    context: dict[str, Any],
    secrets: dict[str, str],
    headers: dict[str, str],
) -> EmailMultiAlternatives:
    optional = {}
    if UNSUBSCRIBE in secrets:
        optional = {
            "List-Unsubscribe": f"<{settings.BASE_URL}/unsubscribe/{secrets[UNSUBSCRIBE]}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"email/{template}.txt", context),
        # The envelope's sender, to which a server far away returns what it could not deliver.
        from_email=settings.BOUNCE_ADDRESS or settings.DEFAULT_FROM_EMAIL,
        to=[message.recipient],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": message_id(message),
            "Auto-Submitted": "auto-generated",
            **headers,
            **optional,
        },
    )
    mail.attach_alternative(render_to_string(f"email/{template}.html", context), "text/html")
    return mail


def _common(message: OutboxMessage) -> dict[str, Any]:
    return {"base_url": settings.BASE_URL, "recipient": message.recipient}


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"
