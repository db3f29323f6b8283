"""``manage.py rederive_approvals``: prove that every request went the way its policy says."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from approvals import selectors
from procurement.core import tenancy
from procurement.core.directory import Tenant, tenants
from procurement.core.errors import NotFound


class Command(BaseCommand):
    """Routes every stored request again, organization by organization."""

    help = (
        "Route every approval request again from the facts and the policy versions stored with it, "
        "and compare its stages, its tier and its explanation with what is stored. Exit code 0 "
        "when all agree; 1 with each request that differs named, and in what; 2 when there is no "
        "such organization."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose requests to route again."""
        parser.add_argument(
            "--organization", metavar="SLUG", help="the address of one organization; else all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, print what differs, and exit with 1 when anything does."""
        try:
            organizations = tenants(options["organization"])
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        counts = [self._compare(tenant) for tenant in organizations]
        agreeing, differing = (sum(column) for column in zip((0, 0), *counts, strict=True))
        if differing:
            raise CommandError(
                f"{_counted(differing)} {'differs' if differing == 1 else 'differ'}, "
                f"{_counted(agreeing)} {'agrees' if agreeing == 1 else 'agree'}.",
                returncode=1,
            )
        said = f"{_counted(agreeing)} {'agrees' if agreeing == 1 else 'agree'}"
        self.stdout.write(self.style.SUCCESS(said))

    def _compare(self, tenant: Tenant) -> tuple[int, int]:
        agreeing = differing = 0
        with (
            tenancy.scope(tenant.id),
            tqdm(
                total=selectors.request_count(),
                desc=tenant.slug,
                unit=" requests",
                delay=1,
                leave=False,
            ) as bar,
        ):
            for found in selectors.rederivations(bar.update):
                if not found.differences:
                    agreeing += 1
                    continue
                differing += 1
                for difference in found.differences:
                    named = f"{tenant.slug}: {found.label} ({found.request_id}): {difference}"
                    self.stdout.write(self.style.ERROR(named))
        return agreeing, differing


def _counted(number: int) -> str:
    return f"{number:,} request{'' if number == 1 else 's'}"
