from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from procurement.demo import mailbox


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.DEMO_MAILBOX_DIR = tmp_path / "mailbox"
    settings.EMAIL_BACKEND = "procurement.demo.mailbox.MailboxBackend"
    return tmp_path / "mailbox"


def send(to: str, subject: str = "Approve $640.00?", html: str = "") -> None:
    message = EmailMultiAlternatives(subject, "Alice asks – “tools”", "Buy <buy@x.example>", [to])
    if html:
        message.attach_alternative(html, "text/html")
    with mail.get_connection() as connection:
        connection.send_messages([message])


def test_an_empty_mailbox_lists_nothing() -> None:
    assert mailbox.envelopes() == []


def test_what_was_sent_is_listed_newest_first() -> None:
    send("bob@northwind.example", "First")
    send("dana@northwind.example", "Second – “quoted”")
    found = mailbox.envelopes()
    assert [envelope.subject for envelope in found] == ["Second – “quoted”", "First"]
    assert found[0].sent_at >= found[1].sent_at


def test_the_list_of_one_recipient_leaves_out_the_others() -> None:
    send("Bob@Northwind.example")
    send("dana@northwind.example")
    found = mailbox.envelopes("bob@northwind.example")
    assert [envelope.recipients for envelope in found] == [("bob@northwind.example",)]


def test_a_message_keeps_both_its_texts_as_they_were_written() -> None:
    send("bob@northwind.example", html="<p>Alice asks – “tools”</p>")
    letter = mailbox.letter(mailbox.envelopes()[0].key)
    assert letter is not None
    assert letter.sender == "Buy <buy@x.example>"
    assert letter.text.strip() == "Alice asks – “tools”"
    assert letter.html.strip() == "<p>Alice asks – “tools”</p>"


def test_a_message_of_text_alone_has_no_html() -> None:
    send("bob@northwind.example")
    letter = mailbox.letter(mailbox.envelopes()[0].key)
    assert letter is not None
    assert letter.html == ""


@pytest.mark.parametrize("key", ["nothing", "../secret_key", "20261124T000000000000-" + "0" * 32])
def test_a_key_of_no_message_finds_none(folder: Path, key: str) -> None:
    folder.mkdir()
    (folder.parent / "secret_key.eml").write_text("Subject: not mail\n\n")
    assert mailbox.letter(key) is None


def test_half_written_files_are_not_mail(folder: Path) -> None:
    send("bob@northwind.example")
    (folder / "draft.part").write_text("Subject: half")
    (folder / "stranger.eml").write_text("Subject: stranger\n\n")
    assert len(mailbox.envelopes()) == 1
