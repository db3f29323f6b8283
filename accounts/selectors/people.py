"""People, the seats they fill and the roles they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from accounts.models import Membership, OrgGroup, PositionHolder, RoleGrant


@dataclass(frozen=True, slots=True)
class Person:
    """A member as others see them."""

    membership_id: UUID
    name: str
    email: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """A filled seat, or a role held, on one group."""

    code: str
    name: str
    group_id: UUID
    person: Person


def _person(membership: Membership) -> Person:
    return Person(
        membership_id=membership.id,
        name=membership.user.name or membership.user.email,
        email=membership.user.email,
        is_active=membership.status == Membership.Status.ACTIVE and membership.user.is_active,
    )


def people_by_id(membership_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return members by id, active or not. One SQL query."""
    found = Membership.objects.filter(id__in=list(membership_ids)).select_related("user")
    return {membership.id: _person(membership) for membership in found}


def seats_for(path: Sequence[UUID]) -> list[Seat]:
    """Return the filled seats of a group and its ancestors, the nearest group first. One SQL query."""
    distance = {group_id: index for index, group_id in enumerate(reversed(path))}
    found = PositionHolder.objects.filter(group_id__in=list(path)).select_related(
        "position", "membership__user"
    )
    seats = [
        Seat(
            code=holder.position.code,
            name=holder.position.name,
            group_id=holder.group_id,
            person=_person(holder.membership),
        )
        for holder in found
    ]
    return sorted(seats, key=lambda seat: (distance[seat.group_id], seat.name))


def role_holders(path: Sequence[UUID], roles: Sequence[str] | None = None) -> list[Seat]:
    """Return who holds roles on a group and its ancestors, the nearest first. One SQL query."""
    distance = {group_id: index for index, group_id in enumerate(reversed(path))}
    found = RoleGrant.objects.filter(group_id__in=list(path)).select_related("membership__user")
    if roles is not None:
        found = found.filter(role__in=roles)
    seats = [
        Seat(
            code=grant.role,
            name=grant.get_role_display(),
            group_id=grant.group_id,
            person=_person(grant.membership),
        )
        for grant in found
    ]
    return sorted(seats, key=lambda seat: (distance[seat.group_id], seat.person.name))


def notification_targets(path: Sequence[UUID], roles: Sequence[str]) -> list[Person]:
    """Return whom to tell about a group: for each role, its active holders on the nearest group.

    One SQL query; each person once.
    """
    found: dict[UUID, Person] = {}
    holders = [seat for seat in role_holders(path, roles) if seat.person.is_active]
    for role in roles:
        of_role = [seat for seat in holders if seat.code == role]
        nearest = [seat for seat in of_role if seat.group_id == of_role[0].group_id]
        found.update({seat.person.membership_id: seat.person for seat in nearest})
    return list(found.values())


def members_of(group: OrgGroup) -> list[Membership]:
    """Return the people whose home is a group, with their grants and groups. Two SQL queries."""
    grants = RoleGrant.objects.select_related("group").order_by("role")
    return list(
        Membership.objects.filter(group=group)
        .select_related("user", "manager__user")
        .prefetch_related(Prefetch("grants", queryset=grants))
        .order_by("user__name")
    )
