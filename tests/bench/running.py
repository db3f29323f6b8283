"""Each benchmark with its options, in the order in which they run."""

from argparse import Namespace
from collections.abc import Callable, Collection

from tests.bench import (
    backtest,
    growth,
    hierarchy,
    inbox,
    invitations,
    locking,
    pages,
    routing,
    storm,
    submits,
    trees,
)


def run_all(options: Namespace, names: Collection[str]) -> None:
    """Measure and print those that are named."""
    benchmarks: dict[str, Callable[[], None]] = {
        "submits": lambda: submits.run(
            connections=options.connections, submits=options.submits, tenants=options.tenants
        ),
        "hierarchy": hierarchy.run,
        "trees": trees.run,
        "invitations": invitations.run,
        "backtest": backtest.run,
        "routing": routing.run,
        "inbox": inbox.run,
        "locking": locking.run,
        "growth": growth.run,
        "pages": pages.run,
        "storm": lambda: storm.run(connections=options.connections, orders=options.orders),
    }
    for name, run in benchmarks.items():
        if name in names:
            run()
