"""People, the seats they fill and the roles they hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.actors import MemberActor
from accounts.models import Membership, OrgGroup, Role, RoleGrant
from accounts.permissions import Permission
from accounts.selectors.groups import within
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


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


def as_person(membership: Membership) -> Person:
    """Return a member, loaded with their user, as others see them."""
    return Person(
        membership_id=membership.id,
        name=membership.user.name or membership.user.email,
        email=membership.user.email,
        is_active=membership.status == Membership.Status.ACTIVE and membership.user.is_active,
    )


def people_by_id(membership_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return members by id, active or not. One SQL query."""
    found = Membership.objects.filter(id__in=list(membership_ids)).select_related("user")
    return {membership.id: as_person(membership) for membership in found}


def members_by_id(membership_ids: Iterable[UUID]) -> dict[UUID, Membership]:
    """Return members with their users by id, active or not. One SQL query."""
    return Membership.objects.select_related("user").in_bulk(list(membership_ids))


def role_holders(
    path: Sequence[UUID], roles: Sequence[str] | None = None, *, at: datetime
) -> list[Seat]:
    """Return who holds roles at an instant on a group and its ancestors, the nearest first.

    One SQL query.
    """
    distance = {group_id: index for index, group_id in enumerate(reversed(path))}
    found = (
        RoleGrant.objects.in_force(at)
        .filter(group_id__in=list(path))
        .select_related("membership__user")
    )
    if roles is not None:
        found = found.filter(role__in=roles)
    seats = [
        Seat(
            code=grant.role,
            name=grant.get_role_display(),
            group_id=grant.group_id,
            person=as_person(grant.membership),
        )
        for grant in found
    ]
    return sorted(seats, key=lambda seat: (distance[seat.group_id], seat.person.name))


def notification_targets(
    path: Sequence[UUID], roles: Sequence[str], *, at: datetime
) -> list[Person]:
    """Return whom to tell about a group: for each role, its active holders on the nearest group.

    One SQL query; each person once.
    """
    found: dict[UUID, Person] = {}
    holders = [seat for seat in role_holders(path, roles, at=at) if seat.person.is_active]
    for role in roles:
        of_role = [seat for seat in holders if seat.code == role]
        nearest = [seat for seat in of_role if seat.group_id == of_role[0].group_id]
        found.update({seat.person.membership_id: seat.person for seat in nearest})
    return list(found.values())


def members_of(group: OrgGroup, *, at: datetime) -> QuerySet[Membership]:
    """Return the people whose home is a group, with the grants they hold and where.

    Two SQL queries.
    """
    grants = RoleGrant.objects.in_force(at).select_related("group").order_by("role")
    return (
        Membership.objects.filter(group=group)
        .select_related("user", "manager__user")
        .prefetch_related(Prefetch("grants", queryset=grants))
        .order_by("user__name", "id")
    )


def active_members() -> QuerySet[Membership]:
    """Return everybody who may act, by name."""
    return (
        Membership.objects.filter(status=Membership.Status.ACTIVE)
        .select_related("user")
        .order_by("user__name")
    )


def own_membership(actor: MemberActor) -> Membership:
    """Return the actor's own membership; it takes no permission to know oneself. One SQL query."""
    return Membership.objects.select_related("user", "group").get(id=actor.membership_id)


def member_or_self(actor: MemberActor, membership_id: UUID) -> Membership:
    """Return oneself, or a member whom the actor manages. One SQL query; raises `NotFound`."""
    if membership_id == actor.membership_id:
        return own_membership(actor)
    return member_for(actor, membership_id, Permission.MANAGE_PEOPLE)


def member_for(actor: Actor, membership_id: UUID, permission: Permission) -> Membership:
    """Return a member whose home group the actor holds a permission on; raises `NotFound`."""
    found = (
        Membership.objects.filter(within(actor, permission, "group__"), id=membership_id)
        .select_related("user", "group", "manager__user")
        .first()
    )
    if found is None:
        raise NotFound("There is no such person, or they are not yours to change.")
    return found


def has_administrator(*, at: datetime) -> bool:
    """Tell whether somebody with access administers the whole organization. One SQL query."""
    return (
        RoleGrant.objects.in_force(at)
        .filter(
            role=Role.ADMINISTRATOR,
            group__parent__isnull=True,
            membership__status=Membership.Status.ACTIVE,
            membership__user__is_active=True,
        )
        .exists()
    )


def grant_of(membership: Membership, grant_id: UUID, *, now: datetime) -> RoleGrant:
    """Return a member's grant that holds or is promised; raises `NotFound`. One SQL query."""
    found = (
        RoleGrant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        .filter(id=grant_id, membership=membership)
        .select_related("membership__user", "group")
        .first()
    )
    if found is None:
        raise NotFound("That role has been ended already.")
    return found


def grant_on(group: OrgGroup, grant_id: str | None, *, at: datetime) -> RoleGrant:
    """Return a role grant in force on a group; raises `NotFound`."""
    try:
        wanted = RoleGrant.objects.in_force(at).filter(group=group, id=UUID(grant_id or ""))
    except ValueError:
        wanted = RoleGrant.objects.none()
    found = wanted.select_related("membership__user").first()
    if found is None:
        raise NotFound("That role has been ended already.")
    return found


def grants_reaching(group: OrgGroup, *, at: datetime) -> list[RoleGrant]:
    """Return the roles on a group of people at home elsewhere, nearest first. One SQL query.

    They were granted on the group itself or on one above it.
    """
    distance = {group_id: index for index, group_id in enumerate(reversed(group.path))}
    found = (
        RoleGrant.objects.in_force(at)
        .filter(group_id__in=group.path, membership__status=Membership.Status.ACTIVE)
        .exclude(membership__group=group)
        .select_related("membership__user", "group")
    )
    return sorted(
        found, key=lambda grant: (distance[grant.group_id], grant.role, grant.membership.user.name)
    )
