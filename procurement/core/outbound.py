"""Requests to addresses that somebody else has named: a browser's push service, for instance.

Whoever names an address could name one of our own network. So it is asked for over HTTPS only, and
a connection is opened to none but public addresses: checked on the very address that is connected
to, since a name can lead elsewhere the second time it is looked up.
"""

import ipaddress
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.util.connection import create_connection

_HTTPS = 443


class AddressRefusedError(OSError):
    """An address that nothing is sent to; the message says why."""


def check_address(url: str, *, within: Collection[str] = ()) -> None:
    """Refuse an address that nothing may be sent to; raises `AddressRefusedError`.

    Looks the name up. ``within`` are origins that are let through whatever they are; the suite's.
    """
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" in within:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise AddressRefusedError("The address has to begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefusedError("The address must not hold a name or a password.")
    try:
        port = parts.port or _HTTPS
    except ValueError as error:
        raise AddressRefusedError("The address has a port that does not exist.") from error
    public_address(parts.hostname, port)


def public_address(host: str, port: int) -> str:
    """Return the address of a host, all of whose addresses are public; looks the name up.

    Raises `AddressRefusedError` where one of them is private, loopback, link-local or reserved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefusedError(f"{host} cannot be found.") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(map(is_public, addresses)):
        raise AddressRefusedError(f"{host} is not on the public internet.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet; fails closed."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if inner is not None:
            return is_public(str(inner))
        # Prefixes under which a gateway would carry it on to an address of the old internet.
        if any(parsed in network for network in _GATEWAYS):
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


# NAT64, its local-use prefix (RFC 8215), and Teredo.
_GATEWAYS = tuple(
    ipaddress.IPv6Network(prefix) for prefix in ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32")
)


def guarded_session(*, within: Collection[str] = ()) -> requests.Session:
    """Return an HTTP session that connects to public addresses only, and follows no redirect.

    Neither proxies nor passwords of the environment are used. ``within`` as for `check_address`.
    """
    session = _Session()
    session.trust_env = False
    session.mount("https://", _GuardedAdapter())
    session.adapters.pop("http://")
    for origin in within:
        session.mount(f"{origin}/", HTTPAdapter())
    return session


class _Session(requests.Session):
    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs["allow_redirects"] = False
        return super().request(*args, **kwargs)


class _GuardedConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        address = public_address(self._dns_host, self.port or _HTTPS)
        return create_connection(
            (address, self.port or _HTTPS),
            self.timeout,
            source_address=self.source_address,
            socket_options=self.socket_options,
        )


class _GuardedPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"https": _GuardedPool}
