"""Five thousand people invited in one go: read, checked, stored and put into the outbox."""

import logging
import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors, services
from accounts.models import InvitationBatch, Organization, Role
from accounts.rosters import MOST, Roster, read_file
from procurement.core import tenancy
from tests.bench.submits import database
from tests.factories.accounts import NOW, actor_of, make_group, make_member, make_organization

GROUPS = 200


def run() -> None:
    """Measure each step once, as a person meets it, and print a table."""
    logging.disable(logging.WARNING)
    with database():
        print(f"\n{MOST:,} invitations of a file: in s, and SQL queries")
        for name, spent, queries in _measured(make_organization("Bench Invitations")):
            print(f"{name:<44}{spent:>9.2f} ({queries:>4})")


def _measured(organization: Organization) -> Iterator[tuple[str, float, int]]:
    kept: list[Roster] = []
    spent, _ = _timed(lambda: kept.append(read_file(_file())))
    yield "read the file", spent, 0
    (roster,) = kept
    with tenancy.scope(organization.id):
        root = selectors.root_group()
        for number in range(GROUPS):
            make_group(organization, root, f"Team {number}")
        adam = actor_of(make_member(organization, root, "Adam", Role.ADMINISTRATOR))
        batches: list[InvitationBatch] = []
        yield (
            "check every line, and store what becomes of it",
            *_timed(
                lambda: batches.append(
                    services.check_invitations(
                        actor=adam,
                        roster=roster,
                        source="people.csv",
                        group=root,
                        role=Role.REQUISITIONER,
                        now=NOW,
                    )
                )
            ),
        )
        (batch,) = batches
        services.send_invitations(actor=adam, batch=batch, now=NOW)

    def send() -> None:
        has_more = True
        while has_more:
            with tenancy.scope(organization.id):
                has_more = services.invite_next(batch_id=batch.id, now=NOW)

    yield "invite everybody, in steps of 200", *_timed(send)


def _file() -> bytes:
    lines = ["Email,Name,Group,Role,Manager"]
    for number in range(MOST):
        manager = f"person{number // 10}@example.com" if number else ""
        own = f"person{number}@example.com,Person {number},Team {number % GROUPS}"
        lines.append(f"{own},Requisitioner,{manager}")
    return "\r\n".join(lines).encode()


def _timed(work: Callable[[], None]) -> tuple[float, int]:
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        work()
        spent = time.perf_counter() - start
    return spent, len(queries)
