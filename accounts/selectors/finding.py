"""Finding one person among many, by a part of their name or address."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership
from accounts.permissions import Permission
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


def pickable_members(actor: Actor) -> QuerySet[Membership]:
    """Return whom an actor may give a role, a seat or a task: everybody active.

    Nobody for an actor who manages no people anywhere.
    """
    groups = actor.groups_with(Permission.MANAGE_PEOPLE)
    if groups is not None and not groups:
        return Membership.objects.none()
    return Membership.objects.filter(
        status=Membership.Status.ACTIVE, user__is_active=True
    ).select_related("user", "group")


def find_members(actor: Actor, query: str, *, limit: int = SHOWN) -> FoundPeople:
    """Return the active people whose name or address holds every word of a query, by name.

    Without a word, the first by name. One SQL query, however many people there are.
    """
    found = pickable_members(actor)
    for word in query.split():
        found = found.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    rows = list(found.order_by("user__name", "id")[: limit + 1])
    return FoundPeople(
        query=" ".join(query.split()),
        people=tuple(_found(membership) for membership in rows[:limit]),
        has_more=len(rows) > limit,
    )


def picked_member(actor: Actor, membership_id: UUID | None) -> FoundPerson | None:
    """Return one active person as a search shows them, or None. At most one SQL query."""
    if membership_id is None:
        return None
    found = pickable_members(actor).filter(id=membership_id).first()
    return _found(found) if found else None


def _found(membership: Membership) -> FoundPerson:
    return FoundPerson(
        membership_id=membership.id,
        name=membership.user.name or membership.user.email,
        email=membership.user.email,
        title=membership.title,
        group_name=membership.group.name,
    )
