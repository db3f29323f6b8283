"""Fetching a calendar from an address that somebody has typed in.

The address is a stranger's, and the request comes from within our own network, so it may reach the
public internet alone: https, to an address that was resolved here, was looked at, and is the very
one that is connected to, after a redirect, too. Size and time are bounded.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

MOST_BYTES = 2_000_000
_TIMEOUT = 10.0
_WHOLE_TIME = 30.0
_MOST_REDIRECTS = 3
_CHUNK = 65_536
_LONGEST_URL = 2_000
# Addresses of version 6 that stand for one of version 4, which may be anywhere.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_OK, _REDIRECTS = 200, frozenset({301, 302, 303, 307, 308})

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FeedUnreachable(Exception):  # noqa: N818 – it reads as what happened
    """The address cannot be fetched, with a sentence that says why."""


def fetch(url: str) -> str:
    """Return what stands at an address, as text. Raises `FeedUnreachable`. No SQL."""
    deadline = time.monotonic() + _WHOLE_TIME
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            answer = _get(url, deadline)
            if answer.location is None:
                return answer.body.decode("utf-8-sig", errors="replace")
            url = urljoin(url, answer.location)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FeedUnreachable("The calendar's server does not answer as it should.") from error
    raise FeedUnreachable("The address leads on and on to others.")


def check_address(url: str) -> None:
    """Say at once what is wrong with an address, as far as it can be told without asking anybody.

    Raises `FeedUnreachable`.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise FeedUnreachable("This is not an address of a calendar.") from error
    if len(url) > _LONGEST_URL:
        raise FeedUnreachable("This address is too long.")
    if parts.scheme != "https" and not (_allows_loopback() and parts.scheme == "http"):
        raise FeedUnreachable("The address has to begin with https://.")
    if not parts.hostname:
        raise FeedUnreachable("This is not an address of a calendar.")
    if parts.username is not None or parts.password is not None:
        raise FeedUnreachable("Leave a name and password out of the address.")


def is_public(address: _Address) -> bool:
    """Tell whether an address belongs to the public internet, whatever it is written as."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    location: str | None


def _get(url: str, deadline: float) -> _Answer:
    check_address(url)
    parts = urlsplit(url)
    connection = _connection(parts, _resolved(parts))
    try:
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        headers = {
            "Accept": "text/calendar, text/plain;q=0.5",
            "User-Agent": "procurement",
        }
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        location = response.getheader("Location")
        if response.status in _REDIRECTS and location:
            return _Answer(b"", location)
        if response.status != _OK:
            raise FeedUnreachable(f"The calendar's server answers {response.status}.")
        return _Answer(_read(response, deadline), None)
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes:
    body = bytearray()
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise FeedUnreachable("The calendar is larger than 2 MB.")
        if time.monotonic() > deadline:
            raise FeedUnreachable("The calendar's server takes too long.")
    return bytes(body)


def _resolved(parts: SplitResult) -> str:
    """Return the one address to connect to; refuses a host any of whose addresses is within."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FeedUnreachable("There is no server of this name.") from error
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    allowed = _allows_loopback()
    for address in addresses:
        if not is_public(address) and not (allowed and address.is_loopback):
            raise FeedUnreachable("This address is not on the public internet.")
    return str(addresses[0])


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "https":
        return _PinnedHTTPS(host, port, address)
    return _Pinned(host, port, address)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked at, whatever the name leads to by now."""

    def __init__(self, host: str, port: int | None, address: str) -> None:
        super().__init__(host, port, timeout=_TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), _TIMEOUT)


class _PinnedHTTPS(_Pinned):
    """The same, with the certificate checked for the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _allows_loopback() -> bool:
    """Tell whether the suite's own server may be read; nothing in the environment sets this."""
    allows: bool = settings.ABSENCE_FEEDS_FROM_LOOPBACK
    return allows
