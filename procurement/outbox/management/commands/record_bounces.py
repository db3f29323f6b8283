"""Record what mail servers far away sent back."""

import mailbox
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procurement.core import clock, directory, tenancy
from procurement.core.actors import SystemActor
from procurement.outbox.bounces import Report, reports_in
from procurement.outbox.services import record_bounce


class Command(BaseCommand):
    """Reads delivery reports of the bounce address; what is recorded once is not recorded twice."""

    help = (
        "Record what mail servers returned: one report from standard input (as a mail server pipes "
        "it into a program), or the new ones of a maildir, which are marked as seen."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the maildir."""
        parser.add_argument("--maildir", help="a maildir whose new messages are read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the messages; say how many of ours came back."""
        recorded = self._maildir(options["maildir"]) if options["maildir"] else self._piped()
        self.stdout.write(f"{recorded} of our messages came back.")

    def _piped(self) -> int:
        return _record(reports_in(sys.stdin.buffer.read()))

    def _maildir(self, path: str) -> int:
        try:
            folder = mailbox.Maildir(path, factory=None, create=False)
        except mailbox.NoSuchMailboxError as error:
            raise CommandError(f"There is no maildir at {path}.") from error
        recorded = 0
        for key, message in list(folder.iteritems()):
            if message.get_subdir() != "new":
                continue
            recorded += _record(reports_in(message.as_bytes()))
            # Only now: what was read when the process died is read again.
            message.set_subdir("cur")
            message.add_flag("S")
            folder[key] = message
        return recorded


def _record(reports: list[Report]) -> int:
    """Record reports, each in its organization; one that names none of ours is left alone."""
    tenants = directory.tenants() if reports else []
    recorded = 0
    for report in reports:
        for tenant in tenants:
            if not report.may_be_of(tenant.id):
                continue
            with tenancy.scope(tenant.id):
                recorded += record_bounce(
                    actor=SystemActor(tenant.id, "Returned mail"), report=report, now=clock.now()
                )
    return recorded
