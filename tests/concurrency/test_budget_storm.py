"""Processes killed and sessions ended in the middle of everything leave the books exact.

`make bench ARGS="storm --connections 64"` is the same at full size: 10,000 orders, 200 groups.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from tests.concurrency.aftermath import faults, outcomes
from tests.concurrency.storm import Storm, unleash
from tests.factories.estates import fill_carts, make_estate

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database,
    pytest.mark.concurrency,
]

LONGEST_WAIT = 5.0  # seconds


def test_a_storm_of_orders_with_kills_leaves_exact_books_and_nobody_waits_long(
    tmp_path: Path,
) -> None:
    estate = make_estate("Stormy", areas=2, teams=4, cap=Decimal(2_500))
    carts = fill_carts(estate, 120, seed=7)
    weather = unleash(
        Storm(
            database=str(connection.settings_dict["NAME"]),
            organization_id=estate.organization_id,
            requester=estate.requester,
            supervisor=estate.supervisor,
            carts=carts,
            workers=8,
            folder=tmp_path,
            orders_between_kills=10,
            seed=7,
        )
    )
    assert not weather.errors, weather.errors[0]
    assert faults(estate) == []
    ended_as = outcomes(estate)
    assert {"DRAFT", "PENDING", "PLACED", "REJECTED", "CANCELLED"} <= ended_as.keys(), ended_as
    assert weather.killed >= 10
    assert weather.ended >= 5
    assert weather.longest_lock < LONGEST_WAIT
