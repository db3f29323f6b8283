"""``manage.py export_policies``: write an organization's policies as YAML."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from approvals import services
from procurement.core import clock, tenancy
from procurement.core.actors import SystemActor
from procurement.core.directory import tenants
from procurement.core.errors import DomainError, NotFound


class Command(BaseCommand):
    """Writes the last version of each policy to standard output."""

    help = (
        "Write the last version of every policy of an organization, or of one group, as YAML. "
        "Exit code 0; 2 when there is no such organization or policy."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose policies to write."""
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--group", type=UUID, metavar="ID", help="one group's policy only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        try:
            (tenant,) = tenants(options["organization"])
            with tenancy.scope(tenant.id):
                text = services.export_policies(
                    actor=SystemActor(tenant.id, "Export of policies"),
                    group_id=options["group"],
                    now=clock.now(),
                )
        except NotFound as error:
            raise CommandError(error.message, returncode=2) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(text, ending="")
