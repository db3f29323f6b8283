"""``manage.py export_budgets``: caps as a file that can be changed and imported again."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import selectors as accounts
from budgets import selectors
from budgets.plan_files import HEAD, line_of
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.core.clock import local_date
from procurement.core.directory import tenants
from procurement.core.errors import DomainError, NotFound
from procurement.core.files import csv_file


class Command(BaseCommand):
    """Writes the caps of an organization."""

    help = (
        "Write the caps of an organization as CSV: the running and the next period of every "
        "budget, or one period. Exit code 0 when it is written; 2 when there is no such "
        "organization, or no such period."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose caps, of which period, and where to."""
        parser.add_argument("organization", help="the organization's address (slug)")
        parser.add_argument("--period", default="", help="2026-11, 2026-Q4, 2026-H2 or 2026")
        parser.add_argument("--to", type=Path, metavar="FILE", help="by default standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        try:
            (tenant,) = tenants(options["organization"])
            with tenancy.scope(tenant.id):
                organization = accounts.organization_by_id(tenant.id)
                today = local_date(clock.now(), organization.time_zone)
                code = options["period"]
                period = selectors.period_named(code) if code else None
                actor = SystemActor(tenant.id, "Budget files")
                lines = selectors.budget_lines(actor, period, today=today)
        except (NotFound, DomainError) as error:
            raise CommandError(error.message, returncode=2) from error
        file = b"".join(csv_file(HEAD, (line_of(line) for line in lines)))
        if options["to"]:
            options["to"].write_bytes(file)
            self.stdout.write(f"{len(lines):,} caps written to {options['to']}.")
        else:
            sys.stdout.buffer.write(file)
