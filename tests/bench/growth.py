"""What people wait for while the ledger grows from a thousand lines to a million.

A thousand groups four levels deep; every order counts on four budgets, so a quarter of all lines
stand on the root's one period. Growth is even: as many lines on each level.
"""

import logging
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets import selectors, services
from budgets.fiscal import Period, PeriodKind, period_of
from budgets.models import BudgetPeriod, LedgerEntry
from budgets.services import HistoryPosting
from procurement.core import tenancy
from procurement.core.ids import new_id
from procurement.core.planner import count_anew
from procurement.orders import services as orders
from tests.bench.submits import database
from tests.factories.accounts import NOW, actor_of, system
from tests.factories.estates import Estate, fill_carts, make_estate

AREAS, TEAMS = 20, 49  # with Facilities, its own two groups and the root a thousand and some
SIZES = (1_000, 1_000_000)
SUBMITS = 60
_STEP = 50_000
_WITHIN = 1.5


def run() -> None:
    """Measure at both sizes, and print a table with how much longer each takes."""
    logging.disable(logging.WARNING)
    with database():
        estate = make_estate("Growing", areas=AREAS, teams=TEAMS, cap=Decimal(1_000_000))
        carts = iter(fill_carts(estate, SUBMITS * len(SIZES), seed=11))
        columns: list[dict[str, tuple[float, int]]] = []
        lines = 0
        for size in SIZES:
            _grow(estate, size - lines)
            lines = size
            count_anew(LedgerEntry, BudgetPeriod)
            columns.append(dict(_measured(estate, list(islice(carts, SUBMITS)))))
        print("\nA ledger that grows: median in ms, and SQL queries")
        print(f"{'':40}" + "".join(f"{size:>14,} lines" for size in SIZES) + "    longer by")
        for name, (before, _) in columns[0].items():
            cells = "".join(
                f"{spent:>15.2f} ({queries:>2})"
                for spent, queries in (column[name] for column in columns)
            )
            print(f"{name:<40}{cells}{columns[-1][name][0] / before:>11.2f}x (aim {_WITHIN})")


def _grow(estate: Estate, lines: int) -> None:
    """Post so many lines of history, a cent each, in turn on a team and all that is above it."""
    organization = estate.market.organization
    with tenancy.scope(organization.id):
        chains = _chains(estate)
        for first in range(0, lines, _STEP):
            postings = list(_postings(chains, first, min(_STEP, lines - first)))
            services.record_history(
                actor=system(organization),
                document_kind="IMPORTED",
                postings=postings,
                now=NOW,
            )


def _chains(estate: Estate) -> list[tuple[UUID, ...]]:
    """Return, for each team, the running periods of its budgets from the root down."""
    rows = BudgetPeriod.objects.filter(starts_on__lte=NOW.date(), ends_on__gte=NOW.date())
    of_group = dict(rows.values_list("budget__group_id", "id"))
    return [
        tuple(of_group[group] for group in team.path if group in of_group) for team in estate.teams
    ]


def _postings(
    chains: Sequence[tuple[UUID, ...]], first: int, lines: int
) -> Iterator[HistoryPosting]:
    depth = len(chains[0])
    for place in range(first, first + lines):
        chain = chains[place // depth % len(chains)]
        yield HistoryPosting(
            chain[place % depth], new_id(), f"S-{place}", NOW.date(), Decimal("0.01")
        )


def _measured(estate: Estate, carts: Sequence[UUID]) -> Iterator[tuple[str, tuple[float, int]]]:
    organization_id = estate.organization_id
    month: Period = period_of(PeriodKind.MONTH, NOW.date())  # as most groups have it
    with tenancy.scope(organization_id):
        dana = actor_of(estate.market.people["Dana"])
        busiest = BudgetPeriod.objects.order_by("-entries").values_list("id", flat=True)[0]
        covering = selectors.period_for(dana, busiest)
        paths = [team.path for team in estate.teams[:40]]
    waiting = iter(carts)

    def submit() -> None:
        verdict = orders.submit_requisition(
            actor=estate.requester, requisition_id=next(waiting), now=NOW
        )
        assert verdict.outcome != "REFUSED", verdict

    covered = iter([*paths] * 4)
    jobs: dict[str, tuple[Callable[[], Any], int]] = {
        "submit an order": (submit, len(carts) - 10),
        "what is left for an order": (
            lambda: selectors.covering(next(covered), NOW.date()),
            100,
        ),
        "meters of all groups": (lambda: selectors.budget_tree(dana, month), 15),
        "newest page of the busiest ledger": (
            lambda: list(selectors.ledger_of(covering)[:50]),
            30,
        ),
    }
    for name, (work, times) in jobs.items():
        yield name, _median(organization_id, work, times)


def _median(organization_id: UUID, work: Callable[[], Any], times: int) -> tuple[float, int]:
    """Return the median of some runs in ms, each a transaction, and the SQL queries of one."""
    for _ in range(8):  # until statements are prepared and caches are warm
        with tenancy.scope(organization_id), CaptureQueriesContext(connection) as queries:
            work()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        with tenancy.scope(organization_id):
            work()
        spent.append((time.perf_counter() - started) * 1_000)
    return statistics.median(spent), len(queries)
