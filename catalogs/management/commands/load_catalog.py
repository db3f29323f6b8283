"""``manage.py load_catalog``: bring a supplier's file of items into the catalog."""

import csv
import gzip
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.selectors import organization_by_slug
from catalogs import services
from catalogs.item_rows import Reject
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.core.errors import DomainError


class Command(BaseCommand):
    """Adds and changes items by supplier and SKU; takes nothing away."""

    help = (
        "Load items from a CSV file (plain or gzip) with a header: SKU, title, price and supplier, "
        "and where there are any brand, part number, category, currency, unit, lead days and "
        "description, under many names of columns. Suppliers and categories that are missing are "
        "added. Exit code 0 when the file was read, with rejected rows counted and written down; 1 "
        "when it cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and what stands in where its rows say nothing."""
        parser.add_argument("file", type=Path, help="the catalog, .csv or .csv.gz")
        parser.add_argument("--organization", required=True, metavar="SLUG", help="whose catalog")
        parser.add_argument("--supplier", default="", help="of rows that name none")
        parser.add_argument("--currency", default="", help="of rows that name none (ISO 4217)")
        parser.add_argument("--encoding", default="utf-8-sig")
        parser.add_argument("--separator", default=",")
        parser.add_argument(
            "--rejects", type=Path, metavar="FILE", help="where rejected rows are written, as CSV"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print what came of it."""
        organization = organization_by_slug(options["organization"])
        if organization is None:
            raise CommandError(f"There is no organization {options['organization']!r}.")
        try:
            with _opened(options["file"], options["encoding"]) as lines:
                rows = csv.DictReader(lines, delimiter=options["separator"])
                with tenancy.scope(organization.id):
                    report = services.load_items(
                        actor=SystemActor(organization.id, "Catalog load"),
                        rows=tqdm(rows, unit=" rows", delay=1, disable=not sys.stderr.isatty()),
                        supplier=options["supplier"],
                        currency=options["currency"] or organization.currency,
                        now=clock.now(),
                    )
        except (OSError, UnicodeError, csv.Error, DomainError) as error:
            raise CommandError(f"{options['file']} cannot be loaded: {error}") from error
        if options["rejects"]:
            _write(options["rejects"], report.rejects)
        self.stdout.write(
            f"{report.read} rows: {report.created} added, {report.changed} changed, "
            f"{report.unchanged} unchanged, {len(report.rejects)} rejected"
        )
        for reject in report.rejects[:10]:
            self.stdout.write(f"  line {reject.line}: {reject.reason}")


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding=encoding, newline="") as lines:
        yield lines


def _write(path: Path, rejects: list[Reject]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["line", "reason", "row"])
        for reject in rejects:
            row = "; ".join(f"{name}={value}" for name, value in reject.row.items())
            writer.writerow([reject.line, reject.reason, row])
