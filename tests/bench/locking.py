"""Ways to hold a chain of budgets to its caps under load: what each costs, hot and cold.

A transaction writes twelve rows, as a submit does, and moves four counters with a ledger line each.
Hot, the upper two of them are everybody's; cold, each connection has a chain of its own. All ways
work on the same prototype tables. A pause before the commit stands for a disk that has to be
waited for while the locks are held; the benchmark's own server does not wait for one.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection, connections

CONNECTIONS = (1, 4, 16)
SHARDS = 8
LEVELS = 4
SHARED = 2
AMOUNT = 1

_PATH = "SET search_path TO bench_locking"
_TABLES = """
CREATE TABLE bench_period (id uuid PRIMARY KEY, cap numeric NOT NULL, used numeric NOT NULL,
    entries int NOT NULL);
CREATE TABLE bench_entry (period_id uuid, number int, amount numeric, used_after numeric,
    PRIMARY KEY (period_id, number));
CREATE TABLE bench_row (id uuid PRIMARY KEY, words text);
ALTER TABLE bench_period SET (fillfactor = 50);
"""

_ORDERED = """
WITH locked AS (
    SELECT id, used + %(amount)s <= cap AS fits FROM bench_period
    WHERE id = ANY(%(periods)s) ORDER BY id FOR NO KEY UPDATE
), moved AS (
    UPDATE bench_period p SET used = used + %(amount)s, entries = entries + 1
    FROM (SELECT bool_and(fits) AS fits FROM locked) v
    WHERE v.fits AND p.id = ANY(%(periods)s) RETURNING p.id, p.entries, p.used
)
INSERT INTO bench_entry SELECT id, entries, %(amount)s, used FROM moved
"""
_PLAIN = """
WITH moved AS (
    UPDATE bench_period p SET used = used + %(amount)s, entries = entries + 1
    WHERE p.id = ANY(%(periods)s) AND used + %(amount)s <= cap RETURNING p.id, p.entries, p.used
)
INSERT INTO bench_entry SELECT id, entries, %(amount)s, used FROM moved
"""
_LOCK = "SELECT 1 FROM bench_period WHERE id = ANY(%(periods)s) ORDER BY id FOR NO KEY UPDATE"
_ADVISORY = "SELECT pg_advisory_xact_lock(hashtextextended(%(top)s, 0))"
_ROW = "INSERT INTO bench_row VALUES (%s, 'a dozen rows of an order, its request and its mail')"
_ROWS = 12


@dataclass(frozen=True)
class Way:
    """One way to reserve: what runs before the other rows, and what after them."""

    name: str
    first: str
    last: str
    is_sharded: bool = False


WAYS = (
    Way("ordered locks, last, one statement", "", _ORDERED),
    Way("conditional UPDATE, no order", "", _PLAIN),
    Way("ordered locks, taken first", _LOCK, _ORDERED),
    Way("advisory lock of the root, last", "", f"{_ADVISORY};{_PLAIN}"),
    Way(f"upper levels in {SHARDS} shards", "", _ORDERED, is_sharded=True),
)


@dataclass(frozen=True)
class Run:
    """How fast it went: transactions a second, the slowest hundredth, and how many deadlocks."""

    rate: float
    slowest: float
    deadlocks: int


def run(*, seconds: float = 2.0) -> None:
    """Measure every way, and print tables of transactions a second."""
    with _schema():
        for pause in (0.0, 0.002):
            print(
                f"\nReserving on {LEVELS} budgets, {pause * 1_000:g} ms of disk at commit: "
                "transactions/s (99 % within ms; deadlocks)"
            )
            print(f"{'':38}" + "".join(f"{f'{n} conn.':>20}" for n in CONNECTIONS))
            for is_hot in (True, False):
                for way in WAYS:
                    runs = [_measure(way, n, seconds, pause, is_hot=is_hot) for n in CONNECTIONS]
                    cells = (
                        f"{one.rate:>8.0f} ({one.slowest * 1_000:.0f}; {one.deadlocks})"
                        for one in runs
                    )
                    title = f"{'hot' if is_hot else 'cold'}: {way.name}"
                    print(f"{title:<42}" + "".join(f"{cell:>20}" for cell in cells))


@contextmanager
def _schema() -> Iterator[None]:
    """Make the tables in a schema of their own, and drop it afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bench_locking CASCADE; CREATE SCHEMA bench_locking")
        cursor.execute(_PATH)
        cursor.execute(_TABLES)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA bench_locking CASCADE")
        connections.close_all()


def _measure(way: Way, workers: int, seconds: float, pause: float, *, is_hot: bool) -> Run:
    chains = _chains(way, workers, is_hot=is_hot)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    barrier = context.Barrier(workers)
    processes = [
        context.Process(target=_work, args=(way, chain, seconds, pause, barrier, results))
        for chain in chains
    ]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    times = sorted(one for times, _ in found for one in times)
    return Run(
        rate=len(times) / seconds,
        slowest=times[len(times) * 99 // 100] if times else 0.0,
        deadlocks=sum(deadlocks for _, deadlocks in found),
    )


def _chains(way: Way, workers: int, *, is_hot: bool) -> list[list[list[UUID]]]:
    """Return, for each worker, its levels; a level has several periods where it is sharded."""

    def level(width: int) -> list[UUID]:
        return [uuid4() for _ in range(width)]

    width = SHARDS if way.is_sharded else 1
    top = [level(width) for _ in range(SHARED)]
    chains = [
        [
            *(top if is_hot else [level(width) for _ in range(SHARED)]),
            *(level(1) for _ in range(LEVELS - SHARED)),
        ]
        for _ in range(workers)
    ]
    ids = {one for chain in chains for periods in chain for one in periods}
    with connection.cursor() as cursor:
        cursor.execute(_PATH)
        cursor.execute("TRUNCATE bench_period, bench_entry, bench_row")
        cursor.executemany(
            "INSERT INTO bench_period VALUES (%s, 1000000000, 0, 0)", [(one,) for one in ids]
        )
    return chains


def _work(
    way: Way,
    chain: list[list[UUID]],
    seconds: float,
    pause: float,
    barrier: Any,
    results: Any,
) -> None:
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    raw.autocommit = True
    raw.execute(_PATH)
    times: list[float] = []
    deadlocks = 0
    chance = random.Random(os.getpid())
    barrier.wait()
    end = time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        periods = [chance.choice(level) for level in chain]
        chance.shuffle(periods)
        try:
            _transact(raw, way, periods, str(chain[0][0]), pause)
        except psycopg.errors.DeadlockDetected:
            deadlocks += 1
        else:
            times.append(time.perf_counter() - started)
    results.put((times, deadlocks))


def _transact(
    raw: "psycopg.Connection[Any]", way: Way, periods: list[UUID], top: str, pause: float
) -> None:
    parameters = {"periods": periods, "amount": AMOUNT, "top": top}
    with raw.transaction():
        with raw.pipeline():
            run_one: Callable[..., Any] = psycopg.Cursor(raw).execute
            if way.first:
                run_one(way.first, parameters, prepare=True)
            for _ in range(_ROWS):
                run_one(_ROW, [uuid4()], prepare=True)
            for statement in way.last.split(";"):
                run_one(statement, parameters, prepare=True)
        # A submit reads the verdict before it commits.
        time.sleep(pause)
