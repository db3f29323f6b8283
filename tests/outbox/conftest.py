"""A real mail server that keeps what it is given, or refuses it as told."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django import Settings


@dataclass
class MailServer:
    """The handler of an SMTP server on the loopback interface."""

    answers: list[str] = field(default_factory=list)
    received: list[Message] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 – the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Take every recipient but those that are refused, with the reply for each."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 – the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        """Answer with the next scripted reply, by default by taking the message."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content))
            self.senders.append(envelope.mail_from)
        return answer


def part_of(mail: Message, place: int) -> Message:
    """Return one part of a mail: 0 is its text, 1 its HTML."""
    part = mail.get_payload(place)
    assert isinstance(part, Message)
    return part


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield server
    controller.stop()


@pytest.fixture
def hello(tmp_path: Path, settings: Settings) -> None:
    """Add templates to those of the product: ``hello`` greets, ``broken`` cannot be rendered."""
    folder = tmp_path / "email"
    folder.mkdir()
    (folder / "hello.subject.txt").write_text("Hello\n {{ name }}")
    (folder / "hello.txt").write_text("{{ base_url }}/decide/{{ token }}")
    (folder / "hello.html").write_text("<a href='{{ base_url }}/decide/{{ token }}'>Go</a>")
    (folder / "broken.subject.txt").write_text("{% nonsense %}")
    first, *rest = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [tmp_path, *first["DIRS"]]}, *rest]
