"""Opening an organization's account."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import Organization, OrgGroup, Position
from accounts.services.invitations import invite_first_administrator
from accounts.services.placements import keep_group_history
from accounts.services.setup import check_currency, check_time_zone
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id

# First segments of addresses that belong to the product itself.
RESERVED_SLUGS = frozenset(
    {
        "accounts",
        "api",
        "cxml",
        "decide",
        "demo",
        "healthz",
        "invitation",
        "metrics",
        "readyz",
        "scim",
        "static",
        "unsubscribe",
    }
)


_SEATS = {"supervisor": "Supervisor", "director": "Director"}


def create_organization(
    *,
    name: str,
    slug: str = "",
    currency: str,
    time_zone: str,
    administrator: str = "",
    administrator_name: str = "",
    now: datetime,
) -> Organization:
    """Open an organization with its root group and the seats that a typical policy asks.

    Called outside a tenancy scope, which it opens.

    ``currency`` is an ISO 4217 code, ``time_zone`` an IANA name. ``administrator`` is the address
    of somebody who is invited to administer it; without one, nobody is. Raises `DomainError` on a
    taken or reserved address and on an unknown time zone.
    """
    slug = slug or slugify(name)
    if not slug or slug in RESERVED_SLUGS:
        raise DomainError(f"“{slug}” cannot be an address here; choose another.", field="slug")
    check_currency(currency)
    check_time_zone(time_zone)
    organization = Organization(
        slug=slug, name=name, currency=currency, time_zone=time_zone, created_at=now
    )
    with tenancy.scope(organization.id):
        _store(organization)
        actor = SystemActor(organization.id, "Sign-up")
        root_id = _furnish(organization, now)
        record(
            actor=actor,
            action=AuditAction.ORGANIZATION_CREATED,
            subject_type="organization",
            subject_id=organization.id,
            subject_label=name,
            group_id=root_id,
            after={
                "slug": slug,
                "currency": currency,
                "time_zone": time_zone,
                "seats": list(_SEATS.values()),
            },
            now=now,
        )
        if administrator:
            invite_first_administrator(
                actor=actor, email=administrator, name=administrator_name, now=now
            )
    return organization


def _store(organization: Organization) -> None:
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(
            f"“{organization.slug}” is taken; choose another.", field="slug"
        ) from error


def _furnish(organization: Organization, now: datetime) -> UUID:
    """Give a new organization its root group and its seats; return the group's id."""
    root_id = new_id()
    OrgGroup.objects.create(
        id=root_id,
        organization_id=organization.id,
        path=[root_id],
        name=organization.name,
        kind=OrgGroup.Kind.ROOT,
    )
    keep_group_history([root_id], now=now)
    Position.objects.bulk_create(
        Position(organization_id=organization.id, code=code, name=name)
        for code, name in _SEATS.items()
    )
    return root_id
