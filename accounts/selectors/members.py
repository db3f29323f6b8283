"""The people of an organization as their administrators look them up, one by one and in lists."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.models import (
    MemberMove,
    Membership,
    MembershipPlacement,
    PositionHolder,
    RoleGrant,
)
from accounts.permissions import Permission
from accounts.selectors.groups import within
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import NotFound

# A line of managers ends, whatever an import has made of it.
_LONGEST = 50

_MANAGERS = """
WITH RECURSIVE line AS (
    SELECT manager_id AS id, 1 AS depth FROM accounts_membership
    WHERE organization_id = %(organization)s AND id = %(member)s
    UNION ALL
    SELECT m.manager_id, l.depth + 1 FROM line l
    JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.id = l.id
    WHERE l.depth < %(most)s
)
SELECT id FROM line WHERE id IS NOT NULL ORDER BY depth
"""

_REPORTS = """
WITH RECURSIVE below AS (
    SELECT id, 1 AS depth FROM accounts_membership
    WHERE organization_id = %(organization)s AND manager_id = %(member)s
    UNION
    SELECT m.id, b.depth + 1 FROM below b
    JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.manager_id = b.id
    WHERE b.depth < %(most)s
)
SELECT DISTINCT id FROM below WHERE id <> %(member)s
"""


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """How a list of people is narrowed; empty values narrow nothing.

    ``group_id`` stands for the group and everything below it.
    """

    query: str = ""
    status: str = ""
    role: str = ""
    group_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PersonOverview:
    """What a member holds and has under them now, and what is promised to them."""

    grants: tuple[RoleGrant, ...]
    promised: tuple[RoleGrant, ...]
    seats: tuple[PositionHolder, ...]
    reports: int
    move: MemberMove | None


@dataclass(frozen=True, slots=True)
class PastFact:
    """Something that held of a member from one instant to another (None: still)."""

    what: str
    where: str
    since: datetime
    until: datetime | None


def managed_people(
    actor: Actor, filters: PeopleFilters | None = None, *, at: datetime
) -> QuerySet[Membership]:
    """Return the people whose home group the actor manages people of, by name.

    With the roles they hold at an instant: two SQL queries for a page of them.
    """
    filters = filters or PeopleFilters()
    found = Membership.objects.filter(within(actor, Permission.MANAGE_PEOPLE, "group__"))
    for word in filters.query.split():
        found = found.filter(
            Q(user__name__icontains=word)
            | Q(user__email__icontains=word)
            | Q(title__icontains=word)
        )
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.role:
        held = RoleGrant.objects.in_force(at).filter(membership=OuterRef("pk"), role=filters.role)
        found = found.filter(Exists(held))
    if filters.group_id:
        found = found.filter(group__path__contains=[filters.group_id])
    grants = RoleGrant.objects.in_force(at).select_related("group").order_by("role", "group__name")
    return (
        found.select_related("user", "group", "manager__user")
        .prefetch_related(Prefetch("grants", queryset=grants))
        .order_by("user__name", "id")
    )


def people_by_status(actor: Actor) -> dict[str, int]:
    """Return how many people the actor manages, by status. One SQL query."""
    return dict(
        Membership.objects.filter(within(actor, Permission.MANAGE_PEOPLE, "group__"))
        .values_list("status")
        .annotate(people=Count("id"))
        .order_by("status")
    )


def person_overview(membership: Membership, *, now: datetime) -> PersonOverview:
    """Return what a member holds, is promised and has under them. Four SQL queries."""
    grants = (
        RoleGrant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        .filter(membership=membership)
        .select_related("group")
        .order_by("role", "group__name", "starts_at")
    )
    seats = (
        PositionHolder.objects.current()
        .filter(membership=membership)
        .select_related("position", "group")
        .order_by("position__name", "group__name")
    )
    reports = membership.reports.exclude(status=Membership.Status.SUSPENDED)
    return PersonOverview(
        grants=tuple(grant for grant in grants if grant.starts_at <= now),
        promised=tuple(grant for grant in grants if grant.starts_at > now),
        seats=tuple(seats),
        reports=reports.count(),
        move=planned_move_of(membership),
    )


def person_history(membership: Membership, *, now: datetime) -> list[PastFact]:
    """Return where a member was, what they held and which seats they filled, the latest first.

    Three SQL queries.
    """
    places = (
        MembershipPlacement.objects.filter(membership=membership)
        .select_related("group", "manager__user")
        .order_by("-since")
    )
    grants = (
        RoleGrant.objects.filter(membership=membership, starts_at__lte=now)
        .exclude(ends_at__lte=F("starts_at"))
        .select_related("group")
        .order_by("-starts_at")
    )
    seats = (
        PositionHolder.objects.filter(membership=membership)
        .select_related("position", "group")
        .order_by("-since")
    )
    facts = [
        *(_placed(one) for one in places),
        *(
            PastFact(one.get_role_display(), one.group.name, one.starts_at, one.ends_at)
            for one in grants
        ),
        *(
            PastFact(
                f"Deputy {one.position.name}" if one.is_deputy else one.position.name,
                one.group.name,
                one.since,
                one.until,
            )
            for one in seats
        ),
    ]
    return sorted(facts, key=lambda fact: (fact.since, fact.what), reverse=True)


def planned_move_of(membership: Membership) -> MemberMove | None:
    """Return the move that a member waits for, if any. One SQL query."""
    return (
        MemberMove.objects.filter(membership=membership, status=MemberMove.Status.PLANNED)
        .select_related("membership__user", "from_group", "to_group", "manager__user")
        .first()
    )


def planned_moves_within(actor: Actor) -> QuerySet[MemberMove]:
    """Return the planned moves of people whom the actor manages, the next one first."""
    return (
        MemberMove.objects.filter(
            within(actor, Permission.MANAGE_PEOPLE, "from_group__"),
            status=MemberMove.Status.PLANNED,
        )
        .select_related("membership__user", "from_group", "to_group")
        .order_by("effective_at", "id")
    )


def move_for(actor: Actor, move_id: UUID) -> MemberMove:
    """Return a move of somebody whom the actor manages. One SQL query; raises `NotFound`."""
    found = (
        MemberMove.objects.filter(
            within(actor, Permission.MANAGE_PEOPLE, "from_group__"), id=move_id
        )
        .select_related("membership__user", "from_group", "to_group")
        .first()
    )
    if found is None:
        raise NotFound("There is no such move, or it is not yours to change.")
    return found


def moves_due(*, now: datetime) -> list[UUID]:
    """Return the planned moves whose time has come, the earliest first. One SQL query."""
    return list(
        MemberMove.objects.filter(status=MemberMove.Status.PLANNED, effective_at__lte=now)
        .order_by("effective_at", "id")
        .values_list("id", flat=True)
    )


def managers_above(membership_id: UUID) -> list[UUID]:
    """Return the members above one in the line of managers, the nearest first. One SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MANAGERS,
            {"organization": tenancy.current(), "member": membership_id, "most": _LONGEST},
        )
        return [row[0] for row in cursor.fetchall()]


def reports_below(membership_id: UUID) -> list[UUID]:
    """Return the members who report to one, on whatever level. One SQL query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REPORTS,
            {"organization": tenancy.current(), "member": membership_id, "most": _LONGEST},
        )
        return [row[0] for row in cursor.fetchall()]


def _placed(placement: MembershipPlacement) -> PastFact:
    status = Membership.Status(placement.status)
    what = "At home" if status == Membership.Status.ACTIVE else f"At home, {status.label.lower()}"
    manager = placement.manager
    if manager is not None:
        what = f"{what}; reports to {manager.user.name or manager.user.email}"
    return PastFact(what, placement.group.name, placement.since, placement.until)
