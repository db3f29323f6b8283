"""A storm of orders: many processes submit, decide and cancel, and are killed at any moment.

Each worker is a process with a connection of its own, since Python would otherwise take turns. What
it has done it writes into a file that all of them share as memory, which no kill can leave locked;
whoever takes its place goes on from there, and does again what was under way. Sessions are ended in
mid-transaction besides. `tests.concurrency.aftermath` says what must hold afterwards.
"""

import logging
import mmap
import multiprocessing
import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, InterfaceError, connection

from accounts.actors import MemberActor
from approvals import services as approvals
from approvals.models import StageSeat
from procurement.core import tenancy
from procurement.core.errors import Conflict
from procurement.orders import services as orders
from procurement.orders.models import Requisition
from tests.factories.accounts import NOW

PATIENCE = 900.0  # seconds until a storm counts as stuck
_PAUSE = 0.1  # looking at all locks makes those wait who take some

_END_ONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
ORDER BY random() LIMIT 1
"""
_LOCK_WAIT = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)
FROM pg_locks WHERE NOT granted
"""


class Call(IntEnum):
    """The calls of an order's way; each has a place of its own among the times."""

    SUBMIT = 0
    FOLLOW_UP = 1


@dataclass(frozen=True)
class Storm:
    """What the workers do: on which database, for whom, with which carts, and where they report.

    Whenever so many more orders are through, a process is killed and a session ended: by the work
    done, since on a slow machine killing by the clock would leave nobody the time to do any.
    """

    database: str
    organization_id: UUID
    requester: MemberActor
    supervisor: MemberActor
    carts: Sequence[UUID]
    workers: int
    folder: Path
    orders_between_kills: int
    seed: int = 1


@dataclass(frozen=True)
class Weather:
    """What a storm was like: seconds of each call, in rising order, and of the longest lock."""

    seconds: float
    waits: dict[Call, list[float]]
    longest_lock: float
    killed: int
    ended: int
    errors: Sequence[str]

    @property
    def longest(self) -> float:
        """Return how long the slowest call took from its start to its answer."""
        return max(max(times) for times in self.waits.values() if times)


class _Book:
    """The file in which workers keep how far they are and how long each call took."""

    def __init__(self, storm: Storm) -> None:
        self.is_timed = True
        self._path = storm.folder / "book"
        self._orders, self._workers = len(storm.carts), storm.workers
        if not self._path.exists():
            size = 8 * (len(Call) * self._orders + self._workers)
            self._path.write_bytes(bytes(size))
        with self._path.open("r+b") as file:
            self._memory = memoryview(mmap.mmap(file.fileno(), 0)).cast("d")

    def took(self, place: int, call: Call, seconds: float) -> None:
        slot = len(Call) * place + call
        if self.is_timed:
            self._memory[slot] = max(self._memory[slot], seconds)

    def times(self, call: Call) -> list[float]:
        found = self._memory[: len(Call) * self._orders].tolist()
        return sorted(seconds for seconds in found[call :: len(Call)] if seconds)

    def done_by(self, worker: int) -> int:
        return int(self._memory[len(Call) * self._orders + worker])

    def finish(self, worker: int) -> None:
        self._memory[len(Call) * self._orders + worker] += 1


def unleash(storm: Storm) -> Weather:
    """Run a storm to its end on the default database; opens no scope, needs no transaction."""
    connection.ensure_connection()
    book = _Book(storm)
    # Its children know Django already, and carry no thread or connection of this process along.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.concurrency.warmed", __name__])
    chance = random.Random(storm.seed)
    shares = [len(range(one, len(storm.carts), storm.workers)) for one in range(storm.workers)]

    def start(worker: int) -> Any:
        process = context.Process(target=_work, args=(storm, worker), daemon=True)
        process.start()
        return process

    started = time.perf_counter()
    crew = [start(worker) for worker in range(storm.workers)]
    killed = ended = 0
    longest_lock = 0.0
    while busy := [one for one in range(storm.workers) if book.done_by(one) < shares[one]]:
        longest_lock = max(longest_lock, float(_value(_LOCK_WAIT)))
        for worker in busy:
            if crew[worker].exitcode is not None and book.done_by(worker) < shares[worker]:
                if crew[worker].exitcode != -SIGKILL:
                    raise RuntimeError(f"A worker ended by itself: {_errors(storm)}")
                crew[worker] = start(worker)
        through = sum(book.done_by(worker) for worker in range(storm.workers))
        if through >= storm.orders_between_kills * (killed + 1):
            crew[chance.choice(busy)].kill()
            killed += 1
            ended += bool(_value(_END_ONE))
        if time.perf_counter() - started > PATIENCE:
            raise RuntimeError(f"{len(busy)} workers are stuck: {_errors(storm)}")
        time.sleep(_PAUSE)
    for process in crew:
        process.join()
    return Weather(
        seconds=time.perf_counter() - started,
        waits={call: book.times(call) for call in Call},
        longest_lock=longest_lock,
        killed=killed,
        ended=ended,
        errors=_errors(storm),
    )


def _value(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


def _errors(storm: Storm) -> list[str]:
    return [path.read_text() for path in sorted(storm.folder.glob("error-*"))]


def _work(storm: Storm, worker: int) -> None:
    """Do what is left of a worker's share."""
    logging.disable(logging.WARNING)
    connection.settings_dict["NAME"] = storm.database
    book = _Book(storm)
    share = range(worker, len(storm.carts), storm.workers)
    for order, place in enumerate(share[book.done_by(worker) :]):
        # In its first a process loads what others have had since they started.
        book.is_timed = order > 0
        try:
            _live_through(storm, book, place)
        except Exception:  # noqa: BLE001 – whatever it is, the test shows it
            (storm.folder / f"error-{place}").write_text(traceback.format_exc())
        book.finish(worker)
    connection.close()


def _live_through(storm: Storm, book: _Book, place: int) -> None:
    cart = storm.carts[place]
    chance = random.Random(storm.seed * 1_000_003 + place).random()
    _call(storm, book, place, Call.SUBMIT, lambda: _submit(storm, cart))
    if chance < 0.5:
        _call(storm, book, place, Call.FOLLOW_UP, lambda: _decide(storm, cart, "APPROVE"))
    elif chance < 0.65:
        _call(storm, book, place, Call.FOLLOW_UP, lambda: _decide(storm, cart, "REJECT"))
    elif chance < 0.85:
        _call(storm, book, place, Call.FOLLOW_UP, lambda: _cancel(storm, cart))


def _call(storm: Storm, book: _Book, place: int, call: Call, action: Callable[[], object]) -> None:
    """Make a call in a scope of its own, again where its session was ended meanwhile."""
    while True:
        started = time.perf_counter()
        try:
            with tenancy.scope(storm.organization_id):
                action()
        except (DatabaseError, InterfaceError) as error:
            if not _is_lost(error):
                raise
            connection.close()
        else:
            return
        finally:
            book.took(place, call, time.perf_counter() - started)


def _is_lost(error: DatabaseError | InterfaceError) -> bool:
    """Tell whether the session was ended; an error without a state is the client's own."""
    cause = error.__cause__
    return isinstance(cause, psycopg.Error) and (
        cause.sqlstate is None or isinstance(cause, psycopg.errors.AdminShutdown)
    )


def _submit(storm: Storm, cart: UUID) -> None:
    """Have Alice submit it; who died before its book was written finds it closed already."""
    try:
        orders.submit_requisition(actor=storm.requester, requisition_id=cart, now=NOW)
    except Conflict:
        closed = {Requisition.Status.REJECTED, Requisition.Status.CANCELLED}
        if Requisition.objects.values_list("status", flat=True).get(id=cart) not in closed:
            raise


def _decide(storm: Storm, cart: UUID, choice: str) -> None:
    """Have Bob decide where he is asked: not where it was refused, or needs nobody."""
    asked = StageSeat.objects.filter(
        request__subject_id=cart,
        membership_id=storm.supervisor.membership_id,
        asked_at__isnull=False,
        closed_at__isnull=True,
    ).select_related("request")
    for seat in asked:
        approvals.decide(
            actor=storm.supervisor,
            seat_id=seat.id,
            choice=choice,
            comment="Not this quarter." if choice == "REJECT" else "",
            content_hash=seat.request.content_hash,
            channel="APP",
            now=NOW,
        )


def _cancel(storm: Storm, cart: UUID) -> None:
    """Have Alice give it up; what is placed or cancelled already stays so."""
    try:
        orders.cancel_requisition(actor=storm.requester, requisition_id=cart, now=NOW)
    except Conflict:
        return
