"""Notifications reach a device's push service, encrypted and signed, and end where it is gone."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings as product
from pytest_django import Settings

from procurement.core import clock
from procurement.core.ids import new_id
from procurement.outbox import pushing, services
from procurement.outbox.kinds import Channel
from procurement.outbox.models import OutboxMessage
from procurement.outbox.services import Parcel
from procurement.outbox.tasks import deliver
from tests.factories.accounts import Company, make_company
from tests.push_service import Browser, PushService, is_signed, running_push_service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
TOLD = {
    "title": "$640.00 waits for you",
    "body": "Alice Requester, Field Service",
    "path": "/northwind/approvals/1/",
    "tag": "request:1",
}


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    with running_push_service() as running:
        settings.PUSH_SERVICES_WITHIN = [running.origin]
        yield running


def put(company: Company, browser: Browser, key: str = "one", **changed: str) -> UUID:
    subscription_id = uuid4()
    parcel = Parcel(
        key=key,
        to="bob@example.com",
        template="decision_request",
        context={**TOLD, "subscription": str(subscription_id), "urgency": "high", **changed},
        secrets=vars_of(browser),
        channel=Channel.PUSH,
    )
    with company.scope():
        services.enqueue(organization_id=company.organization.id, parcels=[parcel], now=clock.now())
    return subscription_id


def vars_of(browser: Browser) -> dict[str, str]:
    told = browser.subscription
    return {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth}


def run(company: Company) -> OutboxMessage:
    deliver.run(organization_id=str(company.organization.id))
    with company.scope():
        return OutboxMessage.objects.get()


def test_a_notification_arrives_encrypted_for_one_browser_and_signed(
    company: Company, service: PushService
) -> None:
    browser = service.browser()
    put(company, browser)
    sent = run(company)
    assert (sent.status, sent.sealed) == (OutboxMessage.Status.SENT, None)
    (arrival,) = service.arrivals
    assert browser.read(arrival) == TOLD
    assert b"640" not in arrival.body
    assert is_signed(arrival, product.VAPID_PUBLIC_KEY)
    assert arrival.headers["content-encoding"] == "aes128gcm"
    assert arrival.headers["urgency"] == "high"
    assert arrival.headers["ttl"] == str(24 * 60 * 60)
    assert len(arrival.headers["topic"]) == 32


def test_the_service_worker_is_told_words_and_a_path_and_no_secret(
    company: Company, service: PushService
) -> None:
    browser = service.browser()
    put(company, browser)
    run(company)
    (told,) = service.arrivals_for(browser)
    assert set(told) == {"title", "body", "path", "tag"}


def test_what_belongs_together_replaces_each_other_at_the_push_service(
    company: Company, service: PushService
) -> None:
    for key, tag in (("one", "request:1"), ("two", "request:1"), ("three", "request:2")):
        put(company, service.browser(), key, tag=tag)
    deliver.run(organization_id=str(company.organization.id))
    topics = [arrival.headers["topic"] for arrival in service.arrivals]
    assert len(topics) == 3
    assert len(set(topics)) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_no_failure_and_not_tried_again(
    company: Company, service: PushService, status: int
) -> None:
    service.answers = [(status, {})]
    put(company, service.browser())
    gone = run(company)
    assert (gone.status, gone.sealed, gone.failure) == (OutboxMessage.Status.GONE, None, "")
    run(company)
    assert len(service.arrivals) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_that_is_busy_is_left_alone_for_as_long_as_it_asks(
    company: Company, service: PushService, status: int
) -> None:
    service.answers = [(status, {"Retry-After": "900"})]
    put(company, service.browser())
    waiting = run(company)
    assert waiting.status == OutboxMessage.Status.PENDING
    assert waiting.due_at > clock.now() + timedelta(seconds=890)
    with company.scope():
        OutboxMessage.objects.update(due_at=clock.now())
    assert run(company).status == OutboxMessage.Status.SENT


@pytest.mark.parametrize("status", [400, 403, 413, 302])
def test_a_message_that_is_refused_is_given_up_on_visibly(
    company: Company, service: PushService, status: int
) -> None:
    service.answers = [(status, {"Location": f"{service.origin}/send/elsewhere"})]
    put(company, service.browser())
    parked = run(company)
    assert (parked.status, parked.failure) == (OutboxMessage.Status.PARKED, "REFUSED")
    assert str(status) in parked.last_error
    assert len(service.arrivals) == 1


def test_a_push_service_that_does_not_answer_is_asked_once_a_batch(
    company: Company, service: PushService, settings: Settings
) -> None:
    settings.PUSH_SERVICES_WITHIN = ["http://127.0.0.1:1", service.origin]
    for key in ("one", "two"):
        put(company, Browser("http://127.0.0.1:1/send/x"), key)
    put(company, service.browser(), "three")
    deliver.run(organization_id=str(company.organization.id))
    with company.scope():
        rows = {one.key: (one.status, one.last_error) for one in OutboxMessage.objects.all()}
    assert rows["one"][0] == rows["two"][0] == OutboxMessage.Status.PENDING
    assert "did not answer" in rows["one"][1] + rows["two"][1]
    assert rows["three"][0] == OutboxMessage.Status.SENT


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9/x", "https://10.0.0.1/x"])
def test_nothing_is_sent_to_an_address_of_our_own_network(company: Company, endpoint: str) -> None:
    put(company, Browser(endpoint))
    waiting = run(company)
    assert waiting.status == OutboxMessage.Status.PENDING
    assert waiting.last_error


def test_a_message_that_is_withdrawn_while_it_is_on_its_way_stays_withdrawn(
    company: Company, service: PushService
) -> None:
    subscription_id = put(company, service.browser())
    with company.scope():
        claimed = services.claim_due(now=clock.now())
        services.withdraw_pushes(subscription_ids=[subscription_id])
    service.answers = [(503, {})]
    outcomes = services.deliver(claimed)
    with company.scope():
        services.settle(outcomes, now=clock.now())
        assert OutboxMessage.objects.get().status == OutboxMessage.Status.GONE
        OutboxMessage.objects.update(due_at=clock.now())
    assert run(company).status == OutboxMessage.Status.GONE
    assert len(service.arrivals) == 1


def test_a_withdrawn_message_that_was_given_up_on_cannot_be_sent_by_trying_again(
    company: Company, service: PushService
) -> None:
    service.answers = [(400, {})]
    subscription_id = put(company, service.browser())
    parked = run(company)
    with company.scope():
        services.withdraw_pushes(subscription_ids=[subscription_id])
        services.retry(actor=company.actor("Adam"), message_id=parked.id, now=clock.now())
    assert run(company).status == OutboxMessage.Status.GONE
    assert len(service.arrivals) == 1


def test_the_longest_notification_fits_into_what_push_services_take(
    company: Company, service: PushService
) -> None:
    put(
        company,
        service.browser(),
        title="€" * 120,
        body="€" * 400,
        path="/" + "x" * 499,
        tag="t" * 200,
    )
    run(company)
    assert len(service.arrivals[0].body) <= 4096


def test_what_cannot_be_encrypted_is_given_up_on(company: Company, service: PushService) -> None:
    browser = service.browser()
    browser.auth = b""
    put(company, browser)
    assert run(company).status == OutboxMessage.Status.PARKED


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("999999", 7200), ("", None), ("soon", None), ("-5", None), ("0", None)],
)
def test_how_long_to_wait_is_read_with_care(header: str, seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert pushing._wait(header) == expected


def test_a_date_to_wait_until_is_understood() -> None:
    later = clock.now() + timedelta(minutes=10)
    wait = pushing._wait(later.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    assert wait is not None
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


def test_a_payload_is_plain_words(company: Company) -> None:
    told = pushing.payload_of({**TOLD, "subscription": str(new_id()), "urgency": "high"})
    assert json.loads(json.dumps(told)) == TOLD
