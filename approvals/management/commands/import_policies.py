"""``manage.py import_policies``: say what a file of policies would change, and publish it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals import selectors, services
from approvals.policy_files.nodes import MOST_CHARACTERS
from approvals.selectors import ImportPlan
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.core.directory import tenants
from procurement.core.errors import DomainError, NotFound


class Command(BaseCommand):
    """Compares a file with the policies in force; publishes it only when asked to."""

    help = (
        "Say what a YAML file of policies would change; with --publish and a reason, publish it, "
        "all of it or nothing. Exit code 0; 1 when the file cannot be published; 2 when there is "
        "no such organization or file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file, where it goes, and whether it counts."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--publish", action="store_true", help="else nothing is changed")
        parser.add_argument("--reason", default="", help="why, for the record")
        parser.add_argument(
            "--accept-dead-ends",
            default="",
            metavar="REASON",
            help="publish in spite of dead ends; why, for the record",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, say what is different, and publish if asked to."""
        text = _read(options["file"])
        try:
            (tenant,) = tenants(options["organization"])
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        actor = SystemActor(tenant.id, "Import of policies")
        with tenancy.scope(tenant.id):
            plan = selectors.import_plan(actor, text)
            self._say(plan)
            if plan.problems:
                raise CommandError("The file cannot be published.")
            if not options["publish"] or not plan.changed:
                self.stdout.write("Nothing was published.")
                return
            try:
                versions = services.import_policies(
                    actor=actor,
                    text=text,
                    reason=options["reason"],
                    seen=plan.seen,
                    accepted=options["accept_dead_ends"],
                    now=clock.now(),
                )
            except services.PolicyHasDeadEnds as error:
                for finding in error.findings:
                    self.stderr.write(f"{finding.sentence} {finding.way_out}")
                raise CommandError(
                    "Orders would get stuck. Mend this, or publish with --accept-dead-ends REASON."
                ) from error
            except DomainError as error:
                raise CommandError(error.message) from error
        self.stdout.write(f"Published: {len(versions)}")

    def _say(self, plan: ImportPlan) -> None:
        for problem in plan.problems:
            self.stderr.write(f"line {problem.line}: {problem.sentence}")
        for one in plan.policies:
            if not one.is_change:
                self.stdout.write(f"{one.place}: as the file says already")
                continue
            self.stdout.write(f"{one.place}: version {one.last_number + 1}")
            for change in one.changes:
                self.stdout.write(f"  {change.sentence}")


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > 4 * MOST_CHARACTERS:
            raise CommandError("This file is too large for policies.", returncode=2)
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error
