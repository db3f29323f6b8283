"""``manage.py follow_trail``: bring the figures up to date at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from analytics import services
from analytics.services import Progress
from procurement.core import clock, tenancy
from procurement.core.directory import Tenant, tenants
from procurement.core.errors import NotFound


class Command(BaseCommand):
    """Follows the audit trail to its end, organization by organization."""

    help = (
        "Copy what was bought since the last run into the figures of Insights; a worker does the "
        "same every few seconds. Exit code 0; 2 when there is no such organization."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose trail to follow."""
        parser.add_argument(
            "--organization", help="the address (slug) of one organization; else all"
        )
        parser.add_argument(
            "--rebuild", action="store_true", help="drop the copies and follow from the beginning"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow, and say how much was new."""
        try:
            organizations = tenants(options["organization"])
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        for tenant in organizations:
            if options["rebuild"]:
                with tenancy.scope(tenant.id):
                    services.forget(organization_id=tenant.id)
            events, lines = self._follow(tenant)
            self.stdout.write(f"{tenant.slug}: {events:,} events, {lines:,} new lines")

    def _follow(self, tenant: Tenant) -> tuple[int, int]:
        events = lines = 0
        with tqdm(desc=tenant.slug, unit=" events", delay=1, leave=False) as bar:
            while True:
                progress = _step(tenant)
                events += progress.events
                lines += progress.lines
                bar.update(progress.events)
                if progress.is_done:
                    return events, lines


def _step(tenant: Tenant) -> Progress:
    with tenancy.scope(tenant.id):
        return services.follow_trail(organization_id=tenant.id, now=clock.now())
