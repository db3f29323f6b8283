"""``manage.py seed_demo``: the demo's organizations, people, catalog, budgets and purchases."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.core.clock import now
from procurement.core.errors import DomainError
from procurement.demo.services import Seeded, seed
from procurement.orders.history.source import UnreadableSource
from procurement.orders.management.commands.replay import progress


class Command(BaseCommand):
    """Seeds the demo; what is there already stays as it is."""

    help = (
        "Make the demo: Northwind Works with 40 groups, 120 people and two years of purchases, and "
        "a small neighbour, Contoso Labs. Running it again changes nothing. --history loads a "
        "purchase history of one's own instead of the invented one, as manage.py replay would. "
        "Exit code 1 when that file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the history."""
        parser.add_argument(
            "--history", type=Path, metavar="FILE", help="CSV or .csv.gz to load instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and say what was made."""
        started = time.monotonic()
        history = Path(options["history"]) if options["history"] else None
        try:
            seeded = seed(history=history, now=now(), steps=progress)
        except (UnreadableSource, DomainError) as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"{_told(seeded)} ({time.monotonic() - started:.1f} s)")


def _told(seeded: Seeded) -> str:
    report = seeded.history
    if report is None or report.is_known:
        return f"The demo is there: {seeded.organization.name} at /{seeded.organization.slug}/"
    return (
        f"Seeded {seeded.organization.name} at /{seeded.organization.slug}/ with {report.rows:,} "
        f"purchase lines in {report.orders:,} orders"
        + (f", {report.rejected:,} rows rejected" if report.rejected else "")
    )
