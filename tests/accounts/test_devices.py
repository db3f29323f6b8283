"""Devices that show notifications: what they are called, turned on, moved, ended, and told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from accounts import selectors, services
from accounts.devices import are_keys, label_of
from accounts.models import Membership, PushSubscription
from accounts.notifying import NotificationEvent
from accounts.tasks import end_gone_devices
from procurement.audit.models import AuditEvent
from procurement.core.errors import DomainError, NotAllowed, NotFound
from procurement.outbox.models import OutboxMessage
from procurement.outbox.tasks import deliver
from tests.accounts.devices import LATER, ONE, PHONE, TWO, pushes, subscribe, tell
from tests.factories.accounts import NOW, Company, make_company
from tests.factories.devices import make_device
from tests.push_service import Browser, PushService, encoded, running_push_service

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    with running_push_service() as running:
        settings.PUSH_SERVICES_WITHIN = [running.origin]
        yield running


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (PHONE, "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537.36 Edg/130", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "Firefox on Linux"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_device_is_called_what_people_call_it(user_agent: str, label: str) -> None:
    assert label_of(user_agent) == label


@given(st.text(max_size=300))
def test_whatever_a_browser_says_of_itself_its_name_fits(user_agent: str) -> None:
    assert 0 < len(label_of(user_agent)) <= 80


@given(st.text(max_size=100), st.text(max_size=40))
def test_whatever_is_no_key_is_refused(p256dh: str, auth: str) -> None:
    assert not are_keys(p256dh, auth)


def test_keys_are_a_point_of_the_curve_and_sixteen_bytes() -> None:
    told = Browser(ONE).subscription
    assert are_keys(told.p256dh, told.auth)
    assert are_keys(told.p256dh + "=", told.auth + "==")
    assert not are_keys(encoded(b"\x04" + b"\x01" * 64), told.auth)
    assert not are_keys(told.p256dh, encoded(b"\x01" * 15))


def test_a_device_that_is_turned_on_twice_is_one_device(company: Company) -> None:
    with company.scope():
        browser = Browser(ONE)
        first = subscribe(company, "Bob", browser)
        again = services.subscribe_device(
            actor=company.actor("Bob"),
            browser=browser.subscription,
            label="Chrome on Android",
            now=LATER,
        )
        assert again.id == first.id
        assert again.last_used_at == LATER
        assert AuditEvent.objects.filter(action="push.subscribed").count() == 1


def test_a_device_that_somebody_else_turns_on_is_no_longer_the_first_ones(company: Company) -> None:
    with company.scope():
        browser = Browser(ONE)
        subscribe(company, "Bob", browser)
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        subscribe(company, "Erin", browser)
        assert selectors.own_devices(company.actor("Bob")) == []
        assert len(selectors.own_devices(company.actor("Erin"))) == 1
        (waiting,) = pushes()
        assert (waiting.status, waiting.sealed) == (OutboxMessage.Status.GONE, None)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://1.1.1.1/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[fd00::1]/x",
        "https://1.1.1.1/" + "x" * 1000,
        "https://1.1.1.1/ü",
    ],
)
def test_an_address_that_is_no_push_services_is_refused(company: Company, endpoint: str) -> None:
    with company.scope(), pytest.raises(DomainError):
        subscribe(company, "Bob", Browser(endpoint))


def test_whoever_has_many_devices_loses_the_one_confirmed_longest_ago(company: Company) -> None:
    with company.scope():
        for number in range(services.devices.MOST_DEVICES):
            device = make_device(company.people["Bob"], f"https://push.example/{number}")
            PushSubscription.objects.filter(id=device.id).update(
                last_used_at=NOW - timedelta(days=30 - number)
            )
        subscribe(company, "Bob")
        kept = {device.endpoint for device in selectors.own_devices(company.actor("Bob"))}
        assert len(kept) == services.devices.MOST_DEVICES
        assert ONE in kept
        assert "https://push.example/0" not in kept


def test_nobody_ends_somebody_elses_device(company: Company) -> None:
    with company.scope():
        device = subscribe(company, "Bob")
        with pytest.raises(NotFound):
            services.end_device(actor=company.actor("Adam"), subscription_id=device.id, now=LATER)
        services.end_device(actor=company.actor("Bob"), subscription_id=device.id, now=LATER)
        assert selectors.own_devices(company.actor("Bob")) == []
        with pytest.raises(NotFound):
            services.end_device(actor=company.actor("Bob"), subscription_id=device.id, now=LATER)


def test_ended_access_ends_devices_and_what_waits_for_them_at_once(company: Company) -> None:
    with company.scope():
        bob = company.actor("Bob")
        subscribe(company, "Bob")
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        services.suspend_member(
            actor=company.actor("Adam"), membership=company.people["Bob"], reason="Left", now=LATER
        )
        assert selectors.own_devices(bob) == []
        assert [one.status for one in pushes()] == [OutboxMessage.Status.GONE]
        with pytest.raises(NotAllowed):
            services.subscribe_device(
                actor=bob, browser=Browser(TWO).subscription, label="Phone", now=LATER
            )


def test_a_device_of_somebody_without_access_is_told_nothing(company: Company) -> None:
    with company.scope():
        make_device(company.people["Bob"])
        Membership.objects.filter(id=company.people["Bob"].id).update(
            status=Membership.Status.SUSPENDED
        )
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        assert pushes() == []


def test_a_decision_shows_on_every_device_and_leads_to_its_page(
    company: Company, service: PushService
) -> None:
    phone, desk = service.browser("phone"), service.browser("desk")
    with company.scope():
        subscribe(company, "Bob", phone)
        subscribe(company, "Bob", desk)
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        assert len({one.person_id for one in pushes()}) == 1
        OutboxMessage.objects.filter(channel="EMAIL").delete()
    deliver.run(organization_id=str(company.organization.id))
    for browser in (phone, desk):
        (told,) = service.arrivals_for(browser)
        assert told == {
            "title": "Approve $640.00 for Field Service?",
            "body": "2 lines from Halden Tools",
            "path": f"/{company.organization.slug}/approvals/17/",
            "tag": "ORDER:17",
        }


def test_no_secret_waits_in_the_open_or_goes_out(company: Company) -> None:
    with company.scope():
        device = subscribe(company, "Bob")
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        (waiting,) = pushes()
        in_the_open = str(waiting.context)
        for secret in ("s3cret", device.endpoint, device.auth, device.p256dh):
            assert secret not in in_the_open


def test_what_is_no_ones_hurry_stays_off_the_phone(company: Company) -> None:
    with company.scope():
        subscribe(company, "Bob")
        tell(company, "Bob", NotificationEvent.POLICY_CHECK)
        assert pushes() == []


def test_a_device_that_its_push_service_no_longer_knows_is_ended(
    company: Company, service: PushService
) -> None:
    gone, there = service.browser("gone"), service.browser("there")
    with company.scope():
        subscribe(company, "Bob", gone)
        subscribe(company, "Bob", there)
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        OutboxMessage.objects.filter(channel="EMAIL").delete()
    service.answers = [(410, {})]
    deliver.run(organization_id=str(company.organization.id))
    with company.scope():
        ids = [str(one.id) for one in pushes()]
    assert end_gone_devices(organization_id=str(company.organization.id), message_ids=ids) == 1
    with company.scope():
        (left,) = selectors.own_devices(company.actor("Bob"))
        first_to_be_asked = service.arrivals[0].path
        assert left.endpoint != f"{service.origin}{first_to_be_asked}"
        assert AuditEvent.objects.filter(action="push.unsubscribed").count() == 1
    assert end_gone_devices(organization_id=str(company.organization.id), message_ids=ids) == 0


def test_what_was_withdrawn_in_the_house_ends_no_device(company: Company) -> None:
    with company.scope():
        device = subscribe(company, "Bob")
        tell(company, "Bob", NotificationEvent.DECISION_NEEDED)
        OutboxMessage.objects.filter(channel="PUSH").update(status="GONE", sealed=None)
        assert (
            services.end_gone_devices(
                actor=company.actor("Bob"), message_ids=[one.id for one in pushes()], now=LATER
            )
            == 0
        )
        assert selectors.own_device(company.actor("Bob"), device.id).id == device.id


def test_a_test_goes_to_one_device_and_a_double_click_sends_one(company: Company) -> None:
    with company.scope():
        device = subscribe(company, "Bob")
        for _ in range(2):
            services.try_device(
                actor=company.actor("Bob"), subscription_id=device.id, path="/x/", now=NOW
            )
        (sent,) = pushes()
        assert sent.context["title"] == "Notifications work here"
