"""Owners of categories: who was named where, and who answers for them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import OrgGroup, PositionHolder
from accounts.permissions import Permission
from accounts.selectors import Person, as_person, within
from approvals.models import CategoryOwner
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class OwnerAnswer:
    """The person who is asked for an owner.

    ``answered_by`` names the group above whose holder answers for an empty seat, else it is empty.
    """

    person: Person
    is_deputy: bool = False
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """An owner in a list, who answers, and the group above that named them where that is asked."""

    owner: CategoryOwner
    answer: OwnerAnswer | None
    inherited_from: str = ""

    @property
    def is_vacant(self) -> bool:
        """Tell whether nobody with access could be asked."""
        return self.answer is None or not self.answer.person.is_active


def with_names(owners: QuerySet[CategoryOwner]) -> QuerySet[CategoryOwner]:
    """Load along what names an owner, its group and its seat."""
    return owners.select_related("group", "position", "seat_group", "membership__user")


def owners_in_sight(actor: Actor, *, query: str = "", at: datetime) -> QuerySet[CategoryOwner]:
    """Return the owners at an instant on groups whose policy an actor writes, by category.

    ``query`` narrows to those with all its words in category, group or owner.
    """
    found = CategoryOwner.objects.at(at).filter(
        within(actor, Permission.MANAGE_POLICIES, "group__"), _told(query)
    )
    return with_names(found).order_by("category_name", "category_code", "group__path", "id")


def owner_for(actor: Actor, owner_id: UUID) -> CategoryOwner:
    """Return an owner on a group whose policy is the actor’s. One SQL query; raises `NotFound`."""
    found = with_names(
        CategoryOwner.objects.filter(
            within(actor, Permission.MANAGE_POLICIES, "group__"), id=owner_id
        )
    ).first()
    if found is None:
        raise NotFound("There is no such owner, or they are not yours to change.")
    return found


def owners_for(group: OrgGroup, *, query: str = "", at: datetime) -> list[CategoryOwner]:
    """Return who owned each category for a group at an instant, its own or inherited, by category.

    The nearest group that names one counts; groups stand where they stand now. One SQL query.
    """
    found = with_names(
        CategoryOwner.objects.at(at).filter(_told(query), group_id__in=group.path)
    ).order_by("category_name", "category_code")
    nearest: dict[str, CategoryOwner] = {}
    for owner in sorted(found, key=lambda one: len(one.group.path)):
        nearest[owner.category_code] = owner
    return sorted(nearest.values(), key=lambda one: (one.category_name, one.category_code))


def owner_rows(
    owners: Iterable[CategoryOwner], *, at: datetime | None = None, group: OrgGroup | None = None
) -> list[OwnerRow]:
    """Return owners with who answers for each, as `answers_of` does. At most two SQL queries.

    Asked for a group, a row says from which group above it is inherited.
    """
    listed = list(owners)
    answers = answers_of(listed, at=at)
    return [
        OwnerRow(
            owner,
            answers.get(owner.id),
            owner.group.name if group is not None and owner.group_id != group.id else "",
        )
        for owner in listed
    ]


def answers_of(
    owners: Collection[CategoryOwner],
    *,
    at: datetime | None = None,
    as_if_active: UUID | None = None,
) -> dict[UUID, OwnerAnswer]:
    """Return who answers for owners, by the owner's id; a seat that nobody fills has no answer.

    A seat is answered by its holder, else its deputy, else by those of the nearest group above;
    somebody with access comes first. ``at`` asks who sat there at an instant, in whose access is
    left aside; without it, who does now. ``as_if_active`` is somebody whose access counts as open.
    At most two SQL queries; the owners are loaded `with_names`.
    """
    holders = _holders(owners, at)
    above = {group_id for owner in owners if owner.seat_group for group_id in owner.seat_group.path}
    names = dict(OrgGroup.objects.filter(id__in=above).values_list("id", "name")) if above else {}
    found: dict[UUID, OwnerAnswer] = {}
    for owner in owners:
        if owner.membership is not None:
            found[owner.id] = OwnerAnswer(as_person(owner.membership))
            continue
        assert owner.seat_group is not None
        assert owner.position_id is not None
        nearest = _nearest(holders[owner.position_id], owner.seat_group.path)
        sitting = next(
            (
                one
                for one in nearest
                if at is not None
                or one.membership_id == as_if_active
                or as_person(one.membership).is_active
            ),
            nearest[0] if nearest else None,
        )
        if sitting is not None:
            is_above = sitting.group_id != owner.seat_group_id
            found[owner.id] = OwnerAnswer(
                as_person(sitting.membership),
                sitting.is_deputy,
                names[sitting.group_id] if is_above else "",
            )
    return found


def _holders(
    owners: Iterable[CategoryOwner], at: datetime | None
) -> defaultdict[UUID, list[PositionHolder]]:
    """Return who holds the seats that own something, by position. At most one SQL query."""
    groups = {group_id for one in owners if one.seat_group for group_id in one.seat_group.path}
    by_position: defaultdict[UUID, list[PositionHolder]] = defaultdict(list)
    if not groups:
        return by_position
    then = Q(until__isnull=True)
    if at is not None:
        then = (then | Q(until__gt=at)) & Q(since__lte=at)
    for holder in PositionHolder.objects.filter(
        then, group_id__in=groups, position_id__in={one.position_id for one in owners}
    ).select_related("membership__user"):
        by_position[holder.position_id].append(holder)
    return by_position


def _nearest(holders: Iterable[PositionHolder], path: Sequence[UUID]) -> list[PositionHolder]:
    """Return the holders on a path, the nearest first, and a holder before their deputy."""
    distance = {group_id: index for index, group_id in enumerate(reversed(path))}
    here = [one for one in holders if one.group_id in distance]
    return sorted(here, key=lambda one: (distance[one.group_id], one.is_deputy))


def _told(query: str) -> Q:
    found = Q()
    for word in query.split():
        found &= (
            Q(category_name__icontains=word)
            | Q(category_code__istartswith=word)
            | Q(group__name__icontains=word)
            | Q(position__name__icontains=word)
            | Q(seat_group__name__icontains=word)
            | Q(membership__user__name__icontains=word)
            | Q(membership__user__email__icontains=word)
        )
    return found
