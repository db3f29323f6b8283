"""A device that is turned on at the moment when access ends shows nothing afterwards.

The control takes the lock off the member: the device then outlives the access.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import close_old_connections, connection

from accounts import services
from accounts.actors import MemberActor
from accounts.models import PushSubscription
from accounts.services import devices
from procurement.core.errors import NotAllowed
from tests.factories.accounts import NOW, Company, make_company
from tests.push_service import Browser

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

_BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def company() -> Company:
    return make_company()


def end_access(company: Company, has_begun: Event) -> None:
    """Suspend Bob, and commit once somebody waits for it."""
    close_old_connections()
    try:
        with company.scope():
            services.suspend_member(
                actor=company.actor("Adam"),
                membership=company.people["Bob"],
                reason="Left",
                now=NOW,
            )
            has_begun.set()
            wait_for_somebody_blocked()
    finally:
        connection.close()


def wait_for_somebody_blocked() -> None:
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(_BLOCKED)
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    pytest.fail("Nobody waits for the member.")


def turn_on(company: Company, bob: MemberActor, has_begun: Event) -> bool:
    """Turn Bob's device on while his access is being ended; tell whether that was refused."""
    close_old_connections()
    try:
        has_begun.wait(timeout=30)
        with company.scope():
            services.subscribe_device(
                actor=bob,
                browser=Browser("https://1.1.1.1/send/one").subscription,
                label="Chrome on Android",
                now=NOW,
            )
    except NotAllowed:
        return True
    finally:
        connection.close()
    return False


def race(company: Company) -> tuple[bool, int]:
    """Return whether the device was refused, and how many devices show Bob's notifications."""
    with company.scope():
        bob = company.actor("Bob")
    has_begun = Event()
    with ThreadPoolExecutor(2) as pool:
        ending = pool.submit(end_access, company, has_begun)
        starting = pool.submit(turn_on, company, bob, has_begun)
        ending.result(timeout=60)
        was_refused = starting.result(timeout=60)
    with company.scope():
        shown = PushSubscription.objects.filter(
            membership=company.people["Bob"], ended_at__isnull=True
        )
        return was_refused, shown.count()


def test_a_device_turned_on_while_access_ends_is_refused(company: Company) -> None:
    assert race(company) == (True, 0)


def test_without_the_lock_the_device_outlives_the_access(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_lock_active", lambda actor: None)
    assert race(company) == (False, 1)
