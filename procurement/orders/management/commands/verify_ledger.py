"""``manage.py verify_ledger``: prove that counters, ledger and orders say the same."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts import selectors as accounts
from budgets import selectors
from procurement.core import clock, tenancy
from procurement.core.clock import local_date
from procurement.core.directory import Tenant, tenants
from procurement.core.errors import NotFound
from procurement.orders.selectors.verification import mismatches, orders_counted


class Command(BaseCommand):
    """Verifies counters, running balances and documents, organization by organization."""

    help = (
        "Recompute every budget period's counters and every line's running balance from the "
        "ledger, and hold every order to what it should have reserved, committed or spent. Exit "
        "code 0 when all of it holds to the cent; 1 with each row that does not, by period, group "
        "and figure, what is expected and what is found; 2 when there is no such organization. "
        "Nothing is repaired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to verify."""
        parser.add_argument(
            "--organization", help="the address (slug) of one organization; else all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
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
            organization = accounts.organization_by_id(tenant.id)
            today = local_date(clock.now(), organization.time_zone)
            extent = selectors.ledger_extent()
            orders = orders_counted()
            found = [one.sentence for one in selectors.discrepancies()]
            found += [one.sentence for one in mismatches(today=today)]
        for sentence in found:
            self.stdout.write(self.style.ERROR(f"{tenant.slug}: {sentence}"))
        verdict = self.style.ERROR("does not hold") if found else self.style.SUCCESS("holds")
        self.stdout.write(
            f"{tenant.slug}: {extent.periods} periods, {extent.lines} ledger lines, "
            f"{orders} orders: {verdict}"
        )
        return len(found)
