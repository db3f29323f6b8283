"""Organizations and people for tests, made through the services that the product uses.

The cast: Alice requests, Bob supervises, Erin directs, Dana keeps the books, Adam administers, Tom
receives. Charlie belongs to another tenant.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.test import Client

from accounts import selectors, services
from accounts.actors import MemberActor
from accounts.models import Membership, Organization, OrgGroup, Position, Role
from procurement.core import tenancy
from procurement.core.actors import SystemActor
from tests.factories.remembering import address, numbers, remembered

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
PASSWORD = "a-long-enough-password"
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def make_organization(
    name: str = "Northwind Works", *, time_zone: str = "America/New_York", currency: str = "USD"
) -> Organization:
    """Open an organization under an address of its own; call it outside a scope."""
    return services.create_organization(
        name=name, slug=address(name), currency=currency, time_zone=time_zone, now=NOW
    )


def system(organization: Organization) -> SystemActor:
    """Return background work as an actor, which may set anything up."""
    return SystemActor(organization.id, "Test set-up")


def make_group(organization: Organization, parent: OrgGroup, name: str) -> OrgGroup:
    """Create a group."""
    return services.create_group(actor=system(organization), parent=parent, name=name, now=NOW)


def make_member(
    organization: Organization,
    group: OrgGroup,
    name: str,
    *roles: str,
    on: OrgGroup | None = None,
    manager: Membership | None = None,
) -> Membership:
    """Add a person with roles granted on a group, by default their home group."""
    email = f"{name.split(maxsplit=1)[0].lower()}.{next(numbers)}@{organization.slug}.example"
    actor = system(organization)
    member = services.add_member(
        actor=actor,
        group=group,
        email=email,
        name=name,
        manager=manager,
        password=PASSWORD,
        now=NOW,
    )
    for role in roles:
        services.grant_role(actor=actor, membership=member, group=on or group, role=role, now=NOW)
    return member


def seat(organization: Organization, code: str, group: OrgGroup, member: Membership) -> Position:
    """Fill a seat, creating the kind of seat when the organization has none of it yet."""
    actor = system(organization)
    root = selectors.root_group()
    position = services.create_position(
        actor=actor, root=root, name=code.capitalize(), code=code, now=NOW
    )
    services.fill_position(actor=actor, position=position, group=group, membership=member, now=NOW)
    return position


def actor_of(member: Membership) -> MemberActor:
    """Return a member as an actor with their grants as they are now."""
    actor = selectors.actor_for(
        user_id=member.user_id, organization_id=member.organization_id, now=NOW
    )
    assert actor is not None
    return actor


@dataclass
class Company:
    """A small organization: root › Facilities › Field Service and Workplace, and the cast."""

    organization: Organization
    root: OrgGroup
    groups: dict[str, OrgGroup] = field(default_factory=dict)
    people: dict[str, Membership] = field(default_factory=dict)

    def actor(self, name: str) -> MemberActor:
        """Return one of the cast as an actor; needs the company's scope."""
        return actor_of(self.people[name])

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Open the company's tenancy scope."""
        with tenancy.scope(self.organization.id):
            yield


@remembered
def make_company(name: str = "Northwind Works") -> Company:
    """Open an organization with its groups, seats and the cast; call it outside a scope."""
    organization = make_organization(name)
    with tenancy.scope(organization.id):
        root = selectors.root_group()
        company = Company(organization, root)
        facilities = make_group(organization, root, "Facilities")
        company.groups = {
            "Facilities": facilities,
            "Field Service": make_group(organization, facilities, "Field Service"),
            "Workplace": make_group(organization, facilities, "Workplace"),
            "Engineering": make_group(organization, root, "Engineering"),
        }
        field_service = company.groups["Field Service"]
        bob = make_member(organization, facilities, "Bob Supervisor")
        company.people = {
            "Bob": bob,
            "Alice": make_member(
                organization, field_service, "Alice Requester", Role.REQUISITIONER, manager=bob
            ),
            "Erin": make_member(organization, root, "Erin Director"),
            "Dana": make_member(organization, root, "Dana Finance", Role.FINANCE),
            "Adam": make_member(organization, root, "Adam Administrator", Role.ADMINISTRATOR),
            "Tom": make_member(organization, facilities, "Tom Technician", Role.TECHNICIAN),
        }
        seat(organization, "supervisor", facilities, bob)
        seat(organization, "director", root, company.people["Erin"])
    return company


def signed_in(company: Company, name: str) -> Client:
    """Return a browser in which somebody of the cast is signed in."""
    client = Client()
    client.force_login(company.people[name].user, _BACKEND)
    return client
