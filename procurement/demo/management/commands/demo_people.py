"""``manage.py demo_people``: whom a visitor of the demo may become."""

from typing import Any

from django.core.management.base import BaseCommand

from procurement.core import clock
from procurement.demo import selectors


class Command(BaseCommand):
    """Names one person for each thing that can be done in the demo."""

    help = (
        "List one person of the demo company for each thing that people do there. The page /demo/ "
        "signs in as any of its people with one click."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each person; four SQL queries for each organization."""
        found = selectors.companies(clock.now())
        people = [circle.people[0] for company in found[:1] for circle in company.circles]
        width = max((len(person.name) for person in people), default=0)
        for person in dict.fromkeys(people):
            self.stdout.write(f"{person.name:<{width}}   {person.good_for[0]}")
