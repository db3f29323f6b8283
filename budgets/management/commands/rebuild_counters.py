"""``manage.py rebuild_counters``: set budgets' counters to what their ledger says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from budgets import selectors, services
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.core.directory import Tenant, tenants
from procurement.core.errors import NotFound


class Command(BaseCommand):
    """Rebuilds counters, period by period, a transaction each."""

    help = (
        "Set the counters of every budget period that differs from its ledger to what the ledger "
        "says, with an audit event for each. Exit code 0 when all counters agree afterwards; 1 "
        "where a ledger is broken itself, which is named and left alone, or, with --dry-run, where "
        "anything differs; 2 when there is no such organization."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to rebuild."""
        parser.add_argument(
            "--organization", help="the address (slug) of one organization; else all"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be changed, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, print each change, and exit with 1 where something is left to be done."""
        try:
            organizations = tenants(options["organization"])
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        left = sum(self._rebuild(tenant, dry_run=options["dry_run"]) for tenant in organizations)
        if left:
            raise CommandError(
                f"{left} period{'s' if left > 1 else ''} still differ{'' if left > 1 else 's'} "
                "from the ledger.",
                returncode=1,
            )

    def _rebuild(self, tenant: Tenant, *, dry_run: bool) -> int:
        """Rebuild one organization's counters; return how many periods still differ."""
        with tenancy.scope(tenant.id):
            differing = selectors.differing_periods()
        actor = SystemActor(tenant.id, "Rebuilding of counters")
        changed = left = 0
        for period_id in differing:
            try:
                with tenancy.scope(tenant.id):
                    rebuilt = services.rebuild_counters(
                        actor=actor, period_id=period_id, dry_run=dry_run, now=clock.now()
                    )
            except services.LedgerBroken as error:
                self.stdout.write(self.style.ERROR(f"{tenant.slug}: {error.message}"))
                left += 1
                continue
            if rebuilt is not None:
                self.stdout.write(f"{tenant.slug}: {rebuilt.sentence}")
                changed += 1
        verb = "would be rebuilt" if dry_run else "rebuilt"
        self.stdout.write(f"{tenant.slug}: {changed} of {len(differing)} differing periods {verb}")
        return left + changed if dry_run else left
