"""The storm at full size: 200 groups four deep, kills all the while; how long did calls take?

``make bench ARGS="storm --connections 64"``; ``--orders`` for fewer than 10,000.
"""

import logging
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from django.db import connection

from tests.bench.submits import database
from tests.concurrency.aftermath import faults, outcomes
from tests.concurrency.storm import Storm, Weather, unleash
from tests.factories.estates import Estate, fill_carts, make_estate

AREAS = 18
TEAMS = 10  # of each area: with the areas and those above them, some two hundred groups
WORTH = 260  # about the average of an order


def run(*, connections: int, orders: int) -> None:
    """Let a storm pass, and print what it was like and whether the books hold; raises if not."""
    logging.disable(logging.WARNING)
    with database(), tempfile.TemporaryDirectory() as folder:
        # Room for most of them: three quarters of what all orders of a team come to.
        cap = Decimal(WORTH * orders // (AREAS * TEAMS) * 3 // 4 + 500)
        estate = make_estate("Storm", areas=AREAS, teams=TEAMS, cap=cap)
        carts = fill_carts(estate, orders, seed=1)
        weather = unleash(
            Storm(
                database=str(connection.settings_dict["NAME"]),
                organization_id=estate.organization_id,
                requester=estate.requester,
                supervisor=estate.supervisor,
                carts=carts,
                workers=connections,
                folder=Path(folder),
                orders_between_kills=25,
            )
        )
        _print(estate, weather, connections, orders)
        found = [*weather.errors, *faults(estate)]
        print("\n".join(found) or "counters = ledger = orders; no cap broken, nothing orphaned")
    if found:
        raise RuntimeError(f"{len(found)} things do not hold after the storm.")


def _print(estate: Estate, weather: Weather, connections: int, orders: int) -> None:
    print(
        f"\nStorm: {orders:,} orders on {connections} connections in {weather.seconds:.0f} s, "
        f"{weather.killed} processes killed, {weather.ended} sessions ended in mid-transaction"
    )
    print("  " + ", ".join(f"{count} {status}" for status, count in outcomes(estate).items()))
    for call, times in weather.waits.items():
        if times:
            print(f"  {call.name.lower():<10} {_spread(times)}")
    print(
        f"  longest wait for a lock {weather.longest_lock:.2f} s, longest call "
        f"{weather.longest:.2f} s"
    )


def _spread(times: Sequence[float]) -> str:
    """Return how long calls took: half, most, nearly all and the longest of them, in seconds."""
    shares = (50, 95, 99)
    parts = [f"{share} % within {times[len(times) * share // 100]:.2f} s" for share in shares]
    return ", ".join([*parts, f"longest {times[-1]:.2f} s"])
