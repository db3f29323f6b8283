"""Fetching a calendar from an address that somebody has typed in.

`procurement.core.outbound` connects to the public internet alone, after a redirect, too; here,
redirects are followed one by one, and size and time are bounded.
"""

import time
from urllib.parse import urljoin, urlsplit

import requests
from django.conf import settings

from procurement.core.outbound import AddressRefusedError, guarded_session

MOST_BYTES = 2_000_000
_TIMEOUT = 10.0
_WHOLE_TIME = 30.0
_MOST_REDIRECTS = 3
_CHUNK = 65_536
_LONGEST_URL = 2_000
_OK, _REDIRECTS = 200, frozenset({301, 302, 303, 307, 308})


class FeedUnreachable(Exception):  # noqa: N818 – it reads as what happened
    """The address cannot be fetched, with a sentence that says why."""


def fetch(url: str) -> str:
    """Return what stands at an address, as text. Raises `FeedUnreachable`. No SQL."""
    deadline = time.monotonic() + _WHOLE_TIME
    try:
        with guarded_session(within=settings.ABSENCE_FEEDS_WITHIN) as session:
            for _ in range(_MOST_REDIRECTS + 1):
                check_address(url)
                with session.get(
                    url,
                    headers={"Accept": "text/calendar, text/plain;q=0.5"},
                    timeout=_TIMEOUT,
                    stream=True,
                ) as answer:
                    location = answer.headers.get("Location")
                    if answer.status_code not in _REDIRECTS or not location:
                        return _read(answer, deadline)
                    url = urljoin(url, location)
    except AddressRefusedError as error:
        raise FeedUnreachable(str(error)) from error
    except (OSError, ValueError) as error:
        refused = _refused(error)
        raise FeedUnreachable(
            str(refused) if refused else "The calendar's server does not answer as it should."
        ) from error
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
    is_allowed = f"{parts.scheme}://{parts.netloc}" in settings.ABSENCE_FEEDS_WITHIN
    if parts.scheme != "https" and not is_allowed:
        raise FeedUnreachable("The address has to begin with https://.")
    if not parts.hostname:
        raise FeedUnreachable("This is not an address of a calendar.")
    if parts.username is not None or parts.password is not None:
        raise FeedUnreachable("Leave a name and password out of the address.")


def _read(answer: requests.Response, deadline: float) -> str:
    if answer.status_code != _OK:
        raise FeedUnreachable(f"The calendar's server answers {answer.status_code}.")
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise FeedUnreachable("The calendar is larger than 2 MB.")
        if time.monotonic() > deadline:
            raise FeedUnreachable("The calendar's server takes too long.")
    return body.decode("utf-8-sig", errors="replace")


def _refused(error: BaseException) -> AddressRefusedError | None:
    """Return the refusal that a failed connection comes from, however deep it is wrapped."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, AddressRefusedError):
            return seen
        reason = getattr(next(iter(seen.args), None), "reason", None)
        found = reason if isinstance(reason, BaseException) else None
        seen = found or seen.__cause__ or seen.__context__
    return None
