"""The product behind its own web server, at the moment at which the benchmarks' companies live."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import UUID

import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.factories.accounts import NOW
from tests.factories.orders import Market

HOST = "127.0.0.1"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_PATIENCE = 60.0  # seconds until the server has to answer
_TOKEN = "c" * 32  # what a form and its cookie agree on


@dataclass(frozen=True)
class Door:
    """Where one organization's Alice knocks, signed in."""

    slug: str
    session: str

    def headers(self) -> dict[str, str]:
        """Return what a browser of hers would send along with a form."""
        cookies = {settings.SESSION_COOKIE_NAME: self.session, "csrftoken": _TOKEN}
        return {
            "Host": "localhost",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": _TOKEN,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        }


def door_of(market: Market) -> Door:
    """Sign an organization's Alice in."""
    client = Client(SERVER_NAME="localhost")
    with time_machine.travel(NOW):
        client.force_login(market.people["Alice"].user, _BACKEND)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return Door(market.organization.slug, session)


@contextmanager
def serving(workers: int) -> Iterator[int]:
    """Run the web server on the benchmark's database until the block ends; yields its port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    processes = min(workers, 4)  # with more of them there are no more cores
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "tests.bench.served_app:application"),
            *("--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws"),
            *("--workers", str(processes), "--blocking-threads", str(-(-workers // processes))),
            *("--backpressure", "64", "--no-access-log", "--log-level", "warning"),
        ],
        env={
            **os.environ,
            "SERVED_DATABASE": str(connection.settings_dict["NAME"]),
            "SERVED_FROM": NOW.isoformat(),
            "LOG_LEVEL": "ERROR",
        },
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            asked = HTTPConnection(HOST, port, timeout=5)
            asked.request("GET", "/healthz", headers={"Host": "localhost"})
            asked.getresponse().read()
        except (OSError, HTTPException):
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def submit_by_page(server: HTTPConnection, door: Door, requisition_id: UUID) -> None:
    """Press the cart's button; raises where the answer is not the order's page."""
    form = urlencode({"requisition": str(requisition_id)})
    server.request("POST", f"/{door.slug}/orders/cart/submit/", form, door.headers())
    answer = server.getresponse()
    answer.read()
    if str(requisition_id) not in str(answer.getheader("Location")):
        raise RuntimeError(f"The cart's button answered {answer.status}.")


def submit_by_api(server: HTTPConnection, door: Door, requisition_id: UUID) -> None:
    """Submit by the API; raises where the order does not wait for approval."""
    server.request("POST", f"/api/v1/orders/{requisition_id}/submit/", "", door.headers())
    answer = server.getresponse()
    content = answer.read()
    if b"SUBMITTED" not in content:
        raise RuntimeError(f"The API answered {answer.status}: {content[:300]!r}")
