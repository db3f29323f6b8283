"""``manage.py create_organization``: open an organization and invite who administers it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import services
from procurement.core import clock
from procurement.core.errors import DomainError


class Command(BaseCommand):
    """Opens an organization; its first administrator is mailed a link to set it up."""

    help = (
        "Open an organization and mail its first administrator an invitation. Whoever accepts it "
        "is led through setting the organization up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for a name and an address; the rest can be changed on a page later."""
        parser.add_argument("name")
        parser.add_argument("--administrator", required=True, metavar="EMAIL")
        parser.add_argument("--administrator-name", default="", metavar="NAME")
        parser.add_argument("--slug", default="", help="the first part of its addresses")
        parser.add_argument("--currency", default="USD", help="ISO 4217, USD by default")
        parser.add_argument("--time-zone", default="UTC", help="an IANA name, UTC by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Open it and invite, or say what is wrong and leave nothing behind."""
        now = clock.now()
        try:
            organization = services.create_organization(
                name=options["name"],
                slug=options["slug"],
                currency=options["currency"],
                time_zone=options["time_zone"],
                administrator=options["administrator"],
                administrator_name=options["administrator_name"],
                now=now,
            )
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{organization.name} is open at /{organization.slug}/.")
        self.stdout.write(f"{options['administrator']} is invited; the mail's link holds 14 days.")
