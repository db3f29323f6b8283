"""Duties that meet in one person: where they do, and what has been accepted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from accounts import dependents
from accounts.duties import DutyConflict, DutyKind, RoleHeld, duty_conflicts
from accounts.models import DutyAcceptance, Membership, OrgGroup, Position, Role, RoleGrant
from accounts.permissions import Permission
from accounts.selectors.people import Person, people_by_id
from accounts.selectors.vacancies import sittings_of
from accounts.vacancies import Sitting
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class StandingConflict:
    """A conflict of duties, with the acceptance that covers it on a day, if any does.

    ``lapsed`` is an earlier acceptance whose last day is over.
    """

    conflict: DutyConflict
    acceptance: DutyAcceptance | None
    lapsed: DutyAcceptance | None


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A conflict of duties as pages, files and the API show it."""

    kind: DutyKind
    person: Person
    group_id: UUID
    group_name: str
    seats: tuple[str, ...]
    acceptance: DutyAcceptance | None = None
    lapsed: DutyAcceptance | None = None

    @property
    def sentence(self) -> str:
        """Say what could happen."""
        if self.kind is DutyKind.ADMIN_AND_FINANCE:
            return (
                f"{self.person.name} is administrator and finance of {self.group_name}: one person "
                "gives out the powers there and keeps the books."
            )
        seats = " and ".join(self.seats)
        return (
            f"{self.person.name} buys for {self.group_name} and alone answers as {seats} there: "
            "for their own orders, nobody could be asked."
        )

    @property
    def way_out(self) -> str:
        """Say what an administrator can do about it."""
        if self.kind is DutyKind.ADMIN_AND_FINANCE:
            return "End one of the two roles, or accept it with a reason."
        return "Name a deputy, or end the role; or accept it with a reason."


def standing_conflicts(actor: Actor, *, on: date, now: datetime) -> list[StandingConflict]:
    """Return the conflicts on groups whose people the actor manages, those not accepted first.

    Five SQL queries at most, and those of the floors that ask for seats; only people who hold both
    duties are looked at, however many there are.
    """
    conflicts, paths = _conflicts(now)
    mine = [one for one in conflicts if actor.can(Permission.MANAGE_PEOPLE, paths[one.group_id])]
    if not mine:
        return []
    accepted = {
        (found.membership_id, found.group_id, found.kind): found
        for found in DutyAcceptance.objects.filter(ended_at__isnull=True)
    }
    standing = [_standing(one, accepted.get(one.key), on) for one in mine]
    return sorted(standing, key=lambda one: one.acceptance is not None)


def all_conflicts(*, now: datetime) -> frozenset[DutyConflict]:
    """Return the conflicts of the whole organization, accepted or not. Three SQL queries at most.

    Those of the floors that ask for seats come on top.
    """
    return frozenset(_conflicts(now)[0])


def duty_rows(standing: Sequence[StandingConflict]) -> list[DutyRow]:
    """Return conflicts with the names of people, groups and seats. Three SQL queries."""
    if not standing:
        return []
    conflicts = [one.conflict for one in standing]
    people = people_by_id({one.membership_id for one in conflicts})
    groups = OrgGroup.objects.in_bulk([one.group_id for one in conflicts])
    codes = {code for one in conflicts for code in one.position_codes}
    seats = dict(Position.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        DutyRow(
            kind=one.conflict.kind,
            person=people[one.conflict.membership_id],
            group_id=one.conflict.group_id,
            group_name=groups[one.conflict.group_id].name,
            seats=tuple(seats.get(code, code) for code in one.conflict.position_codes),
            acceptance=one.acceptance,
            lapsed=one.lapsed,
        )
        for one in standing
    ]


def rows_of(conflicts: Iterable[DutyConflict]) -> list[DutyRow]:
    """Return conflicts with names, whether accepted or not. Three SQL queries."""
    return duty_rows([StandingConflict(one, None, None) for one in conflicts])


def standing_conflict(
    actor: Actor, *, membership_id: UUID, group_id: UUID, kind: str, on: date, now: datetime
) -> StandingConflict:
    """Return one conflict; raises `NotFound` where it does not hold, or is not the actor's."""
    for one in standing_conflicts(actor, on=on, now=now):
        if one.conflict.key == (membership_id, group_id, kind):
            return one
    raise NotFound("This conflict of duties does not stand any more.")


def acceptance_for(actor: Actor, acceptance_id: UUID) -> DutyAcceptance:
    """Return an acceptance in force on a group whose people the actor manages.

    One SQL query; raises `NotFound`.
    """
    found = (
        DutyAcceptance.objects.filter(id=acceptance_id, ended_at__isnull=True)
        .select_related("group", "membership__user")
        .first()
    )
    if found is None or not actor.can(Permission.MANAGE_PEOPLE, found.group.path):
        raise NotFound("There is no such acceptance, or it has been taken back already.")
    return found


def _standing(
    conflict: DutyConflict, accepted: DutyAcceptance | None, on: date
) -> StandingConflict:
    holds = accepted is not None and accepted.until_on >= on
    return StandingConflict(
        conflict,
        acceptance=accepted if holds else None,
        lapsed=None if holds else accepted,
    )


def _conflicts(now: datetime) -> tuple[list[DutyConflict], dict[UUID, Sequence[UUID]]]:
    demands = dependents.seats_relied_on(now=now)
    codes = {demand.position_code for demand in demands}
    sittings = [one for one in sittings_of(codes) if one.is_active] if codes else []
    roles = _roles_of_candidates(sittings, now)
    mentioned = {
        *(one.group_id for one in roles),
        *(one.group_id for one in sittings),
        *(demand.group_id for demand in demands),
    }
    paths: dict[UUID, Sequence[UUID]] = dict(
        OrgGroup.objects.filter(id__in=mentioned).values_list("id", "path")
    )
    return duty_conflicts(paths, roles, sittings, demands), paths


def _roles_of_candidates(sittings: Collection[Sitting], now: datetime) -> list[RoleHeld]:
    """Return the roles of people who may be in conflict with themselves. One SQL query."""
    grants = RoleGrant.objects.in_force(now).filter(
        membership__status=Membership.Status.ACTIVE, membership__user__is_active=True
    )
    administrators = RoleGrant.objects.in_force(now).filter(role=Role.ADMINISTRATOR)
    keepers = RoleGrant.objects.in_force(now).filter(role=Role.FINANCE)
    both = (
        Q(role__in=(Role.ADMINISTRATOR, Role.FINANCE))
        & Q(membership__in=administrators.values("membership_id"))
        & Q(membership__in=keepers.values("membership_id"))
    )
    buying = Q(role=Role.REQUISITIONER, membership__in={one.membership_id for one in sittings})
    return [
        RoleHeld(*row)
        for row in grants.filter(both | buying).values_list("membership_id", "role", "group_id")
    ]
