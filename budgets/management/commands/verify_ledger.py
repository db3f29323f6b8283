"""``manage.py verify_ledger``: prove that every budget's counters are the sum of their ledger."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from budgets import selectors
from procurement.core import tenancy
from procurement.core.directory import Tenant, tenants
from procurement.core.errors import NotFound


class Command(BaseCommand):
    """Verifies counters, running balances and documents, organization by organization."""

    help = (
        "Recompute every budget period's counters and every line's running balance from the "
        "ledger. Exit code 0 when all of it holds to the cent; 1 with each row that does not, by "
        "period, group and figure, what is expected and what is found; 2 when there is no such "
        "organization. Nothing is repaired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to verify."""
        parser.add_argument(
            "--organization", help="the address (slug) of one organization; else all"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Verify, print what was found, and exit with 1 when anything was."""
        try:
            organizations = tenants(options["organization"])
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        progress = tqdm(
            organizations,
            unit="organization",
            delay=1,
            leave=False,
            disable=not sys.stderr.isatty(),
        )
        wrong = sum(self._verify(tenant) for tenant in progress)
        if wrong:
            raise CommandError(
                f"The ledger does not hold: {wrong} figure{'s' if wrong > 1 else ''} off.",
                returncode=1,
            )

    def _verify(self, tenant: Tenant) -> int:
        with tenancy.scope(tenant.id):
            extent = selectors.ledger_extent()
            found = list(selectors.discrepancies())
        for discrepancy in found:
            self.stdout.write(self.style.ERROR(f"{tenant.slug}: {discrepancy.sentence}"))
        verdict = self.style.ERROR("does not hold") if found else self.style.SUCCESS("holds")
        self.stdout.write(
            f"{tenant.slug}: {extent.periods} periods, {extent.lines} ledger lines: {verdict}"
        )
        return len(found)
