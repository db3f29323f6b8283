"""What is in the outbox reaches the world: at least once, retried, and parked where it cannot."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from kombu.exceptions import OperationalError
from pytest_django import Settings

from procurement.celery import app
from procurement.core import clock
from procurement.outbox import services
from procurement.outbox.kinds import Failure
from procurement.outbox.mailing import message_id
from procurement.outbox.models import OutboxMessage
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


def put(company: Company, key: str = "one", template: str = "hello") -> OutboxMessage:
    with company.scope():
        return services.enqueue_email(
            organization_id=company.organization.id,
            key=key,
            to="bob@example.com",
            template=template,
            context={"name": "Bob"},
            secrets={"token": "s3cret"},
            now=clock.now(),
        )


def run(company: Company) -> int:
    handled: int = deliver.run(organization_id=str(company.organization.id))
    return handled


def stored(company: Company) -> OutboxMessage:
    with company.scope():
        return OutboxMessage.objects.get()


def test_a_message_arrives_as_text_and_html_under_a_stable_id(
    company: Company, mail_server: MailServer
) -> None:
    message = put(company)
    assert run(company) == 1
    (mail,) = mail_server.received
    assert mail["Subject"] == "Hello Bob"
    assert mail["To"] == "bob@example.com"
    assert mail["Message-ID"] == message_id(message)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    assert "/decide/s3cret" in part_of(mail, 0).get_payload()


def test_a_secret_waits_encrypted_and_is_wiped_once_it_is_sent(
    company: Company, mail_server: MailServer
) -> None:
    put(company)
    waiting = stored(company)
    assert b"s3cret" not in bytes(waiting.sealed or b"")
    assert "s3cret" not in str(waiting.context)
    run(company)
    sent = stored(company)
    assert (sent.status, sent.sealed) == (OutboxMessage.Status.SENT, None)
    assert len(mail_server.received) == 1


def test_a_message_that_was_sent_is_not_sent_again(
    company: Company, mail_server: MailServer
) -> None:
    put(company)
    run(company)
    assert run(company) == 0
    with time_machine.travel(clock.now() + timedelta(days=30)):
        assert run(company) == 0
    assert len(mail_server.received) == 1


def test_a_refusal_for_now_is_retried_later_with_back_off(
    company: Company, mail_server: MailServer
) -> None:
    mail_server.answers = ["451 try again later"]
    put(company)
    run(company)
    waiting = stored(company)
    assert waiting.status == OutboxMessage.Status.PENDING
    assert waiting.attempts == 1
    assert "451" in waiting.last_error
    assert waiting.due_at > clock.now() + timedelta(seconds=20)
    with company.scope():
        OutboxMessage.objects.update(due_at=clock.now())
    run(company)
    assert stored(company).status == OutboxMessage.Status.SENT


def test_a_message_that_keeps_failing_is_parked_visibly(
    company: Company, mail_server: MailServer
) -> None:
    mail_server.answers = ["451 try again later"] * services.MAX_ATTEMPTS
    put(company)
    for _ in range(services.MAX_ATTEMPTS):
        with company.scope():
            OutboxMessage.objects.update(due_at=clock.now())
        run(company)
    parked = stored(company)
    assert (parked.status, parked.failure) == (OutboxMessage.Status.PARKED, Failure.GAVE_UP)
    assert "451" in parked.last_error


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_final_at_once(
    company: Company, mail_server: MailServer, at: str
) -> None:
    if at == "RCPT":
        mail_server.refused = {"bob@example.com": "550 5.1.1 no such mailbox"}
    else:
        mail_server.answers = ["554 5.7.1 not from you"]
    put(company)
    run(company)
    parked = stored(company)
    assert (parked.status, parked.failure) == (OutboxMessage.Status.PARKED, Failure.BOUNCED)
    assert (parked.attempts, parked.bounced_at is not None) == (1, True)
    assert parked.last_error.startswith("55")
    with company.scope():
        services.retry(
            actor=company.actor("Adam"),
            message_id=parked.id,
            to="bob@new.example.com",
            now=clock.now(),
        )
    run(company)
    (mail,) = mail_server.received
    assert mail["To"] == "bob@new.example.com"
    assert (stored(company).failure, stored(company).is_spent) == ("", True)


def test_a_recipient_refused_for_now_is_tried_again(
    company: Company, mail_server: MailServer
) -> None:
    mail_server.refused = {"bob@example.com": "450 greylisted"}
    put(company)
    run(company)
    assert stored(company).status == OutboxMessage.Status.PENDING


def test_what_comes_back_goes_to_the_bounce_address(
    company: Company, mail_server: MailServer, settings: Settings
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@buy.example"
    put(company)
    run(company)
    assert mail_server.senders == ["bounces@buy.example"]
    assert mail_server.received[0]["From"] == settings.DEFAULT_FROM_EMAIL


def test_a_parked_message_can_be_tried_again_with_its_link_intact(
    company: Company, mail_server: MailServer
) -> None:
    mail_server.answers = ["451 try again later"] * services.MAX_ATTEMPTS
    message = put(company)
    for _ in range(services.MAX_ATTEMPTS):
        with company.scope():
            OutboxMessage.objects.update(due_at=clock.now())
        run(company)
    with company.scope():
        services.retry(actor=company.actor("Adam"), message_id=message.id, now=clock.now())
    run(company)
    (mail,) = mail_server.received
    assert "/decide/s3cret" in part_of(mail, 0).get_payload()


def test_a_template_that_cannot_be_rendered_parks_its_message_and_lets_others_pass(
    company: Company, mail_server: MailServer
) -> None:
    put(company, key="broken", template="broken")
    put(company, key="whole")
    run(company)
    with company.scope():
        by_key = dict(OutboxMessage.objects.values_list("key", "status"))
    assert by_key == {"broken": "PARKED", "whole": "SENT"}
    assert len(mail_server.received) == 1


def test_a_worker_killed_between_claim_and_send_delays_the_message_and_loses_nothing(
    company: Company, mail_server: MailServer
) -> None:
    put(company)
    with company.scope():
        services.claim_due(now=clock.now())
    claimed_at = clock.now()
    with time_machine.travel(claimed_at + timedelta(minutes=4), tick=False):
        assert run(company) == 0
    with time_machine.travel(claimed_at + timedelta(minutes=6), tick=False):
        assert run(company) == 1
    assert len(mail_server.received) == 1


def test_the_same_key_twice_is_refused_by_the_database(company: Company) -> None:
    put(company)
    with pytest.raises(IntegrityError):
        put(company)


def test_a_stopped_broker_does_not_fail_the_cause(
    company: Company, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("Error 111 connecting to localhost:6379. Connection refused.")

    monkeypatch.setattr(app, "send_task", refuse)
    put(company)
    monkeypatch.undo()
    run(company)
    assert len(mail_server.received) == 1


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 30), (2, 60), (5, 480), (20, 7200)])
def test_the_wait_doubles_up_to_two_hours(attempts: int, seconds: int) -> None:
    assert services.backoff(attempts) == timedelta(seconds=seconds)
