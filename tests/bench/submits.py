"""Submits per second, through the services and over HTTP, against the same rows by bare psycopg.

The bare loop sends the very INSERT and UPDATE statements of a submit, prepared, with fresh keys, in
one transaction each: the database's share of the work and nothing else.
"""

import logging
import multiprocessing
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any
from unittest.mock import patch
from uuid import UUID

import psycopg
from django.db import connection, connections

from accounts.actors import MemberActor
from procurement.core import tenancy
from procurement.core.ids import new_id
from procurement.orders import selectors, services
from procurement.orders.models import Requisition, RequisitionLine
from tests.bench import served
from tests.bench.served import Door
from tests.factories.accounts import NOW
from tests.factories.orders import Market, make_market

_LINES = (("drill", 1), ("glasses", 2), ("tablet", 1))
_WARM = (
    10  # submits of each connection before the clock starts: as in a server that has run a while
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Draft:
    """A cart ready to be submitted, with what a worker needs to do so."""

    organization_id: UUID
    actor: MemberActor
    requisition_id: UUID
    line_ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Template:
    """The statements of one submit, to be repeated for other drafts with fresh keys."""

    draft: Draft
    statements: tuple[tuple[str, tuple[Any, ...] | dict[str, Any]], ...]
    fresh: frozenset[UUID]


def run(*, connections: int, submits: int, tenants: int) -> None:
    """Measure hot and cold, and print a table."""
    logging.disable(logging.WARNING)
    with database():
        hot = make_market("Hot", cap="100000000.00")
        print(f"PostgreSQL {_server_version()}, {os.cpu_count()} cores, {connections} connections")
        _print_round_trips(hot)
        _measure("hot: one tenant, one root budget", [hot], connections, submits)
        cold = [make_market(f"Cold {n}", cap="100000000.00") for n in range(tenants)]
        _measure(f"cold: {tenants} tenants", cold, connections, submits)


def _measure(title: str, markets: Sequence[Market], workers: int, submits: int) -> None:
    templates = {market.organization.id: _record(market) for market in markets}
    doors = {market.organization.id: served.door_of(market) for market in markets}

    def rate(work: Callable[..., None], *arguments: Any) -> float:
        return _rate(work, _shares(markets, workers, submits + _WARM), workers, arguments)

    rates = {
        "bare pipeline": rate(_replay_piped, templates),
        "bare loop": rate(_replay_all, templates),
        "service layer": rate(_submit_all),
    }
    with served.serving(workers) as port:
        rates["API over HTTP"] = rate(_knock_all, served.submit_by_api, port, doors)
        rates["page over HTTP"] = rate(_knock_all, served.submit_by_page, port, doors)
    print(f"\n{title}")
    for name, found in rates.items():
        share = found / rates["bare pipeline"]
        print(f"  {name:<14} {found:>8.1f} submits/s   {share:.2f} of the bare pipeline")


def _print_round_trips(market: Market) -> None:
    drafts = _drafts(market, 12)
    for draft in drafts[:9]:
        submit(draft)
    own = _round_trips(lambda: submit(drafts[9]))
    for _ in range(7):
        _preview(drafts[10])
    preview = _round_trips(lambda: _preview(drafts[10]))
    print(f"round trips: submit {own}, preview {preview} (BEGIN, tenant and COMMIT included)")


def _round_trips(work: Callable[[], None]) -> int:
    """Count how often the server told that it is ready for more, from libpq's own trace."""
    connection.ensure_connection()
    raw = connection.connection.pgconn
    with tempfile.TemporaryFile() as trace:
        raw.trace(trace.fileno())
        try:
            work()
        finally:
            raw.untrace()
        trace.seek(0)
        return trace.read().count(b"ReadyForQuery")


def submit(draft: Draft) -> None:
    """Submit a cart as a person does; raises where it does not wait for approval."""
    with tenancy.scope(draft.organization_id):
        verdict = services.submit_requisition(
            actor=draft.actor, requisition_id=draft.requisition_id, now=NOW
        )
    if verdict.outcome is not services.SubmitOutcome.SUBMITTED:
        raise RuntimeError(f"The submit answered {verdict.outcome}.")


def _preview(draft: Draft) -> None:
    with tenancy.scope(draft.organization_id):
        content = selectors.draft_of(draft.actor, draft.requisition_id)
        selectors.preview(draft.actor, content, now=NOW)


def _drafts(market: Market, number: int) -> list[Draft]:
    return drafts_of(market, number, _LINES)


def drafts_of(market: Market, number: int, content: Sequence[tuple[str, int]]) -> list[Draft]:
    """Fill carts, all alike, without going through the cart's own service for each."""
    with market.scope():
        actor = market.actor("Alice")
        made: list[Draft] = []
        requisitions, lines = [], []
        for _ in range(number):
            requisition = Requisition(
                organization_id=actor.organization_id,
                number=f"B-{new_id().hex[-18:]}",
                group=market.groups["Field Service"],
                requester_id=actor.membership_id,
                currency="USD",
                created_at=NOW,
                touched_at=NOW,
            )
            own = [
                _line(requisition, market, name, quantity, position)
                for position, (name, quantity) in enumerate(content, start=1)
            ]
            requisitions.append(requisition)
            lines += own
            ids = tuple(line.id for line in own)
            made.append(Draft(actor.organization_id, actor, requisition.id, ids))
        Requisition.objects.bulk_create(requisitions)
        RequisitionLine.objects.bulk_create(lines)
    return made


def _line(
    requisition: Requisition, market: Market, name: str, quantity: int, position: int
) -> RequisitionLine:
    item = market.items[name]
    return RequisitionLine(
        organization_id=requisition.organization_id,
        requisition=requisition,
        position=position,
        item=item,
        supplier_id=item.supplier_id,
        category_id=item.category_id,
        title=item.title,
        sku=item.sku,
        unit=item.unit,
        quantity=Decimal(quantity),
        unit_price=item.price,
        amount=item.price * quantity,
    )


def _shares(markets: Sequence[Market], workers: int, submits: int) -> list[list[Draft]]:
    """Return each worker's drafts; tenants take turns."""
    per_market = -(-workers * submits // len(markets))
    by_market = [_drafts(market, per_market) for market in markets]
    turns = [draft for turn in zip(*by_market, strict=True) for draft in turn]
    return [turns[worker::workers][:submits] for worker in range(workers)]


def _rate(
    work: Callable[..., None],
    shares: list[list[Draft]],
    workers: int,
    arguments: tuple[Any, ...],
) -> float:
    """Return how many drafts a second the workers get done together, each with a process."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(workers + 1)
    processes = [
        context.Process(target=_work, args=(work, share, barrier, arguments)) for share in shares
    ]
    for process in processes:
        process.start()
    barrier.wait()
    started = time.perf_counter()
    for process in processes:
        process.join()
    elapsed = time.perf_counter() - started
    if any(process.exitcode for process in processes):
        raise RuntimeError("A worker of the benchmark failed; its error stands above.")
    return sum(len(share) - _WARM for share in shares) / elapsed


def _work(
    work: Callable[..., None], share: list[Draft], barrier: Any, arguments: tuple[Any, ...]
) -> None:
    connection.ensure_connection()
    work(share[:_WARM], *arguments)
    barrier.wait()
    work(share[_WARM:], *arguments)


def _knock_all(
    share: list[Draft],
    knock: Callable[[HTTPConnection, Door, UUID], None],
    port: int,
    doors: dict[UUID, Door],
) -> None:
    server = HTTPConnection(served.HOST, port, timeout=60)
    for draft in share:
        knock(server, doors[draft.organization_id], draft.requisition_id)


def _submit_all(share: list[Draft]) -> None:
    for draft in share:
        submit(draft)


def _record(market: Market) -> Template:
    """Submit one draft and keep the statements that wrote its rows."""
    (draft,) = _drafts(market, 1)
    time.sleep(0.01)
    first_key = new_id()
    seen: list[tuple[str, Any]] = []
    execute = psycopg.Cursor.execute

    def recording(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        if isinstance(query, str) and re.match(r"\s*(INSERT|UPDATE|WITH held)", query):
            seen.append((query, dict(params) if isinstance(params, dict) else tuple(params)))
        return execute(cursor, query, params, **options)

    with patch.object(psycopg.Cursor, "execute", recording):
        submit(draft)
    found: set[UUID] = set()
    for _, params in seen:
        _collect(params, found)
    fresh = frozenset(key for key in found if key.version == 7 and key > first_key)
    return Template(draft, tuple(seen), fresh)


def _collect(value: Any, found: set[UUID]) -> None:
    if isinstance(value, UUID):
        found.add(value)
    elif isinstance(value, dict):
        for part in value.values():
            _collect(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _collect(part, found)


def _statements(template: Template, draft: Draft) -> Iterator[tuple[str, Any]]:
    keys: dict[UUID, UUID] = {key: new_id() for key in template.fresh}
    keys[template.draft.requisition_id] = draft.requisition_id
    keys.update(zip(template.draft.line_ids, draft.line_ids, strict=True))
    for statement, params in template.statements:
        yield statement, _with_keys(params, keys)


def _with_keys(value: Any, keys: dict[UUID, UUID]) -> Any:
    if isinstance(value, UUID):
        return keys.get(value, value)
    if isinstance(value, dict):
        return {name: _with_keys(part, keys) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_with_keys(part, keys) for part in value)
    if isinstance(value, psycopg.Binary):
        return psycopg.Binary(os.urandom(len(value.obj)))  # digests, of which some are unique
    if isinstance(value, str) and _UUID.search(value):
        return _UUID.sub(lambda found: str(keys.get(UUID(found[0]), found[0])), value)
    return value


def _replay_all(share: list[Draft], templates: dict[UUID, Template]) -> None:
    raw: psycopg.Connection[Any] = connection.connection
    raw.autocommit = True
    cursor = psycopg.Cursor(raw)
    for draft in share:
        with raw.transaction():
            _replay(cursor, draft, templates)


def _replay_piped(share: list[Draft], templates: dict[UUID, Template]) -> None:
    raw: psycopg.Connection[Any] = connection.connection
    raw.autocommit = True
    cursor = psycopg.Cursor(raw)
    for draft in share:
        with raw.pipeline(), raw.transaction():
            _replay(cursor, draft, templates)


def _replay(cursor: "psycopg.Cursor[Any]", draft: Draft, templates: dict[UUID, Template]) -> None:
    scope = [tenancy.VARIABLE, str(draft.organization_id)]
    cursor.execute("SELECT set_config(%s, %s, true)", scope, prepare=True)
    for statement, params in _statements(templates[draft.organization_id], draft):
        cursor.execute(statement, params, prepare=True)


@contextmanager
def database() -> Iterator[None]:
    """Make a database for the benchmark alone, and drop it afterwards."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(name, verbosity=0)


def _server_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])
