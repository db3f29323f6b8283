"""What comes back is understood, recorded once, and put into words."""

import io
import mailbox
import sys
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from procurement.audit.models import AuditEvent
from procurement.core import clock
from procurement.core.errors import Conflict
from procurement.outbox import services
from procurement.outbox.bounces import Action, mail_id, reason_of, reports_in
from procurement.outbox.kinds import Failure
from procurement.outbox.mailing import message_id
from procurement.outbox.models import OutboxMessage
from procurement.outbox.services import Parcel
from procurement.outbox.tasks import deliver
from tests.factories.accounts import Company, make_company
from tests.outbox.conftest import MailServer

MESSAGE, ORGANIZATION = uuid4(), uuid4()


def dsn(
    named: str = f"<{mail_id(MESSAGE, ORGANIZATION)}@buy.example>",
    *,
    action: str = "failed",
    recipient: str = "bob@example.com",
    headers_only: bool = True,
) -> bytes:
    """Return a report as Postfix writes it (RFC 3464, appendix)."""
    returned = f"From: buy@example.com\nMessage-ID: {named}\nSubject: Approve?\n"
    kind = "text/rfc822-headers" if headers_only else "message/rfc822"
    body = returned if headers_only else f"{returned}\nThe text of the mail\n"
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.com
To: bounces@buy.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <20261124.1@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Tue, 24 Nov 2026 15:00:00 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address
    rejected: User unknown; try another

--B
Content-Type: {kind}

{body}
--B--
""".encode()


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_report_names_message_address_and_reason(*, headers_only: bool) -> None:
    (report,) = reports_in(dsn(headers_only=headers_only))
    assert report.message_id == MESSAGE
    assert report.may_be_of(ORGANIZATION)
    assert (report.recipient, report.action) == ("bob@example.com", Action.FAILED)
    assert report.status == "5.1.1"
    assert report.diagnostic.startswith("550 5.1.1 <bob@example.com>: Recipient address rejected")
    assert report.diagnostic.endswith("User unknown; try another")


def test_other_mail_reports_nothing() -> None:
    holiday = EmailMessage()
    holiday["Subject"] = "Out of office"
    holiday["In-Reply-To"] = f"<{mail_id(MESSAGE, ORGANIZATION)}@buy.example>"
    holiday.set_content("I am away.")
    assert reports_in(holiday.as_bytes()) == []
    assert reports_in(dsn("<somebody-elses@mail.example>")) == []
    assert reports_in(b"") == []


@given(st.binary(max_size=400), st.integers(0, 1200), st.integers(0, 60))
def test_a_broken_report_never_breaks_the_reader(junk: bytes, at: int, cut: int) -> None:
    whole = dsn()
    reports_in(whole[:at] + junk + whole[at + cut :])


@pytest.mark.parametrize(
    ("failure", "said", "words"),
    [
        (Failure.BOUNCED, "550 5.1.1 User unknown", "no such mailbox"),
        (Failure.BOUNCED, "5.2.2 452 4.2.2 over quota", "full"),
        (Failure.BOUNCED, "554 5.7.1 blocked by policy", "refuses mails of this product"),
        (Failure.BOUNCED, "550 no such mailbox", "does not take mail for this address"),
        (Failure.BOUNCED, "", "refused it for good"),
        (Failure.GAVE_UP, "451 try again later", "several tries"),
        (Failure.BROKEN, "TemplateSyntaxError: x", "could not be written"),
        ("", "ConnectionRefusedError", "several tries"),
    ],
)
def test_a_reason_is_put_into_words(failure: str, said: str, words: str) -> None:
    assert words in reason_of(failure, said).what
    assert reason_of(failure, said).advice


@pytest.fixture
def company() -> Company:
    return make_company()


def sent(company: Company, *keys: str, bundle: str = "") -> list[OutboxMessage]:
    """Return messages that the mail server took."""
    person = company.people["Bob"]
    with company.scope():
        found = services.enqueue(
            organization_id=company.organization.id,
            parcels=[
                Parcel(
                    key=key,
                    to="bob@example.com",
                    template="hello",
                    context={"notice": {"title": key, "body": "", "path": "/", "link": ""}},
                    secrets={"token": "s3cret"},
                    bundle=bundle,
                    person_id=person.id,
                )
                for key in keys
            ],
            now=clock.now(),
        )
    deliver.run(organization_id=str(company.organization.id))
    return found


def states(company: Company) -> list[tuple[str, str]]:
    with company.scope():
        return list(OutboxMessage.objects.order_by("key").values_list("status", "failure"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
@pytest.mark.usefixtures("hello")
class TestRecording:
    """Reports that arrive in the mailbox of the bounce address."""

    def pipe(self, monkeypatch: pytest.MonkeyPatch, raw: bytes) -> str:
        """Return what the command says of a report that a mail server pipes into it."""
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        said = io.StringIO()
        call_command("record_bounces", stdout=said)
        return said.getvalue()

    def test_a_returned_mail_is_given_up_on_once(
        self, company: Company, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (message,) = sent(company, "one")
        assert mail_server.received[0]["Message-ID"] == message_id(message)
        report = dsn(message_id(message))
        assert self.pipe(monkeypatch, report).startswith("1 of our")
        assert self.pipe(monkeypatch, report).startswith("0 of our")
        assert states(company) == [("PARKED", "BOUNCED")]
        with company.scope():
            stored = OutboxMessage.objects.get()
            assert stored.bounced_at is not None
            assert "User unknown" in stored.last_error
            assert AuditEvent.objects.filter(action="message.bounced").count() == 1

    @pytest.mark.parametrize("changed", [{"action": "delayed"}, {"recipient": "eve@example.com"}])
    def test_what_is_delayed_or_about_somebody_else_changes_nothing(
        self,
        company: Company,
        mail_server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
        changed: dict[str, Any],
    ) -> None:
        (message,) = sent(company, "one")
        self.pipe(monkeypatch, dsn(message_id(message), **changed))
        assert states(company) == [("SENT", "")]

    def test_a_report_never_reaches_another_tenant(
        self,
        company: Company,
        mail_server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (message,) = sent(company, "one")
        other = make_company("Contoso")
        for organization_id in (other.organization.id, uuid4()):
            forged = f"<{mail_id(message.id, organization_id)}@buy.example>"
            assert self.pipe(monkeypatch, dsn(forged)).startswith("0 of our")
        assert states(company) == [("SENT", "")]

    def test_all_that_went_out_in_one_mail_comes_back_together(
        self, company: Company, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent(company, "one", "two", bundle="digest:1")
        (mail,) = mail_server.received
        assert self.pipe(monkeypatch, dsn(mail["Message-ID"])).startswith("2 of our")
        assert states(company) == [("PARKED", "BOUNCED")] * 2

    def test_a_maildir_is_read_once(
        self,
        company: Company,
        mail_server: MailServer,
        tmp_path: Path,
    ) -> None:
        (message,) = sent(company, "one")
        folder = mailbox.Maildir(tmp_path / "bounces")
        folder.add(dsn(message_id(message)))
        folder.add(b"Subject: hello\n\nNo report\n")
        for expected in ("1 of our", "0 of our"):
            said = io.StringIO()
            call_command("record_bounces", maildir=str(tmp_path / "bounces"), stdout=said)
            assert said.getvalue().startswith(expected)
        assert all(one.get_subdir() == "cur" for one in mailbox.Maildir(tmp_path / "bounces"))

    def test_a_maildir_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="no maildir"):
            call_command("record_bounces", maildir=str(tmp_path / "nothing"))

    def test_what_cannot_be_written_again_is_not_tried_again(
        self,
        company: Company,
        mail_server: MailServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (message,) = sent(company, "one")
        self.pipe(monkeypatch, dsn(message_id(message)))
        with company.scope(), pytest.raises(Conflict, match="used up"):
            services.retry(
                actor=company.actor("Adam"), message_id=UUID(str(message.id)), now=clock.now()
            )
        assert len(mail_server.received) == 1
