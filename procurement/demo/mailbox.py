"""The demo's mailbox: an email backend that keeps every message as a file, and what reads them.

For development only. Messages lie as ``.eml`` files under ``settings.DEMO_MAILBOX_DIR``; their
names sort by time of sending.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from procurement.core import clock
from procurement.core.ids import new_id

_KEY = re.compile(r"\d{8}T\d{12}-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a list of mail shows of one message."""

    key: str
    sent_at: datetime
    recipients: tuple[str, ...]
    subject: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, opened; ``html`` is empty where it was sent as text alone."""

    envelope: Envelope
    sender: str
    text: str
    html: str


class MailboxBackend(BaseEmailBackend):
    """Keeps messages instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message to its own file; returns how many were kept."""
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            key = f"{clock.now():%Y%m%dT%H%M%S%f}-{new_id().hex}"
            # Renamed once it is whole: a page that lists the folder never reads half a message.
            draft = folder / f"{key}.part"
            draft.write_bytes(message.message().as_bytes())
            draft.rename(folder / f"{key}.eml")
        return len(email_messages)


def envelopes(recipient: str = "") -> list[Envelope]:
    """Return the messages kept, newest first, of one recipient or of all."""
    found = list(_envelopes())
    if not recipient:
        return found
    return [envelope for envelope in found if recipient in envelope.recipients]


def letter(key: str) -> Letter | None:
    """Return one message, or None where there is none of that key."""
    path = _folder() / f"{key}.eml"
    if not _KEY.fullmatch(key) or not path.is_file():
        return None
    parsed = message_from_bytes(path.read_bytes(), _class=Parsed, policy=policy.default)
    return Letter(
        envelope=_envelope(key, parsed),
        sender=str(parsed["From"]),
        text=_body(parsed, "plain"),
        html=_body(parsed, "html"),
    )


def _folder() -> Path:
    return Path(settings.DEMO_MAILBOX_DIR)


def _envelopes() -> Iterator[Envelope]:
    parser = BytesHeaderParser(policy=policy.default)
    for path in sorted(_folder().glob("*.eml"), reverse=True):
        if _KEY.fullmatch(path.stem):
            with path.open("rb") as stream:
                yield _envelope(path.stem, parser.parse(stream))


def _envelope(key: str, parsed: Parsed) -> Envelope:
    addresses = getaddresses([str(value) for value in parsed.get_all("To", [])])
    return Envelope(
        key=key,
        sent_at=datetime.strptime(f"{key.partition('-')[0]}+0000", "%Y%m%dT%H%M%S%f%z"),
        recipients=tuple(address.lower() for _, address in addresses),
        subject=str(parsed["Subject"] or "(no subject)"),
    )


def _body(parsed: Parsed, kind: str) -> str:
    part = parsed.get_body((kind,))
    return "" if part is None else str(part.get_content())
