"""A decision shows on a phone: from the order to the notification of a real service worker.

Chromium's own push service is out of reach here, so `PushManager.subscribe` has nobody to ask. In
its place stand a push service on the loopback interface and keys made as browsers make them: the
device is turned on by the API, what the product's worker sends is decrypted with those keys, and
handed to the real service worker by the DevTools protocol, as a push service would. The click comes
from nobody's finger, so the browser opens no window for it: which one it asks for is noted.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import CDPSession, Page, expect
from pytest_django import Settings

from accounts.models import PushSubscription
from tests.e2e.conftest import PATIENCE, Seat, Visitor, running_browser
from tests.factories.world import World
from tests.push_service import Browser, PushService

pytestmark = [pytest.mark.browser]

_SUBSCRIBE = """async ([api, slug, subscription]) => {
  const token = document.querySelector("[data-push] [name=csrfmiddlewaretoken]").value;
  const headers = {
    "Content-Type": "application/json", "X-CSRFToken": token, "X-Organization": slug,
  };
  return (await fetch(api, {method: "POST", headers, body: JSON.stringify(subscription)})).status;
}"""
_SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  const shown = await registration.getNotifications();
  return shown.map(({title, body, tag, data}) => ({title, body, tag, path: data.path}));
}"""
_RENEW = """async ([endpoint, subscription]) => {
  const parts = {oldSubscription: {endpoint}, newSubscription: {toJSON: () => subscription}};
  self.dispatchEvent(Object.assign(new ExtendableEvent("pushsubscriptionchange"), parts));
}"""
_KEPT = """async () => {
  const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = (await Promise.all(stores.map((store) => store.keys()))).flat();
  return requests.map((request) => new URL(request.url).pathname);
}"""
_CLICK = """async () => {
  const [notification] = await self.registration.getNotifications();
  const opened = new Promise((resolve) => {
    self.clients.openWindow = async (url) => resolve(url);
  });
  self.dispatchEvent(new NotificationEvent("notificationclick", {notification}));
  return opened;
}"""


@pytest.fixture(scope="module")
def browser(whole_chromium_path: str) -> Iterator[Chromium]:
    """Start a browser that shows notifications."""
    with running_browser(whole_chromium_path) as started:
        yield started


class Phone:
    """Somebody's phone: its browser, its service worker, and what its push service holds for it."""

    def __init__(self, visitor: Visitor, service: PushService) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page
        self.page.context.grant_permissions(["notifications"], origin=visitor.url)
        self.service = service
        self.browser: Browser = service.browser("phone")
        self.protocol: CDPSession = self.page.context.new_cdp_session(self.page)
        self.registration = ""

        def heard(event: dict[str, Any]) -> None:
            for one in event["registrations"]:
                self.registration = one["registrationId"]

        self.protocol.on("ServiceWorker.workerRegistrationUpdated", heard)
        self.protocol.send("ServiceWorker.enable")

    def turn_on(self, slug: str) -> None:
        """Have this device show notifications, by the call that the page's script makes."""
        told = self.browser.subscription
        subscription = {
            "endpoint": told.endpoint,
            "keys": {"p256dh": told.p256dh, "auth": told.auth},
        }
        status = self.page.evaluate(_SUBSCRIBE, ["/api/v1/accounts/devices/", slug, subscription])
        assert status == 201

    def next_message(self, number: int = 1) -> dict[str, Any]:
        """Wait for a message to come in at the push service, and read it as this browser would."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            arrived = self.service.arrivals_for(self.browser)
            if len(arrived) >= number:
                return arrived[number - 1]
            time.sleep(0.1)
        raise AssertionError("Nothing came in at the push service.")

    def receive(self, message: dict[str, Any]) -> None:
        """Hand a message to the service worker, as the browser does that its push service wakes."""
        self.protocol.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.visitor.url,
                "registrationId": self.registration,
                "data": json.dumps(message),
            },
        )

    def shown(self, title: str) -> list[dict[str, str]]:
        """Return the notifications that are shown, once there is one with a title."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found: list[dict[str, str]] = self.page.evaluate(_SHOWN)
            if any(one["title"] == title for one in found):
                return found
            time.sleep(0.1)
        raise AssertionError(f"No notification says {title!r}: {found}")

    def click(self) -> str:
        """Touch the notification; return the address that the service worker asks to open."""
        (worker,) = self.page.context.service_workers
        opened: str = worker.evaluate(_CLICK)
        return opened


def test_a_decision_shows_on_the_phone_and_leads_to_where_it_is_made(
    world: World, visitor: Seat, push_service: PushService, settings: Settings
) -> None:
    settings.PUSH_SERVICES_WITHIN = [push_service.origin]
    bob = visitor(phone=True)
    phone = Phone(bob, push_service)
    bob.sign_in(world.email("Bob"))
    bob.goto(f"/{world.slug}/notifications/devices/")
    expect(phone.page.get_by_role("button", name="Turn on notifications here")).to_be_visible()
    bob.look("devices-none")
    # Nobody answers the browser here; the page says so, and lets it be tried again.
    phone.page.get_by_role("button", name="Turn on notifications here").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("The browser did not subscribe")
    bob.complaints.clear()  # the browser says why: a window without a profile has no push service
    phone.turn_on(world.slug)
    phone.page.reload()
    expect(phone.page.get_by_role("row")).to_contain_text(["Device", "Linux"])
    bob.look("devices")

    with world.company.scope():
        world.order(("kit", 2))
    told = phone.next_message()
    assert "$640.00" in told["title"]
    assert told["path"].startswith(f"/{world.slug}/approvals/")
    phone.receive(told)
    (notification,) = phone.shown(told["title"])
    assert notification == told
    # What is newer takes the place of what is older, instead of piling up.
    phone.receive({**told, "title": "Reminder"})
    assert len(phone.shown("Reminder")) == 1

    opened = phone.click()
    assert opened == f"{bob.url}{told['path']}"
    bob.goto(opened)
    bob.page.get_by_role("button", name="Approve $640.00").click()
    expect(bob.page.get_by_text("You approved").first).to_be_visible()


def wait_for_device(world: World, endpoint: str) -> None:
    """Wait until an address is one that notifications are sent to."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with world.company.scope():
            if PushSubscription.objects.filter(endpoint=endpoint, ended_at__isnull=True).exists():
                return
        time.sleep(0.1)
    raise AssertionError("The product did not hear of the browser's new address.")


def test_a_browser_that_replaces_its_subscription_goes_on_being_told(
    world: World, visitor: Seat, push_service: PushService, settings: Settings
) -> None:
    settings.PUSH_SERVICES_WITHIN = [push_service.origin]
    bob = visitor(phone=True)
    phone = Phone(bob, push_service)
    bob.sign_in(world.email("Bob"))
    bob.goto(f"/{world.slug}/notifications/devices/")
    phone.turn_on(world.slug)
    old, phone.browser = phone.browser, push_service.browser("renewed")
    told = phone.browser.subscription
    keys = {"p256dh": told.p256dh, "auth": told.auth}
    bob.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    (worker,) = bob.page.context.service_workers
    worker.evaluate(_RENEW, [old.endpoint, {"endpoint": told.endpoint, "keys": keys}])
    wait_for_device(world, told.endpoint)
    with world.company.scope():
        world.order(("kit", 2))
    assert "$640.00" in phone.next_message()["title"]


def test_a_message_from_elsewhere_leads_nowhere_else(world: World, visitor: Seat) -> None:
    bob = visitor(phone=True)
    phone = Phone(bob, PushService("http://127.0.0.1:9"))
    bob.sign_in(world.email("Bob"))
    bob.goto("/")
    bob.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.receive({"title": "Look here", "path": "https://evil.example/"})
    phone.shown("Look here")
    assert phone.click() == f"{bob.url}/"


def test_without_a_network_a_page_of_its_own_says_so(world: World, visitor: Seat) -> None:
    alice = visitor()
    alice.sign_in(world.email("Alice"))
    alice.goto("/")
    alice.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    alice.page.reload()
    alice.page.context.set_offline(True)
    alice.page.goto(f"{alice.url}/{world.slug}/orders/")
    expect(alice.page.get_by_role("heading", name="There is no network")).to_be_visible()
    alice.page.context.set_offline(False)
    alice.complaints.clear()  # the browser complains that the network is away
    alice.page.get_by_role("link", name="Try again").click()
    expect(alice.page.get_by_role("heading", name="Orders")).to_be_visible()
    kept = alice.page.evaluate(_KEPT)
    assert "/offline" in kept
    assert all(path == "/offline" or path.startswith("/static/") for path in kept)
