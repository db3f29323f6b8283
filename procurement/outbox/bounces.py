"""What comes back: reports of mail servers on what they could not deliver (pure).

Such a report is a message of its own (RFC 3464): machine-readable fields beside the returned mail
or its headers, in which our Message-ID stands. That id names organization and message, so that a
report is looked up within one tenant. Whatever else arrives in the mailbox is left alone.
"""

import re
from base64 import b32decode, b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from enum import StrEnum
from uuid import UUID

from procurement.outbox.kinds import Failure

_OURS = re.compile(r"<([a-z2-7]{26})\.([0-9a-f]{8})@[^<>\s]+>")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<!\d)([45]\d\d)(?!\d)")


class Action(StrEnum):
    """What a mail server did with a message for one address."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


_ACTIONS = frozenset(action.value for action in Action)


def mail_id(message_id: UUID, organization_id: UUID) -> str:
    """Return the left part of a mail's Message-ID, short enough for a header of one line.

    The message's own id, and the end of its organization's, which says where to look.
    """
    own = b32encode(message_id.bytes).decode().rstrip("=").lower()
    return f"{own}.{organization_id.hex[-8:]}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server says of one message and one address.

    ``organization`` is the end of the organization's id, ``status`` the enhanced code of RFC 3463
    (``5.1.1``), ``diagnostic`` the words of the server.
    """

    organization: str
    message_id: UUID
    recipient: str
    action: Action
    status: str
    diagnostic: str

    def may_be_of(self, organization_id: UUID) -> bool:
        """Tell whether the message may be one of an organization."""
        return organization_id.hex.endswith(self.organization)


def reports_in(raw: bytes) -> list[Report]:
    """Return what a message reports of ours; nothing for any other mail, however it is broken."""
    message = message_from_bytes(raw, policy=policy.compat32)
    if message.get_content_type() != "multipart/report":
        return []
    parts = list(message.walk())
    ours = next(_ids_in(parts), None)
    if ours is None:
        return []
    found: list[Report] = []
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            found += _reports(part, *ours)
    return found


def _ids_in(parts: list[Message]) -> Iterator[tuple[UUID, str]]:
    """Yield the message and organization that returned mails or headers of ours name."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            text = payload.decode("latin-1") if isinstance(payload, bytes) else ""
            headers = message_from_bytes(text.encode("latin-1"))
            named = str(headers.get("Message-ID", ""))
        elif kind == "message/rfc822":
            inner = part.get_payload()
            returned = inner[0] if isinstance(inner, list) and inner else None
            named = str(returned.get("Message-ID", "")) if isinstance(returned, Message) else ""
        else:
            continue
        if found := _OURS.search(named):
            yield UUID(bytes=b32decode(found[1].upper() + "======")), found[2]


def _reports(part: Message, message_id: UUID, organization: str) -> Iterator[Report]:
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Message):
            continue
        recipient = block.get("Final-Recipient") or block.get("Original-Recipient")
        action = str(block.get("Action", "")).strip().lower()
        if not recipient or action not in _ACTIONS:
            continue
        status = _STATUS.search(str(block.get("Status", "")))
        yield Report(
            organization=organization,
            message_id=message_id,
            recipient=_value(str(recipient)),
            action=Action(action),
            status=status[0] if status else "",
            diagnostic=_value(str(block.get("Diagnostic-Code", ""))),
        )


def _value(typed: str) -> str:
    """Return a field's value without its type and folds: ``rfc822; a@b`` is ``a@b``."""
    kind, separator, value = typed.partition(";")
    return " ".join((value if separator else kind).split())


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a mail did not arrive, in words, and what to do about it."""

    what: str
    advice: str


_CORRECT = "Ask for the right address and correct it, then try again."
_WAIT = "Try again once the mailbox takes mail again."
_ASK = "Ask whoever runs the mail there to let mails of this product through, then try again."
_BY_STATUS: tuple[tuple[str, Reason], ...] = (
    ("1.1", Reason("There is no such mailbox.", _CORRECT)),
    ("1.10", Reason("The address takes no mail.", _CORRECT)),
    ("1.6", Reason("The mailbox has moved, and says not where to.", _CORRECT)),
    ("1", Reason("The address is not one that mail can reach.", _CORRECT)),
    ("2.1", Reason("The mailbox is closed.", _CORRECT)),
    ("2.2", Reason("The mailbox is full.", _WAIT)),
    ("2.3", Reason("The mail is too large for the mailbox.", _ASK)),
    ("2", Reason("The mailbox takes no mail.", _WAIT)),
    ("3.4", Reason("The mail is too large for the server.", _ASK)),
    ("4.4", Reason("No mail server answers for that address.", _CORRECT)),
    ("4", Reason("The mail server could not be reached.", "Try again later.")),
    ("7", Reason("The mail server refuses mails of this product.", _ASK)),
)
_BY_CODE = {
    "550": Reason("The mail server does not take mail for this address.", _CORRECT),
    "551": Reason("The mailbox is somewhere else.", _CORRECT),
    "552": Reason("The mailbox is full.", _WAIT),
    "553": Reason("The address is not one that mail can reach.", _CORRECT),
}
_BY_FAILURE = {
    Failure.BOUNCED: Reason("The mail server refused it for good.", _CORRECT),
    Failure.REFUSED: Reason("It was refused for good.", "Tell whoever runs this product."),
    Failure.GAVE_UP: Reason(
        "The mail server took it at none of several tries.",
        "Look whether the mail server is well, then try again.",
    ),
    Failure.BROKEN: Reason("It could not be written.", "Tell whoever runs this product."),
}


def reason_of(failure: str, said: str) -> Reason:
    """Return why a message was given up on, from what the server said, most exact first."""
    kind = Failure(failure or Failure.GAVE_UP)
    if kind is not Failure.BOUNCED:
        return _BY_FAILURE[kind]
    status = _STATUS.search(said)
    if status:
        exact, broad = f"{status[2]}.{status[3]}", status[2]
        for known, reason in _BY_STATUS:
            if known in (exact, broad):
                return reason
    code = _CODE.search(said)
    return _BY_CODE.get(code[1] if code else "", _BY_FAILURE[kind])
