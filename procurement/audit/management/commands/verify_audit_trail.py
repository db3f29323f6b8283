"""``manage.py verify_audit_trail``: prove that nobody has touched the audit trail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from procurement.audit import verification
from procurement.audit.verification import Head
from procurement.core import tenancy
from procurement.core.directory import Tenant, tenants
from procurement.core.errors import NotFound


class Command(BaseCommand):
    """Verifies every event's digest and the chain of seals, organization by organization."""

    help = (
        "Recompute the digest of every audit event and the chain of seals over them. "
        "Exit code 0 when all of it holds; 1 with each altered, missing or inserted event and each "
        "broken link named; 2 when the arguments cannot be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to verify."""
        parser.add_argument(
            "--organization", help="the address (slug) of one organization; else all"
        )
        parser.add_argument(
            "--anchor",
            metavar="NUMBER:DIGEST",
            help="a head that an earlier run printed: fail when the chain does not hold it any "
            "more (with --organization)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, print what was found, and exit with 1 when anything was."""
        anchor = _anchor(options["anchor"], organization=options["organization"])
        try:
            organizations = tenants(options["organization"])
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        wrong = sum(self._verify(tenant, anchor) for tenant in organizations)
        if wrong:
            raise CommandError(
                f"The audit trail does not hold: {wrong} finding{'s' if wrong > 1 else ''}.",
                returncode=1,
            )

    def _verify(self, tenant: Tenant, anchor: Head | None) -> int:
        with tenancy.scope(tenant.id):
            measured = verification.extent(tenant.id)
            with tqdm(
                total=measured.events, desc=tenant.slug, unit=" events", delay=1, leave=False
            ) as bar:
                found = list(verification.findings(tenant.id, anchor=anchor, checked=bar.update))
        for finding in found:
            self.stdout.write(
                self.style.ERROR(f"{tenant.slug}: {finding.kind}: {finding.sentence}")
            )
        verdict = self.style.SUCCESS("holds") if not found else self.style.ERROR("does not hold")
        head = f", head {measured.head}" if measured.head else ""
        events = f"{measured.events:,} event{'' if measured.events == 1 else 's'}"
        seals = f"{measured.seals:,} seal{'' if measured.seals == 1 else 's'}"
        extent = f"{events} under {seals}{head}"
        self.stdout.write(f"{tenant.slug}: {extent}: {verdict}")
        return len(found)


def _anchor(text: str | None, *, organization: str | None) -> Head | None:
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if organization is None or not number.isdigit() or not digest:
        raise CommandError(
            "--anchor takes NUMBER:DIGEST as a run printed it, and goes with --organization.",
            returncode=2,
        )
    return Head(int(number), digest)
