"""Seats that something relies on: which there are, and where nobody answers them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts import dependents
from accounts.effects import SeatDemand
from accounts.models import Membership, OrgGroup, Position, PositionHolder
from accounts.permissions import Permission
from accounts.selectors.people import Person, people_by_id
from accounts.vacancies import Branch, Place, Sitting, report_on_seats
from procurement.core.actors import Actor


@dataclass(frozen=True, slots=True)
class VacantSeat:
    """A seat that nobody answers on a group and below, as a page shows it.

    ``position_id`` is None where a policy asks for a seat that the organization does not know.
    ``absent`` are those who hold it without access; ``alone`` is set where it is not vacant, but
    only this one person answers it.
    """

    position_id: UUID | None
    position_code: str
    position_name: str
    group_id: UUID
    group_name: str
    because: tuple[str, ...]
    groups: int
    people: int
    absent: tuple[Person, ...] = ()
    alone: Person | None = None


@dataclass(frozen=True, slots=True)
class SeatFindings:
    """What is amiss with seats: nobody answers them, or one person and nobody else."""

    vacant: tuple[VacantSeat, ...]
    lone: tuple[VacantSeat, ...]


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A kind of seat with how much it is used: by groups that fill it, and by what asks for it."""

    position: Position
    holders: int
    deputies: int
    because: tuple[str, ...]

    @property
    def is_relied_on(self) -> bool:
        """Tell whether something in force asks for it."""
        return bool(self.because)


def position_rows(*, now: datetime) -> list[PositionRow]:
    """Return all kinds of seats, the archived last, with their use. Two SQL queries, and demands'.

    There are few kinds of seats in an organization.
    """
    reasons: dict[str, dict[str, None]] = {}
    for demand in dependents.seats_relied_on(now=now):
        reasons.setdefault(demand.position_code, {})[demand.because] = None
    used = Counter[tuple[UUID, bool]]()
    for position_id, is_deputy, number in (
        PositionHolder.objects.current()
        .values("position_id", "is_deputy")
        .annotate(number=Count("id"))
        .values_list("position_id", "is_deputy", "number")
    ):
        used[position_id, is_deputy] = number
    rows = [
        PositionRow(
            position=position,
            holders=used[position.id, False],
            deputies=used[position.id, True],
            because=tuple(reasons.get(position.code, ())),
        )
        for position in Position.objects.order_by("name", "id")
    ]
    return sorted(rows, key=lambda row: row.position.archived_at is not None)


def seat_findings(actor: Actor, *, now: datetime) -> SeatFindings:
    """Return where seats that something relies on are vacant or have one person alone.

    On the groups whose people the actor manages, each at the topmost of them. At most five SQL
    queries and those of the floors that ask for seats, however large the tree is.
    """
    demands = dependents.seats_relied_on(now=now)
    if not demands:
        return SeatFindings((), ())
    codes = {demand.position_code for demand in demands}
    groups = OrgGroup.objects.order_by("name", "id")
    names: dict[UUID, str] = {}
    places = list(_places(actor, groups, _people_at_home(), names))
    sittings = sittings_of(codes)
    report = report_on_seats(places, sittings, demands)
    known = {position.code: position for position in Position.objects.filter(code__in=codes)}
    wanted = {one.membership_id for one in report.lone}
    wanted.update(member for one in report.vacancies for member in one.absent)
    people = people_by_id(wanted) if wanted else {}
    return SeatFindings(
        vacant=_largest_first(
            _row(one, known, names, absent=tuple(people[member] for member in one.absent))
            for one in report.vacancies
        ),
        lone=_largest_first(
            _row(one, known, names, alone=people[one.membership_id]) for one in report.lone
        ),
    )


def vacancy_count(actor: Actor, *, now: datetime) -> int:
    """Return how many vacancies `seat_findings` would list, without a walk through the tree.

    Looks only at the groups that something asks for seats on, those that the actor was granted, and
    what stands above them. At most three SQL queries and those of the floors that ask for seats.
    """
    demands = dependents.seats_relied_on(now=now)
    granted = actor.groups_with(Permission.MANAGE_PEOPLE)
    if not demands or (granted is not None and not granted):
        return 0
    tops = {demand.group_id for demand in demands} | (granted or set())
    paths = OrgGroup.objects.filter(id__in=tops).values_list("path", flat=True)
    relevant = {group_id for path in paths for group_id in path}
    places = _places(actor, OrgGroup.objects.filter(id__in=relevant), {}, {})
    sittings = sittings_of({demand.position_code for demand in demands}, on=relevant)
    return len(report_on_seats(places, sittings, demands).vacancies)


def sittings_of(codes: Collection[str], *, on: Collection[UUID] | None = None) -> list[Sitting]:
    """Return who sits in seats now, holders and deputies alike; ``on`` keeps to some groups.

    One SQL query.
    """
    found = PositionHolder.objects.current().filter(position__code__in=codes)
    if on is not None:
        found = found.filter(group_id__in=on)
    return [
        Sitting(code, group, member, is_deputy, status == Membership.Status.ACTIVE and is_active)
        for code, group, member, is_deputy, status, is_active in found.values_list(
            "position__code",
            "group_id",
            "membership_id",
            "is_deputy",
            "membership__status",
            "membership__user__is_active",
        )
    ]


def unanswered_after(
    codes: Mapping[UUID, Iterable[str]], *, now: datetime
) -> list[tuple[str, OrgGroup, SeatDemand]]:
    """Return the seats of some groups, by code, that something relies on and nobody answers now.

    Three SQL queries and those of the floors that ask for seats; none without a code.
    """
    wanted = {code for some in codes.values() for code in some}
    demands = [
        demand for demand in dependents.seats_relied_on(now=now) if demand.position_code in wanted
    ]
    if not demands:
        return []
    groups = list(OrgGroup.objects.filter(id__in=codes))
    asking = OrgGroup.objects.in_bulk([demand.group_id for demand in demands])
    on = {group_id for group in groups for group_id in group.path}
    able = {
        (one.position_code, one.group_id) for one in sittings_of(wanted, on=on) if one.is_active
    }
    found = []
    for group in groups:
        for code in codes[group.id]:
            if any((code, above) in able for above in group.path):
                continue
            demand = next(
                (
                    one
                    for one in demands
                    if one.position_code == code
                    and (one.group_id in group.path or group.id in asking[one.group_id].path)
                ),
                None,
            )
            if demand is not None:
                found.append((code, group, demand))
    return found


def _places(
    actor: Actor,
    groups: QuerySet[OrgGroup],
    people: Mapping[UUID, int],
    names: dict[UUID, str],
) -> Iterable[Place]:
    """Yield groups; those whose people the actor does not manage count as closed. One SQL query."""
    granted = actor.groups_with(Permission.MANAGE_PEOPLE)
    for group_id, parent_id, path, name, is_active in groups.values_list(
        "id", "parent_id", "path", "name", "is_active"
    ):
        names[group_id] = name
        is_theirs = granted is None or not granted.isdisjoint(path)
        yield Place(group_id, parent_id, is_active and is_theirs, people.get(group_id, 0))


def _people_at_home() -> dict[UUID, int]:
    """Return how many active people are at home in each group. One SQL query."""
    counted = Membership.objects.filter(status=Membership.Status.ACTIVE).values("group_id")
    return dict(counted.annotate(people=Count("id")).values_list("group_id", "people"))


def _row(
    found: Branch,
    known: Mapping[str, Position],
    names: Mapping[UUID, str],
    *,
    absent: tuple[Person, ...] = (),
    alone: Person | None = None,
) -> VacantSeat:
    position = known.get(found.position_code)
    name = position.name if position else found.position_code.replace("-", " ").capitalize()
    return VacantSeat(
        position_id=position.id if position else None,
        position_code=found.position_code,
        position_name=name,
        group_id=found.group_id,
        group_name=names[found.group_id],
        because=found.because,
        groups=found.groups,
        people=found.people,
        absent=absent,
        alone=alone,
    )


def _largest_first(rows: Iterable[VacantSeat]) -> tuple[VacantSeat, ...]:
    return tuple(
        sorted(rows, key=lambda row: (-row.people, -row.groups, row.position_name, row.group_name))
    )
