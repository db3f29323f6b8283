"""Finding one person or one group among many, by a part of a name, an address or a code."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership, OrgGroup
from accounts.permissions import Permission
from accounts.selectors.groups import within
from procurement.core.actors import Actor

SHOWN = 8


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """An active member as a search shows them."""

    membership_id: UUID
    name: str
    email: str
    title: str
    group_name: str


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The first people that a search has found; ``has_more`` where it found others beside them."""

    query: str
    people: tuple[FoundPerson, ...]
    has_more: bool


def pickable_members(actor: Actor, *, as_colleague: bool = False) -> QuerySet[Membership]:
    """Return whom an actor may give a role, a seat or a task: everybody active.

    Nobody for an actor who manages no people anywhere, unless they choose ``as_colleague``: what
    they hand on is their own.
    """
    groups = actor.groups_with(Permission.MANAGE_PEOPLE)
    if not as_colleague and groups is not None and not groups:
        return Membership.objects.none()
    return Membership.objects.filter(
        status=Membership.Status.ACTIVE, user__is_active=True
    ).select_related("user", "group")


def find_members(
    actor: Actor, query: str, *, limit: int = SHOWN, as_colleague: bool = False
) -> FoundPeople:
    """Return the active people whose name or address holds every word of a query, by name.

    Without a word, the first by name. One SQL query, however many people there are.
    """
    found = pickable_members(actor, as_colleague=as_colleague)
    for word in query.split():
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    rows = list(found.order_by("user__name", "id")[: limit + 1])
    return FoundPeople(
        query=" ".join(query.split()),
        people=tuple(_found(membership) for membership in rows[:limit]),
        has_more=len(rows) > limit,
    )


def picked_member(
    actor: Actor, membership_id: UUID | None, *, as_colleague: bool = False
) -> FoundPerson | None:
    """Return one active person as a search shows them, or None. At most one SQL query."""
    if membership_id is None:
        return None
    found = pickable_members(actor, as_colleague=as_colleague).filter(id=membership_id).first()
    return _found(found) if found else None


def _found(membership: Membership) -> FoundPerson:
    return FoundPerson(
        membership_id=membership.id,
        name=membership.user.name or membership.user.email,
        email=membership.user.email,
        title=membership.title,
        group_name=membership.group.name,
    )


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """An open group as a search shows it; ``place`` names the groups above it, the root first."""

    group_id: UUID
    name: str
    code: str
    place: str


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """The first groups that a search has found; ``has_more`` where it found others beside them."""

    query: str
    groups: tuple[FoundGroup, ...]
    has_more: bool


def pickable_groups(actor: Actor, permission: Permission) -> QuerySet[OrgGroup]:
    """Return the open groups on which an actor holds a permission."""
    return OrgGroup.objects.filter(within(actor, permission), is_active=True)


def find_groups(
    actor: Actor, query: str, permission: Permission, *, limit: int = SHOWN
) -> FoundGroups:
    """Return the open groups whose name or code holds every word of a query, by name.

    Two SQL queries, however many groups there are.
    """
    found = pickable_groups(actor, permission)
    for word in query.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    rows = list(found.order_by("name", "id")[: limit + 1])
    return FoundGroups(
        query=" ".join(query.split()),
        groups=tuple(_placed(rows[:limit])),
        has_more=len(rows) > limit,
    )


def picked_group(actor: Actor, group_id: UUID | None, permission: Permission) -> FoundGroup | None:
    """Return one open group as a search shows it, or None. At most two SQL queries."""
    if group_id is None:
        return None
    return next(iter(_placed(list(pickable_groups(actor, permission).filter(id=group_id)))), None)


def _placed(groups: list[OrgGroup]) -> list[FoundGroup]:
    """Return groups with the names of those above them. One SQL query, none for none."""
    above = {step for group in groups for step in group.path[:-1]}
    names = dict(OrgGroup.objects.filter(id__in=above).values_list("id", "name")) if above else {}
    return [
        FoundGroup(
            group_id=group.id,
            name=group.name,
            code=group.code,
            place=" › ".join(names[step] for step in group.path[:-1] if step in names),
        )
        for group in groups
    ]
