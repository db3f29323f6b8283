"""Seats of groups: which kinds there are, who fills them, and who answers for those left empty."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import OrgGroup, Position, PositionHolder
from accounts.selectors.people import Person, as_person
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody in a seat of a group, as holder or as deputy, and since when."""

    person: Person
    group_id: UUID
    is_deputy: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class SeatState:
    """One kind of seat on a group: who fills it there, and who answers for it.

    ``own`` and ``deputy`` are the group's own, with or without access; ``answer`` is whoever is
    asked, from the group or the nearest above it. ``answered_by`` names the group above that
    answers, and is empty where the group itself does.
    """

    position_id: UUID
    code: str
    name: str
    own: Occupant | None
    deputy: Occupant | None
    answer: Occupant | None
    answered_by: str

    @property
    def holder(self) -> Person | None:
        """Return the person who is asked, or None where nobody is."""
        return self.answer.person if self.answer else None

    @property
    def is_inherited(self) -> bool:
        """Tell whether a group above answers."""
        return bool(self.answered_by)

    @property
    def is_vacant(self) -> bool:
        """Tell whether nobody answers, here or above."""
        return self.answer is None


def positions() -> QuerySet[Position]:
    """Return the kinds of seats that the organization's groups have."""
    return Position.objects.in_use().order_by("name")


def position_names() -> list[str]:
    """Return what the kinds of seats in use are called. One SQL query."""
    return list(positions().values_list("name", flat=True))


def seat_holders(group_id: UUID, position_id: UUID) -> list[Person]:
    """Return who fills a seat of a group itself, as holder and no deputy. One SQL query."""
    found = PositionHolder.objects.filter(
        group_id=group_id, position_id=position_id, is_deputy=False, until__isnull=True
    ).select_related("membership__user")
    return [as_person(seated.membership) for seated in found]


def position_for(position_id: UUID) -> Position:
    """Return a kind of seat, archived or not. One SQL query; raises `NotFound`."""
    found = Position.objects.filter(id=position_id).first()
    if found is None:
        raise NotFound("There is no such kind of seat.")
    return found


def seat_overview(group: OrgGroup) -> list[SeatState]:
    """Return each kind of seat with who fills it on a group and who answers. Three SQL queries."""
    found = (
        PositionHolder.objects.current()
        .filter(group_id__in=group.path)
        .select_related("membership__user")
    )
    by_position: dict[UUID, list[Occupant]] = {}
    for holder in found:
        by_position.setdefault(holder.position_id, []).append(
            Occupant(
                person=as_person(holder.membership),
                group_id=holder.group_id,
                is_deputy=holder.is_deputy,
                since=holder.since,
            )
        )
    names = dict(OrgGroup.objects.filter(id__in=group.path).values_list("id", "name"))
    return [
        _state(position, by_position.get(position.id, ()), group, names) for position in positions()
    ]


def _state(
    position: Position, occupants: Iterable[Occupant], group: OrgGroup, names: dict[UUID, str]
) -> SeatState:
    """Find the nearest group where somebody with access sits; the holder comes before a deputy."""
    distance = {group_id: index for index, group_id in enumerate(reversed(group.path))}
    nearest = sorted(occupants, key=lambda seat: (distance[seat.group_id], seat.is_deputy))
    here = [seat for seat in nearest if seat.group_id == group.id]
    answer = next((seat for seat in nearest if seat.person.is_active), None)
    above = answer is not None and answer.group_id != group.id
    return SeatState(
        position_id=position.id,
        code=position.code,
        name=position.name,
        own=next((seat for seat in here if not seat.is_deputy), None),
        deputy=next((seat for seat in here if seat.is_deputy), None),
        answer=answer,
        answered_by=names[answer.group_id] if answer and above else "",
    )
