"""The product as people meet it: a served site, a real worker, a real mail server, a real browser.

The worker is a process of its own on the test database and broker, told by its environment where
they are. Mail goes over SMTP to a server that keeps what arrives.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from celery import current_app
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from procurement.core import clock
from procurement.core.embedded import database_url
from tests.e2e.access import misfits_of, problems_of
from tests.e2e.gallery import BY_DAY, DESK, PHONE, folder, take
from tests.factories.accounts import PASSWORD
from tests.factories.world import World, make_world
from tests.push_service import PushService, running_push_service

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ROOT / "docs" / "screenshots"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PATIENCE = 30.0  # seconds until something in the background counts as lost
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--renderer-process-limit=1",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Postbox:
    """What has arrived at the mail server."""

    host: str
    port: int
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 – the name that aiosmtpd calls
        """Keep a message."""
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 Kept"

    def letter(self, to: str, about: str, *, patience: float = PATIENCE) -> EmailMessage:
        """Wait for the newest letter to somebody whose subject or text has some words in it."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            for number in reversed(range(len(self.letters))):
                letter = self.letters[number]
                if to in str(letter["To"]) and about in f"{letter['Subject']} {text_of(letter)}":
                    return letter
            time.sleep(0.1)
        subjects = [f"{letter['To']}: {letter['Subject']}" for letter in self.letters]
        raise AssertionError(f"No letter to {to} about {about!r} came, only {subjects}.")


def text_of(letter: EmailMessage) -> str:
    """Return the plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage, containing: str) -> str:
    """Return the first address in a letter's text with something in it."""
    for address in re.findall(r"https?://\S+", text_of(letter)):
        if containing in address:
            return str(address)
    raise AssertionError(f"No link with {containing!r} in:\n{text_of(letter)}")


@pytest.fixture(scope="session")
def postbox() -> Iterator[Postbox]:
    """Run a mail server on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        kept = Postbox(*free.getsockname())
    controller = Controller(kept, hostname=kept.host, port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture(scope="session")
def push_service() -> Iterator[PushService]:
    """Run a push service on a free port."""
    with running_push_service() as running:
        yield running


@pytest.fixture(scope="session")
def resting_worker(
    live_server: LiveServer, postbox: Postbox, push_service: PushService, django_db_setup: None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the product's own Celery worker on the test database and broker; let it rest."""
    with running_worker(environment_of(live_server, postbox, push_service)) as process:
        process.send_signal(signal.SIGSTOP)
        yield process


@pytest.fixture
def worker(
    transactional_db: None, resting_worker: "subprocess.Popen[bytes]"
) -> Iterator["subprocess.Popen[bytes]"]:
    """Have the worker at work for one test; it would carry out the jobs of other tests, too."""
    current_app.control.purge()
    resting_worker.send_signal(signal.SIGCONT)
    yield resting_worker
    current_app.control.purge()
    _wait_for_rest()
    resting_worker.send_signal(signal.SIGSTOP)


@contextmanager
def running_worker(environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a Celery worker in a process of its own until the block ends."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "celery", "--app", "procurement.celery"),
                *("--quiet", "worker", "--pool", "solo", "--loglevel", "warning"),
                *("--without-gossip", "--without-mingle"),
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(timeout=20)
            log.seek(0)
            sys.stdout.write(log.read().decode(errors="replace")[-4000:])


def environment_of(
    live_server: LiveServer, postbox: Postbox, push_service: PushService
) -> dict[str, str]:
    """Tell the worker where things are; the broker is where it is for this process."""
    database = urlsplit(database_url())._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database.geturl(),
        "EMAIL_URL": f"smtp://{postbox.host}:{postbox.port}",
        "BASE_URL": live_server.url,
        "PUSH_SERVICES_WITHIN": push_service.origin,
    }


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Start Chromium once for all tests of a module."""
    with running_browser(chromium_path) as started:
        yield started


@contextmanager
def running_browser(program: str) -> Iterator[Browser]:
    """Run a browser until the block ends."""
    # Playwright keeps an event loop in this thread; Django would take every query for one in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # What is expected may hang on a worker that has other things to do; five seconds were too few.
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Visitor:
    """Somebody at a browser of one size; pages that complain in the console fail the test."""

    page: Page
    url: str
    has_scripts: bool = True
    complaints: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        """Open an address of the site, whole or from its root."""
        self.page.goto(path if path.startswith("http") else f"{self.url}{path}")

    def sign_in_by_form(self, email: str) -> None:
        """Sign in as people do."""
        self.goto("/accounts/login/")
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def sign_in(self, email: str) -> None:
        """Be signed in already, as people are most of the time."""
        client = Client()
        client.force_login(User.objects.get(email=email), backend=_BACKEND)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}]
        )

    def look(self, name: str, *, whole: bool = True, is_shown: bool = False) -> None:
        """Check that the page can be used by everybody.

        With GALLERY set, axe looks too, as it always does in `test_pages`, and the page is hung
        there. With SCREENSHOTS set, the documentation's pictures (``is_shown``) are taken anew.
        """
        # A page that is still on its way has no heading yet, and no styles.
        self.page.wait_for_load_state("load")
        wall = folder()
        found = problems_of(self.page) if wall and self.has_scripts else misfits_of(self.page)
        assert not found, f"{name}: {found}"
        size = self.page.viewport_size or DESK
        if wall:
            take(self.page, wall / f"{name}.{size['width']}-{BY_DAY}.png", whole=whole)
        if is_shown and os.environ.get("SCREENSHOTS"):
            take(self.page, SHOWN / f"{name}-{size['width']}.png", whole=whole)


class Seat(Protocol):
    """Seats somebody at a desk, or on a phone; ``scripts=False`` switches scripts off."""

    def __call__(self, *, phone: bool = False, scripts: bool = True) -> Visitor:
        """Return a new visitor with cookies of their own."""


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Seat]:
    """Return how to seat somebody; the test fails when a page of theirs has complained."""
    contexts: list[BrowserContext] = []
    visitors: list[Visitor] = []

    def seat(*, phone: bool = False, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="en-US",
            timezone_id="America/New_York",
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        seated = Visitor(context.new_page(), live_server.url, scripts)
        _listen(seated)
        visitors.append(seated)
        return seated

    yield seat
    for context in contexts:
        context.close()
    complaints = [complaint for one in visitors for complaint in one.complaints]
    assert not complaints, complaints


def _listen(visitor: Visitor) -> None:
    def heard(message: ConsoleMessage) -> None:
        # A form that is answered with 422 is no fault of the page.
        if (
            message.type == "error"
            and "the server responded with a status of 4" not in message.text
        ):
            visitor.complaints.append(f"{visitor.page.url}: {message.text}")

    visitor.page.on("console", heard)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))


@pytest.fixture
def world(worker: object, postbox: Postbox, live_server: LiveServer) -> World:
    """Return the company at work at this very moment."""
    postbox.letters.clear()
    return make_world(now=clock.now())


def _wait_for_rest() -> None:
    """Wait until nobody else is at the tables, which are about to be emptied."""
    end = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                " AND state <> 'idle'"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
