"""Mails of one thread make one conversation, those of one bundle one mail."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest

from procurement.core import clock
from procurement.outbox import services
from procurement.outbox.mailing import message_id
from procurement.outbox.models import OutboxMessage
from procurement.outbox.services import Parcel
from procurement.outbox.tasks import deliver
from tests.factories.accounts import Company, make_company
from tests.outbox.conftest import MailServer, part_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.usefixtures("hello"),
]


@pytest.fixture
def company() -> Company:
    return make_company()


def parcel(key: str, **more: Any) -> Parcel:
    notice = {"title": f"Title {key}", "body": f"Body {key}", "path": f"/x/{key}/", "link": ""}
    values: dict[str, Any] = {
        "to": "bob@example.com",
        "template": "hello",
        "context": {"name": key, "organization": "Northwind", "notice": notice},
    } | more
    return Parcel(key=key, **values)


def put(company: Company, *parcels: Parcel) -> list[OutboxMessage]:
    with company.scope():
        return services.enqueue(
            organization_id=company.organization.id, parcels=parcels, now=clock.now()
        )


def run(company: Company) -> int:
    handled: int = deliver.run(organization_id=str(company.organization.id))
    return handled


def references(mails: Sequence[Message]) -> list[str]:
    return [str(mail["References"]) for mail in mails]


def text_of(mail: Message, part: int = 0) -> str:
    return bytes(part_of(mail, part).get_payload(decode=True)).decode()


def test_mails_of_a_thread_name_one_ancestor_and_keep_ids_of_their_own(
    company: Company, mail_server: MailServer
) -> None:
    put(company, parcel("asked", thread="order:1"), parcel("reminded", thread="order:1"))
    put(company, parcel("other", thread="order:2"), parcel("none"))
    put(company, parcel("elsewhere", thread="order:1", to="erin@example.com"))
    run(company)
    mails = {str(mail["Subject"]).removeprefix("Hello "): mail for mail in mail_server.received}
    first, second = mails["asked"], mails["reminded"]
    assert first["References"] == second["References"] == first["In-Reply-To"]
    assert first["References"].startswith("<thread.")
    assert mails["none"]["References"] is None
    # A conversation is one reader's and one thread's; its ancestor is nobody's own id.
    rest = references([mails["other"], mails["elsewhere"]])
    assert len({first["References"], *rest}) == 3
    ids = [mail["Message-ID"] for mail in mails.values()]
    assert len({*ids, *rest, first["References"]}) == len(mails) + 3


def test_a_mail_that_is_tried_again_keeps_its_id(company: Company, mail_server: MailServer) -> None:
    (message,) = put(company, parcel("asked", thread="order:1"))
    mail_server.answers = ["451 later"]
    run(company)
    with company.scope():
        OutboxMessage.objects.update(due_at=clock.now())
    run(company)
    (mail,) = mail_server.received
    assert mail["Message-ID"] == message_id(message)


def test_what_is_bundled_goes_out_as_one_mail_with_a_link_for_each(
    company: Company, mail_server: MailServer
) -> None:
    told = {"title": "Approve $640.00?", "body": "", "path": "/x/", "link": "/decide/{token}"}
    put(
        company,
        parcel("one", bundle="digest:1", secrets={"unsubscribe": "stop-one"}),
        parcel(
            "two",
            bundle="digest:1",
            secrets={"token": "s3cret"},
            context={"organization": "Northwind", "notice": told},
        ),
        parcel("three", bundle="digest:1", to="erin@example.com"),
        parcel("four"),
    )
    assert run(company) == 4
    assert len(mail_server.received) == 3
    (digest,) = [mail for mail in mail_server.received if "2 things" in mail["Subject"]]
    assert digest["Subject"] == "Northwind: 2 things for you"
    for part in (0, 1):
        text = text_of(digest, part)
        assert "http://localhost:8000/x/one/" in text
        assert "http://localhost:8000/decide/s3cret" in text
        assert "Approve $640.00?" in text
    assert digest["List-Unsubscribe"] == "<http://localhost:8000/unsubscribe/stop-one>"
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # One alone is the mail itself.
    (alone,) = [mail for mail in mail_server.received if mail["To"] == "erin@example.com"]
    assert alone["Subject"] == "Hello three"
    assert alone["List-Unsubscribe"] is None
    with company.scope():
        assert set(OutboxMessage.objects.values_list("status", flat=True)) == {"SENT"}


def test_one_entry_that_cannot_be_written_holds_up_no_other(
    company: Company, mail_server: MailServer
) -> None:
    told = {"title": "Broken", "body": "", "path": "/x/", "link": "/decide/{missing}"}
    put(
        company,
        parcel("one", bundle="digest:1"),
        parcel("two", bundle="digest:1"),
        parcel("three", bundle="digest:1", context={"notice": told}),
    )
    run(company)
    (digest,) = mail_server.received
    assert "2 things" in digest["Subject"]
    with company.scope():
        found = dict(OutboxMessage.objects.values_list("key", "failure"))
    assert found == {"one": "", "two": "", "three": "BROKEN"}


def test_a_bundle_is_claimed_tried_again_given_up_on_and_retried_as_a_whole(
    company: Company, mail_server: MailServer
) -> None:
    found = put(company, *(parcel(f"{number:03}", bundle="digest:1") for number in range(60)))
    mail_server.answers = ["451 later", "550 no such mailbox"]
    run(company)
    with company.scope():
        assert OutboxMessage.objects.filter(status="PENDING", attempts=1).count() == 60
        assert len(set(OutboxMessage.objects.values_list("due_at", flat=True))) == 1
        OutboxMessage.objects.update(due_at=clock.now())
    run(company)
    with company.scope():
        assert OutboxMessage.objects.filter(status="PARKED", failure="BOUNCED").count() == 60
        services.retry(actor=company.actor("Adam"), message_id=found[0].id, now=clock.now())
    run(company)
    (digest,) = mail_server.received
    assert "60 things" in digest["Subject"]


def test_what_is_due_later_waits(company: Company, mail_server: MailServer) -> None:
    put(company, parcel("night", due_at=clock.now() + timedelta(hours=8)), parcel("now"))
    assert run(company) == 1
    assert len(mail_server.received) == 1
