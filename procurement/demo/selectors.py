"""Whom a visitor of the demo may become, and what each of them is good for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import Membership, Organization, PositionHolder, Role, RoleGrant, User
from procurement.core import tenancy

# What a role is good for in the demo; the group's name follows.
_GOOD_FOR = {
    Role.REQUISITIONER: "Searches the catalog and orders for",
    Role.FINANCE: "Keeps budgets and downloads reports of",
    Role.ADMINISTRATOR: "Shapes groups, policies and catalogs of",
    Role.TECHNICIAN: "Follows the orders of",
}
_HEADINGS = {
    "DECIDES": ("People who decide", "They fill a seat; what others order comes to them."),
    Role.REQUISITIONER: ("People who buy", "They search, fill a cart and submit."),
    Role.FINANCE: ("People who keep the money", "They set budgets and reconcile reports."),
    Role.ADMINISTRATOR: ("People who set the rules", "They shape groups, policies and catalogs."),
    Role.TECHNICIAN: ("People who look on", "They follow orders and place none."),
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as; ``good_for`` is one sentence for each seat and role."""

    user_id: UUID
    name: str
    email: str
    group: str
    kinds: tuple[str, ...]
    good_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """People of one organization who are good for the same."""

    title: str
    lede: str
    people: tuple[DemoPerson, ...]


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """An organization with its people in circles; somebody may stand in several."""

    name: str
    slug: str
    size: int
    circles: tuple[Circle, ...]


def companies(now: datetime) -> list[DemoCompany]:
    """Return every organization with its active people. Opens each one's scope; 4 queries each."""
    return [
        _company(organization, now) for organization in Organization.objects.order_by("created_at")
    ]


def user_by_id(user_id: UUID) -> User | None:
    """Return an active user, or None. One SQL query."""
    return User.objects.filter(id=user_id, is_active=True).first()


def _company(organization: Organization, now: datetime) -> DemoCompany:
    with tenancy.scope(organization.id):
        people = [_person(membership) for membership in _memberships(now)]
    circles = tuple(
        Circle(title, lede, tuple(person for person in people if kind in person.kinds))
        for kind, (title, lede) in _HEADINGS.items()
    )
    return DemoCompany(
        name=organization.name,
        slug=organization.slug,
        size=len(people),
        circles=tuple(circle for circle in circles if circle.people),
    )


def _memberships(now: datetime) -> Sequence[Membership]:
    # In the order they joined: whom the seed makes first, a visitor is offered first.
    grants = RoleGrant.objects.in_force(now).select_related("group").order_by("role", "group__name")
    seats = (
        PositionHolder.objects.current().select_related("group", "position").order_by("group__name")
    )
    return list(
        Membership.objects.filter(status=Membership.Status.ACTIVE, user__is_active=True)
        .select_related("user", "group")
        .prefetch_related(Prefetch("grants", queryset=grants), Prefetch("seats", queryset=seats))
        .order_by("id")
    )


def _person(membership: Membership) -> DemoPerson:
    kinds = {grant.role for grant in membership.grants.all()}
    if membership.seats.all():
        kinds.add("DECIDES")
    return DemoPerson(
        user_id=membership.user.id,
        name=membership.user.name or membership.user.email,
        email=membership.user.email,
        group=membership.group.name,
        kinds=tuple(kind for kind in _HEADINGS if kind in kinds),
        good_for=tuple(_sentences(membership)),
    )


def _sentences(membership: Membership) -> Iterator[str]:
    for seat in membership.seats.all():
        yield f"{seat.position.name} of {seat.group.name}"
    for grant in membership.grants.all():
        yield f"{_GOOD_FOR[Role(grant.role)]} {grant.group.name}"
