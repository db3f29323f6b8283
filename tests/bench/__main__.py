"""Run all benchmarks on a database of their own: ``make bench``."""

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
# A home beside the suite's, so that neither drops the other's database.
os.environ.setdefault(
    "PROCUREMENT_HOME", str(Path(__file__).resolve().parents[2] / ".local" / "bench")
)

from procurement.core.embedded import lease

_LONG = ("storm",)
_ALL = ("submits", "hierarchy", "trees", "invitations", "backtest", "routing", "inbox", "locking")


def main() -> int:
    """Measure and print; returns the process's exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--connections", type=int, default=4, help="parallel connections")
    parser.add_argument("--submits", type=int, default=200, help="submits of each connection")
    parser.add_argument("--tenants", type=int, default=24, help="tenants of the cold run")
    parser.add_argument("--orders", type=int, default=10_000, help="orders of the storm")
    parser.add_argument("only", nargs="*", choices=[*_ALL, *_LONG, []], help="measure these alone")
    options = parser.parse_args()
    only = options.only or _ALL

    import django  # noqa: PLC0415

    # The settings say where the services are, so these are started after them.
    django.setup()
    lease.hold()
    # They need the apps.
    from tests.bench import (  # noqa: PLC0415
        backtest,
        hierarchy,
        inbox,
        invitations,
        locking,
        routing,
        storm,
        submits,
        trees,
    )

    if "submits" in only:
        submits.run(
            connections=options.connections, submits=options.submits, tenants=options.tenants
        )
    if "hierarchy" in only:
        hierarchy.run()
    if "trees" in only:
        trees.run()
    if "invitations" in only:
        invitations.run()
    if "backtest" in only:
        backtest.run()
    if "routing" in only:
        routing.run()
    if "inbox" in only:
        inbox.run()
    if "locking" in only:
        locking.run()
    if "storm" in only:
        storm.run(connections=options.connections, orders=options.orders)
    return 0


if __name__ == "__main__":
    sys.exit(main())
