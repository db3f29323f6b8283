"""What the whole suite stands on: its database, its broker and a browser.

DATABASE_URL and REDIS_URL name the servers to test on; without them embedded ones are started, kept
while any process of the suite lives, and stopped with the last.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker
from redis import Redis

from procurement.core.embedded import lease
from tests.emptying import empty_database
from tests.template_database import copy_template

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It has no window to draw, and so takes a third of the time.
_SHELL = "chromium-headless-shell"
_BROWSER_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
_DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
_NO_BROWSER = """\
The browser tests need Chromium. Install it with `apt-get install chromium` (Debian, Ubuntu),
`dnf install chromium` (Fedora) or `brew install --cask chromium` (macOS), or set CHROMIUM to the
program of a Chromium or Chrome that is already there."""


# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("suite", deadline=None, max_examples=40)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Have the services run before any process of the suite asks for them."""
    if not config.option.collectonly:
        lease.hold()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing of this process on the Redis, which may be somebody's own."""
    address = settings.BROKER.redis_url
    if address is None or config.option.collectonly:
        return
    with Redis.from_url(address) as client:
        for key in client.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}*"):
            client.delete(key)


def pytest_collection_finish() -> None:
    """Spare what all tests have loaded the garbage collector, which would look through it often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the database, which runs once more on the server versions of production.

    Pages and the API reach the database by the services and selectors that run there anyway, so
    what asks them through a client is marked and left out of that second run.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & _DATABASE_FIXTURES:
            item.add_marker("database")
        if "client" in fixtures:
            item.add_marker("web")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return a browser's program, the quickest one; without any the test is skipped.

    Where CI is set, it fails instead.
    """
    return _browser(_SHELL, *_BROWSERS)


@pytest.fixture(scope="session")
def whole_chromium_path() -> str:
    """Return the program of a browser that shows notifications, too, as the shell does not."""
    return _browser(*_BROWSERS)


def _browser(*names: str) -> str:
    named = os.environ.get("CHROMIUM", "")
    programs = [shutil.which(name) for name in ([named] if named else names)]
    programs += [str(path) for path in _BROWSER_APPLICATIONS if not named and path.exists()]
    for program in programs:
        if program is not None:
            return program
    if os.environ.get("CI"):
        pytest.fail(_NO_BROWSER)
    pytest.skip(_NO_BROWSER)


@pytest.fixture(scope="session")
def django_db_keepdb(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> bool:
    """Tell that a database is there already: a copy of the template."""
    if not request.config.option.reuse_db:
        with django_db_blocker.unblock():
            copy_template()
    return True


@pytest.fixture(autouse=True, scope="session")
def quick_teardown() -> Iterator[None]:
    """Delete what tests have committed, rather than have all tables truncated."""

    def empty(case: TransactionTestCase) -> None:
        empty_database()

    with patch.object(TransactionTestCase, "_fixture_teardown", empty):
        yield
