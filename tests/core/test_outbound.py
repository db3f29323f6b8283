"""Nothing is sent into our own network because somebody has named an address there."""

import socket
from collections.abc import Iterator
from unittest.mock import patch

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from procurement.core.outbound import (
    AddressRefusedError,
    check_address,
    guarded_session,
    is_public,
)

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "240.0.0.1",
    "fd00:ec2::254",
    "no address",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "142.250.74.42", "2606:4700::1111"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fd00::/8"))
def test_no_private_address_is_public(address: object) -> None:
    assert not is_public(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://1.1.1.1/x",
        "ftp://1.1.1.1/x",
        "https://",
        "https://user:word@1.1.1.1/x",
        "https://1.1.1.1:99999/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://localhost/x",
        "//1.1.1.1/x",
        "",
    ],
)
def test_an_address_that_is_not_ours_to_ask_is_refused(url: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_address(url)


def test_an_address_of_the_internet_is_let_through() -> None:
    check_address("https://1.1.1.1/send/abc")
    check_address("https://1.1.1.1:8443/send/abc")


def test_only_the_suite_lets_origins_within_through() -> None:
    check_address("http://127.0.0.1:8001/x", within=["http://127.0.0.1:8001"])
    for other in ("http://127.0.0.1:80012/x", "http://127.0.0.1/x", "https://127.0.0.1:8001/x"):
        with pytest.raises(AddressRefusedError):
            check_address(other, within=["http://127.0.0.1:8001"])


@pytest.fixture
def inside() -> Iterator[tuple[int, list[object]]]:
    """Listen on the loopback interface, as a service of our own network would."""
    met: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server.getsockname()[1], met
        try:
            met.append(server.accept())
        except TimeoutError:
            return
        pytest.fail("A connection was opened into our own network.")


def test_a_name_that_leads_elsewhere_the_second_time_is_not_connected_to(
    inside: tuple[int, list[object]],
) -> None:
    """A name that was public when it was checked may lead inside when it is asked for."""
    port, _ = inside
    entry = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    with (
        patch.object(socket, "getaddrinfo", return_value=entry),
        guarded_session() as session,
        pytest.raises(requests.RequestException, match="not on the public internet"),
    ):
        session.post(f"https://push.example:{port}/x", timeout=2)


def test_nothing_is_asked_for_without_encryption() -> None:
    with guarded_session() as session, pytest.raises(requests.RequestException):
        session.get("http://127.0.0.1:9/x", timeout=2)
