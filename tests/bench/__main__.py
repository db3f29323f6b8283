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

import django
from django.utils.module_loading import import_string

from procurement.core.embedded import lease

_LONG = ("storm", "growth", "pages")
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

    # The settings say where the services are, so these are started after them.
    django.setup()
    lease.hold()
    # The benchmarks need the apps, so they are loaded by name after them.
    import_string("tests.bench.running.run_all")(options, options.only or _ALL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
