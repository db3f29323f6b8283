"""Which organizations there are: for commands of floors that stand below accounts.

Like Django's user model, the organization's model is named in the settings, so that commands which
go from tenant to tenant need no import upwards.
"""

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.conf import settings

from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Tenant:
    """An organization as a command names it."""

    id: UUID
    slug: str
    name: str


def tenants(slug: str | None = None) -> list[Tenant]:
    """Return all organizations, oldest first, or the one with a slug; raises `NotFound` without it.

    One SQL query on a platform table.
    """
    rows = apps.get_model(settings.ORGANIZATION_MODEL).objects.order_by("created_at", "id")
    if slug is not None:
        rows = rows.filter(slug=slug)
    found = [Tenant(*row) for row in rows.values_list("id", "slug", "name")]
    if slug is not None and not found:
        raise NotFound(f"There is no organization with the address {slug!r}.")
    return found
