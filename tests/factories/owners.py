"""Owners of categories and approval limits for tests, made through the services."""

from datetime import datetime

from accounts.models import Membership, OrgGroup, Position
from approvals import services
from approvals.models import CategoryOwner
from approvals.services import OwnedCategory, Owner
from tests.factories.accounts import NOW, Company, system

SOFTWARE = OwnedCategory("43232100", "Design software")
GLOVES = OwnedCategory("46181504", "Protective gloves")


def person(member: Membership) -> Owner:
    """Return somebody as an owner."""
    return Owner(membership=member)


def seat_of_group(code: str, group: OrgGroup) -> Owner:
    """Return a seat of a group as an owner."""
    return Owner(position=Position.objects.get(code=code), seat_group=group)


def own(
    company: Company,
    owner: Owner,
    group: OrgGroup | None = None,
    category: OwnedCategory = SOFTWARE,
    *,
    now: datetime = NOW,
) -> CategoryOwner:
    """Name the owner of a category, for the whole company unless a group is given."""
    return services.name_category_owner(
        actor=system(company.organization),
        group=group or company.root,
        category=category,
        owner=owner,
        now=now,
    )
