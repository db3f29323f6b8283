"""What every change of the tree has in common."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q

from accounts import consequences, dependents
from accounts.consequences import Order
from accounts.effects import Effect, EffectKind, GroupChange, GroupChangeKind, GroupPlace
from accounts.models import (
    MemberMove,
    Membership,
    OrgGroup,
    PositionHolder,
    RoleGrant,
    RoleLimit,
)
from accounts.permissions import Permission, require
from accounts.selectors import order_on, organization_by_id
from accounts.services.placements import keep_group_history, keep_member_history
from accounts.services.roles import end_grants
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import DomainError, NotFound
from procurement.core.locking import hold_tree, lock
from procurement.core.money import format_money

_NAMED = 5

# The way down from the moved group stays as it is; what leads to it is another one.
_REPATH = """
UPDATE accounts_orggroup
SET path = %(above)s::uuid[] || path[array_position(path, %(group)s::uuid) + %(skip)s:]
WHERE organization_id = %(organization)s AND %(group)s::uuid = ANY(path)
  AND id <> ALL(%(but)s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The groups that a change touches as they were before it, and what held on them."""

    groups: dict[UUID, OrgGroup]
    order: Order


def take_hold(actor: Actor, *group_ids: UUID) -> list[OrgGroup]:
    """Keep the tree to oneself; return groups as they are, which the actor must be able to shape.

    Raises `NotFound` where one has gone, `NotAllowed` where one is not the actor's to change.
    """
    hold_tree(actor.organization_id)
    found = {group.id: group for group in lock(OrgGroup.objects.filter(id__in=group_ids))}
    if len(found) < len(set(group_ids)):
        raise NotFound("There is no such group any more.")
    for group in found.values():
        require(actor, Permission.MANAGE_GROUPS, group)
    return [found[group_id] for group_id in group_ids]


def subtree(*tops: OrgGroup) -> dict[UUID, OrgGroup]:
    """Return groups with all that stands below them. One SQL query."""
    found = OrgGroup.objects.filter(path__overlap=[top.id for top in tops])
    return {group.id: group for group in found}


def snapshot(groups: dict[UUID, OrgGroup], *, now: datetime) -> Snapshot:
    """Remember groups, and what holds on them now. Three SQL queries."""
    return Snapshot(groups, order_on(paths_of(groups.values()), names_of(groups.values()), at=now))


def paths_of(groups: Iterable[OrgGroup]) -> dict[UUID, tuple[UUID, ...]]:
    """Return the way from the root down to each group."""
    return {group.id: tuple(group.path) for group in groups}


def names_of(groups: Iterable[OrgGroup]) -> dict[UUID, str]:
    """Return what each group is called."""
    return {group.id: group.name for group in groups}


def repath(
    group_id: UUID, above: Sequence[UUID], *, skip: int = 0, but: Sequence[UUID] = ()
) -> None:
    """Have a group and all below it stand below others; with ``skip`` 1, only what is below it.

    One SQL statement, however many groups there are. ``but`` are left alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _REPATH,
            {
                "organization": tenancy.current(),
                "group": group_id,
                "above": list(above),
                "skip": skip,
                "but": list(but),
            },
        )


def refuse_names(
    parent: OrgGroup, names: Iterable[str], *, but: UUID, field: str | None = None
) -> None:
    """Raise `DomainError` where a parent has open groups of such names already."""
    taken = list(
        OrgGroup.objects.filter(parent=parent, is_active=True, name__in=list(names))
        .exclude(id=but)
        .order_by("name")
        .values_list("name", flat=True)[:_NAMED]
    )
    if taken:
        said = ", ".join(f"“{name}”" for name in taken)
        raise DomainError(
            f"{parent.name} already has {said}; rename one of the two first.", field=field
        )


def rehome(groups: Iterable[UUID], target: OrgGroup, *, now: datetime) -> list[Effect]:
    """Have everybody who is at home in some groups belong to another one."""
    people = list(
        Membership.objects.filter(group_id__in=list(groups))
        .select_related("user")
        .order_by("user__name")
    )
    if not people:
        return []
    ids = [person.id for person in people]
    Membership.objects.filter(id__in=ids).update(group=target)
    keep_member_history(ids, now=now)
    named = ", ".join(person.user.name for person in people[:_NAMED])
    more = f" and {len(people) - _NAMED:,} more" if len(people) > _NAMED else ""
    verb = "belongs" if len(people) == 1 else "belong"
    return [
        Effect(
            EffectKind.HOME_MOVED,
            target.id,
            target.name,
            f"{named}{more} {verb} to {target.name} from now on.",
            group_id=target.id,
        )
    ]


def end_holdings(groups: Collection[UUID], *, now: datetime) -> int:
    """End roles, seats and limits of groups that close; return how many roles have ended."""
    ended = end_grants(RoleGrant.objects.filter(group_id__in=groups), at=now, now=now)
    PositionHolder.objects.current().filter(group_id__in=groups).update(until=now)
    RoleLimit.objects.filter(group_id__in=groups).delete()
    return len(ended)


def planned_moves(groups: Iterable[UUID]) -> list[Effect]:
    """Name the planned moves of people in and out of groups about to close: these stand first."""
    closing = list(groups)
    waiting = MemberMove.objects.filter(
        Q(to_group_id__in=closing) | Q(from_group_id__in=closing), status=MemberMove.Status.PLANNED
    ).select_related("membership__user", "to_group")
    return [
        Effect(
            EffectKind.BLOCKED,
            move.id,
            move.membership.user.name,
            f"{move.membership.user.name} is to move to {move.to_group.name}. Call that move off, "
            "or let it happen first.",
            group_id=move.to_group_id,
        )
        for move in waiting
    ]


def follow(
    *,
    actor: Actor,
    kind: GroupChangeKind,
    group: OrgGroup,
    target: OrgGroup | None,
    before: Snapshot,
    seats_changed_on: Iterable[UUID] = (),
    now: datetime,
) -> list[Effect]:
    """Write the history of a change that has just been made, and have every floor follow it.

    Returns what it changed: powers, seats and limits here, and what the floors above tell. Four SQL
    queries, two statements, and those of the floors.
    """
    found = OrgGroup.objects.in_bulk(list(before.groups))
    # In one order always: the effects are compared with those of the rehearsal.
    after = {group_id: found[group_id] for group_id in before.groups}
    keep_group_history(after.keys(), now=now)
    change = GroupChange(
        kind=kind,
        group_id=group.id,
        group_name=group.name,
        target_id=target.id if target else None,
        target_name=target.name if target else "",
        places=tuple(
            GroupPlace(
                id=one.id,
                name=one.name,
                before=tuple(one.path),
                after=tuple(after[one.id].path),
                was_active=one.is_active,
                is_active=after[one.id].is_active,
            )
            for one in before.groups.values()
        ),
        seats_changed_on=frozenset(seats_changed_on),
    )
    standing = order_on(paths_of(after.values()), names_of(after.values()), at=now)
    return [
        *_own_effects(actor, before.order, standing),
        *dependents.follow_group_change(actor=actor, change=change, now=now),
    ]


def _own_effects(actor: Actor, before: Order, after: Order) -> list[Effect]:
    amounts = {one.amount for one in (*before.limits, *after.limits)}
    money: Mapping[Decimal, str] = {}
    if amounts:
        currency = organization_by_id(actor.organization_id).currency
        money = {amount: format_money(amount, currency) for amount in amounts}
    return [
        *consequences.powers(before, after),
        *consequences.seats(before, after),
        *consequences.limits(before, after, money),
    ]
