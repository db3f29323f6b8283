"""A push service on the loopback interface, and a browser subscribed to it.

It does what those of browsers do: takes encrypted messages at an address, answers with a status.
The browser's side holds the private keys, so a message that arrived can be read as a browser would.
"""

import base64
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid

from accounts.services import BrowserSubscription


def encoded(raw: bytes) -> str:
    """Return bytes as URL-safe base64 without padding, as browsers do."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Arrival:
    """One message as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """A browser's side of a subscription."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def subscription(self) -> BrowserSubscription:
        """Return what the browser tells the product."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return BrowserSubscription(self.endpoint, encoded(point), encoded(self.auth))

    def read(self, arrival: Arrival) -> dict[str, Any]:
        """Decrypt a message that came in for this browser."""
        text = http_ece.decrypt(
            arrival.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        told: dict[str, Any] = json.loads(text)
        return told


@dataclass
class PushService:
    """What has come in, and the answers that are to be given, the usual one when there is none."""

    origin: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)

    def browser(self, name: str = "one") -> Browser:
        """Subscribe a new browser."""
        return Browser(f"{self.origin}/send/{name}")

    def arrivals_for(self, browser: Browser) -> list[dict[str, Any]]:
        """Return what came in for a browser, read."""
        path = browser.endpoint.removeprefix(self.origin)
        return [browser.read(one) for one in self.arrivals if one.path == path]


def is_signed(arrival: Arrival, public_key: str) -> bool:
    """Tell whether a message was signed with a key, as RFC 8292 has it."""
    authorization = arrival.headers["authorization"]
    named = re.search(r"k=([\w-]+)", authorization)
    return named is not None and named[1] == public_key and bool(Vapid.verify(authorization))


@contextmanager
def running_push_service() -> Iterator[PushService]:
    """Run a push service while the block lasts."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.arrivals.append(Arrival(self.path, headers, body))
            status, more = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
