"""The ways out of the house: each channel has one sender, registered when the process starts.

A sender hands messages of its channel over and says what became of each; it runs without a
transaction and without SQL, so that no lock is held while a server elsewhere takes its time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from procurement.outbox.kinds import Channel, Failure

if TYPE_CHECKING:
    from procurement.outbox.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of one attempt: an empty error means that the message has been handed over.

    With a ``failure`` it is final, else it is tried again, after ``retry_after`` where the other
    side has asked for that. ``is_gone`` says that there is nobody to tell any more (a device that
    was signed out): nothing is sent, and nobody has to look after it.
    """

    message_id: UUID
    error: str = ""
    failure: Failure | None = None
    retry_after: timedelta | None = None
    is_gone: bool = False


__all__ = ["Channel", "Delivery", "Failure", "Sender", "register", "send"]

Sender = Callable[[Sequence["OutboxMessage"]], list[Delivery]]

_senders: dict[str, Sender] = {}
_when_gone: dict[str, str] = {}


def register(channel: Channel, sender: Sender) -> None:
    """Have a sender carry the messages of a channel; called in `AppConfig.ready`."""
    _senders[channel.value] = sender


def when_gone(channel: Channel, task: str) -> None:
    """Have a job told of messages whose reader is gone (``message_ids``); called in `ready`.

    Floors above know whom a message was for, and stop writing to them.
    """
    _when_gone[channel.value] = task


def job_when_gone(channel: str) -> str | None:
    """Return the job that is told when a channel's reader is gone."""
    return _when_gone.get(channel)


def send(channel: str, messages: Sequence["OutboxMessage"]) -> list[Delivery]:
    """Hand messages of one channel over; without a sender they wait until there is one."""
    sender = _senders.get(channel)
    if sender is None:
        return [Delivery(one.id, error=f"Nothing carries {channel} here.") for one in messages]
    return sender(messages)
