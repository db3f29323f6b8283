"""``manage.py import_budgets``: set budgets from a file, once what it changes has been seen."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.tree_files import decoded
from budgets import services
from budgets.models import BudgetImport
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.core.directory import tenants
from procurement.core.errors import DomainError, NotFound

_MOST_TOLD = 50


class Command(BaseCommand):
    """Imports a file of caps."""

    help = (
        "Set an organization's budgets from a CSV file, all of it or nothing. Without --apply it "
        "only says what would change. Exit code 0 when the file is sound; 1 with each line that is "
        "not; 2 when it cannot be read, or there is no such organization."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose budgets, the file, and whether to apply it."""
        parser.add_argument("organization", help="the organization's address (slug)")
        parser.add_argument("file", type=Path)
        parser.add_argument("--period", default="", help="meant by lines that name none")
        parser.add_argument("--reason", default="", help="kept in the audit trail")
        parser.add_argument("--apply", action="store_true", help="carry it out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare the file, tell what it changes, and apply it where asked."""
        path: Path = options["file"]
        try:
            (tenant,) = tenants(options["organization"])
            content = decoded(path.read_bytes())
            actor = SystemActor(tenant.id, "Budget files")
            with tenancy.scope(tenant.id):
                planned = services.plan_budget_import(
                    actor=actor,
                    file_name=path.name,
                    content=content,
                    period_code=options["period"],
                    now=clock.now(),
                )
        except (NotFound, DomainError) as error:
            raise CommandError(error.message, returncode=2) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        self._tell(planned)
        if options["apply"]:
            self._apply(actor, planned, options["reason"])

    def _tell(self, planned: BudgetImport) -> None:
        counts = planned.plan["counts"]
        self.stdout.write(
            f"{counts['additions']:,} new, {counts['changes']:,} changed, {counts['terms']:,} held "
            f"otherwise, {counts['unchanged']:,} as before; {planned.plan['after']} instead of "
            f"{planned.plan['before']} {planned.plan['currency']}."
        )
        problems = planned.plan["problems"]
        for one in problems[:_MOST_TOLD]:
            self.stdout.write(self.style.ERROR(f"line {one['line']}: {one['sentence']}"))
        if problems:
            more = len(problems) - _MOST_TOLD
            rest = f", {more:,} of them not shown" if more > 0 else ""
            plural = "" if len(problems) == 1 else "s"
            raise CommandError(
                f"Nothing is changed: {len(problems):,} problem{plural}{rest}.", returncode=1
            )

    def _apply(self, actor: SystemActor, planned: BudgetImport, reason: str) -> None:
        counts = planned.plan["counts"]
        if not counts["additions"] + counts["changes"] + counts["terms"]:
            self.stdout.write("There is nothing to change.")
            return
        try:
            with tenancy.scope(actor.organization_id):
                services.apply_budget_import(
                    actor=actor, import_id=planned.id, reason=reason, now=clock.now()
                )
        except DomainError as error:
            raise CommandError(error.message, returncode=1) from error
        self.stdout.write(self.style.SUCCESS("The budgets are as the file says."))
