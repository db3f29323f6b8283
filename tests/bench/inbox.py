"""The inbox with thousands of open requests, and decisions posted by many at once.

Everything goes through the pages, as people meet them. Ratios are of one run: the long inbox
against a short one, many connections against a single one.
"""

import logging
import multiprocessing
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import time_machine
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.models import StageSeat
from tests.bench import submits
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market

OPEN = 5_000
FEW = 50
CONNECTIONS = 16
_EACH = 12  # decisions of each connection
_LOOKS = 40
_LINES = (("drill", 3),)
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

Address = tuple[str, str]


def run(*, open_requests: int = OPEN) -> None:
    """Measure the lists and the decisions, and print a table of each."""
    logging.disable(logging.WARNING)
    with submits.database(), time_machine.travel(NOW, tick=True):
        market = make_market("Bench Inbox", cap="100000000.00")
        _fill(market, FEW)
        short = _lists(market)
        _fill(market, open_requests - FEW)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        long = _lists(market)
        _print_lists(short, long, open_requests)
        _print_decisions(market)


def _fill(market: Market, number: int) -> None:
    for draft in submits.drafts_of(market, number, _LINES):
        submits.submit(draft)


def _lists(market: Market) -> dict[str, tuple[int, list[float]]]:
    """Look at each list many times; return the queries of one look and the ms of all."""
    base = f"/{market.organization.slug}/approvals/"
    last = OPEN // 25
    looked = {
        "mine, the first page": ("Bob", base),
        "mine, the last page": ("Bob", f"{base}?page={last}"),
        "mine, a search": ("Bob", f"{base}?q=drill"),
        "my team's": ("Dana", f"{base}?show=team"),
        "delegated": ("Erin", f"{base}?show=delegated"),
    }
    found = {}
    for name, (who, address) in looked.items():
        client = _signed_in(market, who)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        found[name] = (len(queries), [_timed(client, address) for _ in range(_LOOKS)])
    return found


def _timed(client: Client, address: str, sent: dict[str, str] | None = None) -> float:
    started = time.perf_counter()
    answered = client.post(address, sent) if sent else client.get(address)
    spent = (time.perf_counter() - started) * 1000
    if answered.status_code not in (200, 302):
        raise RuntimeError(f"{address} answered {answered.status_code}.")
    return spent


def _print_lists(
    short: dict[str, tuple[int, list[float]]],
    long: dict[str, tuple[int, list[float]]],
    open_requests: int,
) -> None:
    print(f"\nThe inbox with {open_requests:,} open requests: in ms, ratio to {FEW}")
    print(f"{'':<24}{'queries':>8}{'median':>9}{'p95':>9}{'ratio':>9}")
    for name, (queries, spent) in long.items():
        ratio = median(spent) / median(short[name][1])
        print(f"{name:<24}{queries:>8}{median(spent):>9.1f}{_p95(spent):>9.1f}{ratio:>8.2f}×")


def _print_decisions(market: Market) -> None:
    waiting = _waiting(market, (CONNECTIONS + 1) * _EACH)
    alone = _decided(market, [waiting[:_EACH]])
    rest = waiting[_EACH:]
    shares = [rest[number::CONNECTIONS] for number in range(CONNECTIONS)]
    started = time.perf_counter()
    together = _decided(market, shares)
    elapsed = time.perf_counter() - started
    print("\nA decision by POST, until the order is placed: in ms")
    print(f"{'connections':<24}{'median':>9}{'p95':>9}{'ratio':>9}")
    for name, spent in (("1", alone), (str(CONNECTIONS), together)):
        ratio = _p95(spent) / _p95(alone)
        print(f"{name:<24}{median(spent):>9.1f}{_p95(spent):>9.1f}{ratio:>8.2f}×")
    print(f"{len(together) / elapsed:.1f} decisions a second, starting the processes included")


def _waiting(market: Market, number: int) -> list[Address]:
    """Return the addresses of requests that wait for Bob, each with the hash of its content."""
    with market.scope():
        seats = StageSeat.objects.filter(
            membership=market.people["Bob"], closed_at__isnull=True
        ).order_by("asked_at", "id")
        found = seats.values_list("request_id", "content_hash")[:number]
        base = f"/{market.organization.slug}/approvals/"
        return [(f"{base}{request_id}/", content_hash) for request_id, content_hash in found]


def _decided(market: Market, shares: Sequence[Sequence[Address]]) -> list[float]:
    """Decide each share in a process with a connection of its own; return the ms of each."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(len(shares)), context.Queue()
    processes = [
        context.Process(target=_decide, args=(market, share, barrier, answers)) for share in shares
    ]
    for process in processes:
        process.start()
    spent = [one for _ in processes for one in answers.get(timeout=300)]
    for process in processes:
        process.join()
    return spent


def _decide(market: Market, share: Sequence[Address], barrier: Any, answers: Any) -> None:
    client = _signed_in(market, "Bob")
    barrier.wait()
    answers.put(
        [
            _timed(
                client, path, {"decision": "APPROVE", "comment": "", "content_hash": content_hash}
            )
            for path, content_hash in share
        ]
    )


def _signed_in(market: Market, name: str) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(market.people[name].user, _BACKEND)
    return client


def _p95(spent: Sequence[float]) -> float:
    return sorted(spent)[len(spent) * 95 // 100]
