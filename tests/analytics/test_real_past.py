"""A policy tried on 36 months of a large city's purchasing cards, against plain Python.

Contains information licensed under the Open Government Licence – Toronto.
"""

import csv
import gzip
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from accounts import selectors as accounts
from analytics import services, tasks
from analytics.backtesting.tally import findings
from analytics.filters import Source
from analytics.models import BacktestRun
from approvals.routing import Tier
from approvals.starting import starting_policy
from procurement.core import tenancy
from procurement.orders.history.replaying import Replay, Target, replay
from tests.factories.accounts import NOW, system
from tests.orders.history.files import shared_data, silent

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.data]

LIMIT = Decimal(250)


def totals_of(path: Path) -> dict[str, Decimal]:
    """Add up each order as anybody would who has nothing but the file."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            totals[row["statement_id"]] += Decimal(row["amount_cad"])
    return totals


def test_a_limit_of_250_changes_exactly_the_orders_between_both_limits() -> None:
    path = shared_data("toronto_pcard.csv.gz")
    replay(Replay(path, Target(slug="city", name="City")), now=NOW, steps=silent)
    city = accounts.organization_by_slug("city")
    assert city is not None
    typical = starting_policy(city.currency)
    looser = replace(typical, tiers=(Tier(LIMIT, ()), *typical.tiers[1:]))
    with tenancy.scope(city.id):
        run = services.start_backtest(
            actor=system(city),
            group=accounts.root_group(),
            document=looser,
            label="Automatic up to 250",
            first=date(2017, 1, 1),
            last=date(2019, 12, 31),
            sources=[Source.IMPORTED],
            now=NOW,
        )
    tasks.run_backtest(organization_id=str(city.id), run_id=str(run.id))
    with tenancy.scope(city.id):
        run.refresh_from_db()
        changes = list(run.changes.values_list("order_number", "before_outcome", "after_outcome"))
    totals = totals_of(path)
    between = {number for number, total in totals.items() if 100 < total <= LIMIT}
    assert run.status == BacktestRun.Status.DONE, run.failure
    assert len(between) > 1000
    assert {number for number, _, _ in changes} == between
    assert len(changes) == len(between)
    assert {(before, after) for _, before, after in changes} == {("ASKED", "AUTOMATIC")}
    found = findings(run.report)
    charged = sum(total > 0 for total in totals.values())
    assert (found.judged, found.refunds) == (charged, len(totals) - charged)
    asked_before = sum(1 if total <= 1000 else 2 for total in totals.values() if total > 100)
    assert found.approvals == (asked_before, asked_before - len(between))
