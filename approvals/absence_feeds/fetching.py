"""Fetching a calendar from an address that somebody has typed in.

The address is a stranger's, and the request comes from within our own network, so it reaches the
public internet alone (`procurement.core.outbound`), after a redirect, too. Size and time are
bounded.
"""

import time
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings

from procurement.core import outbound

MOST_BYTES = 2_000_000
_TIMEOUT = 10.0
_WHOLE_TIME = 30.0
_MOST_REDIRECTS = 3
_CHUNK = 65_536
_LONGEST_URL = 2_000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HEADERS = {"Accept": "text/calendar, text/plain;q=0.5", "User-Agent": "procurement"}


class FeedUnreachable(Exception):
    """The address cannot be fetched, with a sentence that says why."""


def fetch(url: str) -> str:
    """Return what stands at an address, as text. Raises `FeedUnreachable`. No SQL."""
    deadline = time.monotonic() + _WHOLE_TIME
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            body, location = _get(url, deadline)
            if not location:
                return body.decode("utf-8-sig", errors="replace")
            url = urljoin(url, location)
    except outbound.AddressRefusedError as error:
        raise FeedUnreachable(str(error)) from error
    except (OSError, requests.RequestException, ValueError) as error:
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
    if parts.scheme != "https" and not _within(url):
        raise FeedUnreachable("The address has to begin with https://.")
    if not parts.hostname:
        raise FeedUnreachable("This is not an address of a calendar.")
    if parts.username is not None or parts.password is not None:
        raise FeedUnreachable("Leave a name and password out of the address.")


def _get(url: str, deadline: float) -> tuple[bytes, str]:
    """Return what an address answers, or where it leads on to."""
    check_address(url)
    within = _within(url)
    outbound.check_address(url, within=within)
    with (
        outbound.guarded_session(within=within) as session,
        session.get(url, headers=_HEADERS, timeout=_TIMEOUT, stream=True) as answer,
    ):
        if answer.is_redirect:
            return b"", answer.headers["Location"]
        if answer.status_code != requests.codes.ok:
            raise FeedUnreachable(f"The calendar's server answers {answer.status_code}.")
        return _read(answer, deadline), ""


def _read(answer: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise FeedUnreachable("The calendar is larger than 2 MB.")
        if time.monotonic() > deadline:
            raise FeedUnreachable("The calendar's server takes too long.")
    return bytes(body)


def _within(url: str) -> tuple[str, ...]:
    """Return the origin of an address of the suite's own server; nothing outside it sets this."""
    parts = urlsplit(url)
    if settings.ABSENCE_FEEDS_FROM_LOOPBACK and parts.hostname in _LOOPBACK:
        return (f"{parts.scheme}://{parts.netloc}",)
    return ()
