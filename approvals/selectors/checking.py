"""Dead ends of policies: reading the tree and the people in it for `approvals.checking`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from accounts.effects import GroupPlace
from accounts.models import Membership, OrgGroup, PositionHolder, RoleGrant
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.selectors import DueFilters, due_rows, organization_by_id
from approvals.checking import (
    Finding,
    Found,
    Lineage,
    Place,
    Staffing,
    Worker,
    begun,
    check_policies,
    check_policy,
    named_seats,
)
from approvals.models import ApprovalLimit, CategoryOwner, PolicyCheck
from approvals.routing import ApproverKind, PolicyDocument
from approvals.selectors.routing import all_policies_in_force
from approvals.selectors.terms import category_lineage
from procurement.core import tenancy
from procurement.core.actors import Actor, SystemActor
from procurement.core.clock import local_date

_BUYING = [role for role, held in ROLE_PERMISSIONS.items() if Permission.PLACE_ORDERS in held]
_BY_MANAGERS = {ApproverKind.MANAGER, ApproverKind.MANAGER_LIMIT}

# Category, group, the person or the seat that owns it, and when that ended.
_Owner = tuple[str, UUID, UUID | None, str | None, UUID | None, datetime | None]
_Named = Mapping[ApproverKind, frozenset[str]]
_Held = Mapping[str, Mapping[UUID, tuple[UUID, ...]]]


@dataclass(frozen=True, slots=True)
class Around:
    """What a change that has just been made has changed, to tell what was before it.

    ``places`` are the groups that it touched, ``shut_out`` is who lost access with it.
    """

    places: tuple[GroupPlace, ...] = ()
    shut_out: UUID | None = None


def draft_findings(group: OrgGroup, document: PolicyDocument, now: datetime) -> tuple[Finding, ...]:
    """Return the dead ends of a group's document, published or not, the gravest first.

    Fifteen SQL queries at most, however many groups and people there are.
    """
    return plan_findings({group.id: document}, now)


def plan_findings(documents: Mapping[UUID, PolicyDocument], now: datetime) -> tuple[Finding, ...]:
    """Return the dead ends of several groups' documents, published together, the gravest first.

    Fifteen SQL queries at most, however many documents, groups and people there are.
    """
    if not documents:
        return ()
    others = {policy.group_id: policy.document for policy in all_policies_in_force(now)}
    staffing = _trained(_rows(named_seats(documents.values()), now).staffing(), now)
    found = (
        finding
        for group_id, document in documents.items()
        for finding in check_policy(document, group_id, staffing, {**others, **documents})
    )
    return tuple(sorted(found, key=lambda one: not one.is_blocking))


def organization_findings(actor: Actor, now: datetime) -> list[Found]:
    """Return the dead ends of all policies in force that an actor may change, policy by policy.

    Fifteen SQL queries at most, however many policies, groups and people there are.
    """
    policies = all_policies_in_force(now)
    if not policies:
        return []
    staffing = _rows(named_seats(policy.document for policy in policies), now).staffing()
    return [
        found
        for found in check_policies(policies, _trained(staffing, now))
        if actor.can(Permission.MANAGE_POLICIES, staffing.places[found.group_id].path)
    ]


def findings_begun(around: Around, now: datetime) -> list[Found]:
    """Return the blocking dead ends that a change made at ``now`` has brought about.

    Who held a seat or role up to that instant held it before the change. Eleven SQL queries at
    most.
    """
    policies = all_policies_in_force(now)
    if not policies:
        return []
    rows = _rows(named_seats(policy.document for policy in policies), now)
    was = check_policies(policies, rows.staffing(around))
    before: defaultdict[UUID, list[Finding]] = defaultdict(list)
    for found in was:
        before[found.group_id].append(found.finding)
    after: defaultdict[UUID, list[Found]] = defaultdict(list)
    for found in check_policies(policies, rows.staffing()):
        after[found.group_id].append(found)
    return [
        found
        for group_id, there in after.items()
        for finding in begun(before[group_id], [one.finding for one in there])
        for found in there
        if found.finding is finding
    ]


def may_begin_with(membership_id: UUID, now: datetime) -> bool:
    """Tell whether approvals can depend on somebody: a seat, a role, a report of theirs.

    Up to three SQL queries, each of one row.
    """
    mine = {"membership_id": membership_id}
    return (
        PositionHolder.objects.filter(Q(until__isnull=True) | Q(until__gte=now), **mine).exists()
        or RoleGrant.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gte=now), **mine).exists()
        or Membership.objects.filter(manager_id=membership_id).exists()
    )


def last_policy_check() -> PolicyCheck | None:
    """Return the latest check that was kept, or None. One SQL query."""
    return PolicyCheck.objects.order_by("-made_at").first()


@dataclass(frozen=True, slots=True)
class _Rows:
    """What was read. Sittings and grants are those of now, and those that ended at ``now``."""

    now: datetime
    places: Mapping[UUID, Place]
    people: Mapping[UUID, Worker]
    sittings: Sequence[tuple[str, UUID, UUID, bool, datetime | None]]
    grants: Sequence[tuple[str, UUID, UUID, datetime | None]]
    buying: Sequence[tuple[UUID, UUID, datetime, datetime | None]]
    buyable: Sequence[tuple[UUID, datetime, datetime | None]]
    limits: Sequence[tuple[UUID, Decimal | None, datetime | None]]
    owners: Sequence[_Owner]
    categories: Mapping[str, Lineage]

    def staffing(self, before: Around | None = None) -> Staffing:
        """Return who sits where now, or did right before a change that was made now."""
        is_before = before is not None
        positions = [
            (code, group, member)
            for code, group, member, is_deputy, until in self.sittings
            if not is_deputy and (is_before or until is None)
        ]
        deputies = [
            (code, group, member)
            for code, group, member, is_deputy, until in self.sittings
            if is_deputy and (is_before or until is None)
        ]
        roles = [
            (role, group, member)
            for role, group, member, ends_at in self.grants
            if is_before or ends_at != self.now
        ]
        buying: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for member, group, starts_at, ends_at in self.buying:
            if starts_at < self.now if is_before else ends_at != self.now:
                buying[member].add(group)
        buyable = frozenset(
            group
            for group, starts_at, ends_at in self.buyable
            if (starts_at < self.now if is_before else ends_at != self.now)
        )
        places = _places_before(self.places, before) if before else self.places
        # Of a limit that was changed with it, the one that ended counts before.
        limits = sorted(self.limits, key=lambda one: one[2] is not None)
        return Staffing(
            buyable=buyable,
            places=places,
            people=_people_before(self.people, before) if before else self.people,
            positions=_held(positions),
            deputies=_held(deputies),
            roles=_held(roles),
            buying={member: frozenset(groups) for member, groups in buying.items()},
            limits={
                member: amount for member, amount, until in limits if is_before or until is None
            },
            owners=self._owners(places, _held((*positions, *deputies)), is_before=is_before),
            categories=self.categories,
        )

    def _owners(self, places: Mapping[UUID, Place], seats: _Held, *, is_before: bool) -> _Held:
        """Return who could answer for each category; a seat is answered by any seat above it."""
        found: list[tuple[str, UUID, UUID]] = []
        for category, group, member, position, seat_group, until in self.owners:
            if until is not None and not is_before:
                continue
            if member is not None:
                found.append((category, group, member))
                continue
            seat_place = places.get(seat_group) if seat_group is not None else None
            for above in seat_place.path if seat_place else ():
                sitting = seats.get(position or "", {}).get(above, ())
                found.extend((category, group, one) for one in sitting)
        return _held(found)


def _places_before(places: Mapping[UUID, Place], before: Around) -> dict[UUID, Place]:
    touched = {one.id: Place(one.id, one.name, one.before, one.was_active) for one in before.places}
    return {**places, **touched}


def _people_before(people: Mapping[UUID, Worker], before: Around) -> Mapping[UUID, Worker]:
    member = before.shut_out
    if member is None or member not in people:
        return people
    return {**people, member: replace(people[member], is_active=True)}


def _rows(named: _Named, now: datetime) -> _Rows:
    """Read who sits in the named seats, what they may agree to, and what is above them.

    Seven SQL queries, and three where owners of categories are asked.
    """
    is_current = Q(until__isnull=True) | Q(until=now)
    owners = _owner_rows(is_current) if ApproverKind.CATEGORY_OWNER in named else []
    places = {
        group: Place(group, name, tuple(path), is_open)
        for group, name, path, is_open in OrgGroup.objects.order_by("name", "id").values_list(
            "id", "name", "path", "is_active"
        )
    }
    seats = set(named.get(ApproverKind.POSITION, ()))
    seats.update(code for _, _, _, code, _, _ in owners if code is not None)
    sittings = list(
        PositionHolder.objects.filter(is_current, position__code__in=seats).values_list(
            "position__code", "group_id", "membership_id", "is_deputy", "until"
        )
    )
    granted = RoleGrant.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gte=now), starts_at__lte=now
    )
    grants = list(
        granted.filter(role__in=named.get(ApproverKind.ROLE, ())).values_list(
            "role", "group_id", "membership_id", "ends_at"
        )
    )
    seated = {member for _, _, member, _, _ in sittings} | {member for _, _, member, _ in grants}
    seated |= _uuids(named.get(ApproverKind.PERSON, ()))
    seated.update(member for _, _, member, _, _, _ in owners if member is not None)
    # Only who sits somewhere can be the only one to ask; a manager is asked of everybody who buys.
    asks_managers = bool(_BY_MANAGERS & named.keys())
    buying = list(
        granted.filter(
            Q() if asks_managers else Q(membership_id__in=seated), role__in=_BUYING
        ).values_list("membership_id", "group_id", "starts_at", "ends_at")
    )
    buyable = list(
        granted.filter(role__in=_BUYING, membership__status=Membership.Status.ACTIVE)
        .values_list("group_id", "starts_at", "ends_at")
        .distinct()
    )
    people = _workers(Q() if asks_managers else Q(id__in=seated))
    bounded = Q() if ApproverKind.MANAGER_LIMIT in named else Q(membership_id__in=seated)
    limits = list(
        ApprovalLimit.objects.filter(is_current, bounded).values_list(
            "membership_id", "amount", "until"
        )
    )
    asked_about = named.get(ApproverKind.CATEGORY_OWNER, frozenset())
    categories = category_lineage({*asked_about, *(row[0] for row in owners)})
    return _Rows(now, places, people, sittings, grants, buying, buyable, limits, owners, categories)


def _owner_rows(is_current: Q) -> list[_Owner]:
    return list(
        CategoryOwner.objects.filter(is_current).values_list(
            "category_code", "group_id", "membership_id", "position__code", "seat_group_id", "until"
        )
    )


def _workers(known: Q) -> dict[UUID, Worker]:
    return {
        member: Worker(name or email, status == Membership.Status.ACTIVE and is_active, manager_id)
        for member, name, email, status, is_active, manager_id in Membership.objects.filter(
            known
        ).values_list("id", "user__name", "user__email", "status", "user__is_active", "manager")
    }


def _trained(staffing: Staffing, now: datetime) -> Staffing:
    """Return a staffing that knows what training its seated people have due. Four SQL queries."""
    organization_id = tenancy.current()
    assert organization_id is not None
    seated = frozenset(
        member
        for held in (staffing.positions, staffing.roles)
        for by_group in held.values()
        for members in by_group.values()
        for member in members
    )
    if not seated:
        return staffing
    zone = organization_by_id(organization_id).time_zone
    due: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in due_rows(
        SystemActor(organization_id, "Policy check"),
        DueFilters(among=seated),
        on=local_date(now, zone),
        time_zone=zone,
        now=now,
    ):
        due[row.membership_id].append(row.page_title)
    untrained = {
        member: replace(staffing.people[member], due=tuple(titles))
        for member, titles in due.items()
        if member in staffing.people
    }
    return replace(staffing, people={**staffing.people, **untrained}) if untrained else staffing


def _held(rows: Iterable[tuple[str, UUID, UUID]]) -> _Held:
    found: defaultdict[str, defaultdict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for code, group, member in rows:
        found[code][group].append(member)
    return {
        code: {group: tuple(members) for group, members in by_group.items()}
        for code, by_group in found.items()
    }


def _uuids(values: Iterable[str]) -> set[UUID]:
    found = set()
    for value in values:
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    return found
