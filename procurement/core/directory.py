"""Which organizations and groups there are, for floors that stand below accounts.

Like Django's user model, both models are named in the settings, so that nothing is imported
upwards: commands go from tenant to tenant, and the audit trail names the groups of its events.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Q

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
    rows = _rows(settings.ORGANIZATION_MODEL).order_by("created_at", "id")
    if slug is not None:
        rows = rows.filter(slug=slug)
    found = [Tenant(*row) for row in rows.values_list("id", "slug", "name")]
    if slug is not None and not found:
        raise NotFound(f"There is no organization with the address {slug!r}.")
    return found


def group_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of groups of the active organization. One SQL query."""
    return dict(_rows(settings.GROUP_MODEL).filter(id__in=list(ids)).values_list("id", "name"))


def groups_called(text: str) -> frozenset[UUID]:
    """Return the groups whose name or code contains a text, or whose id it is, and all below them.

    Two SQL queries on the active organization.
    """
    rows = _rows(settings.GROUP_MODEL)
    try:
        wanted = Q(id=UUID(text))
    except ValueError:
        wanted = Q(name__icontains=text) | Q(code__icontains=text)
    found = list(rows.filter(wanted).values_list("id", flat=True))
    return frozenset(rows.filter(path__overlap=found).values_list("id", flat=True))


def _rows(model: str) -> Any:
    """Return all rows of a model that is named in the settings."""
    return apps.get_model(model).objects.all()
