"""Merging a group into another one.

What stands below it moves below the other; people, roles and seats go there, too. The group itself
is archived, and stands below the one that took it over: so whoever sees that one sees its orders.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.effects import Effect, EffectKind, GroupChangeKind
from accounts.models import OrgGroup, PositionHolder, RoleGrant, RoleLimit
from accounts.permissions import Permission, require
from accounts.selectors import organization_by_id
from accounts.services.rehearsal import agree, rehearse
from accounts.services.restructuring.steps import (
    follow,
    planned_moves,
    refuse_names,
    rehome,
    repath,
    snapshot,
    subtree,
    take_hold,
)
from accounts.services.roles import derive_permissions, end_grants
from accounts.succession import Term, succeed
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.money import format_money


def merge_group(
    *,
    actor: Actor,
    group: OrgGroup,
    target: OrgGroup,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> list[Effect]:
    """Merge a group into another one; every floor follows. Returns the effects.

    ``seen`` is the fingerprint of the effects that were shown before (`preview_merge`). Raises
    `DomainError` where the two cannot be one, and `Conflict` where the effects have become others.
    """
    with transaction.atomic():
        effects = _merge(actor, group, target, reason, now)
        agree(effects, seen=seen)
    return effects


def preview_merge(
    *, actor: Actor, group: OrgGroup, target: OrgGroup, now: datetime
) -> list[Effect]:
    """Return what merging a group into another would change; nothing stays changed."""
    return rehearse(lambda: _merge(actor, group, target, "", now))


def _merge(
    actor: Actor, group: OrgGroup, target: OrgGroup, reason: str, now: datetime
) -> list[Effect]:
    group, target = take_hold(actor, group.id, target.id)
    for one in (group, target):
        require(actor, Permission.MANAGE_PEOPLE, one)
    _check(group, target)
    assert group.parent_id is not None
    # As with a move: what leaves a group leaves its budgets, rules and approvers.
    require(actor, Permission.MANAGE_GROUPS, OrgGroup.objects.get(id=group.parent_id))
    before = snapshot(subtree(group, target), now=now)
    blocked = planned_moves([group.id])
    repath(group.id, target.path, skip=1, but=[group.id])
    OrgGroup.objects.filter(parent=group).exclude(id=target.id).update(parent=target)
    OrgGroup.objects.filter(id=group.id).update(
        parent=target,
        path=[*target.path, group.id],
        is_active=False,
        archived_at=now,
        merged_into=target,
    )
    homes = rehome([group.id], target, now=now)
    granted, raised = _take_grants_over(group, target, now)
    seated = _take_seats_over(group, target, now)
    RoleLimit.objects.filter(group=group).delete()
    record(
        actor=actor,
        action=AuditAction.GROUP_MERGED,
        subject_type="group",
        subject_id=group.id,
        subject_label=group.name,
        group_id=group.id,
        after={"target": target.name, "roles": granted, "seats": seated},
        reason=reason,
        now=now,
    )
    merged = Effect(
        EffectKind.GROUP_CHANGED,
        group.id,
        group.name,
        f"{group.name} is archived and becomes a part of {target.name}; its orders stay in view "
        "there.",
        group_id=group.id,
    )
    return [
        merged,
        *blocked,
        *homes,
        *raised,
        *follow(
            actor=actor,
            kind=GroupChangeKind.MERGE,
            group=group,
            target=target,
            before=before,
            seats_changed_on=[target.id],
            now=now,
        ),
    ]


def _check(group: OrgGroup, target: OrgGroup) -> None:
    if group.parent_id is None:
        raise DomainError("The whole organization cannot be merged into a part of it.")
    if group.id in target.path:
        raise DomainError(
            f"{target.name} is {group.name} itself or stands below it; choose another group.",
            field="target",
        )
    if not (group.is_active and target.is_active):
        raise DomainError("Only open groups can be merged; restore it first.", field="target")
    names = OrgGroup.objects.filter(parent=group, is_active=True).values_list("name", flat=True)
    refuse_names(target, names, but=group.id, field="target")


def _take_grants_over(
    group: OrgGroup, target: OrgGroup, now: datetime
) -> tuple[list[str], list[Effect]]:
    """End the roles on a group, and grant on the other what its people do not hold there yet.

    They keep their end and their limit. Returns what was granted, and whose limit rises with it.
    """
    # Ending them overwrites when they would have ended.
    coming = _terms(group, now)
    ended = {
        grant.id: grant
        for grant in end_grants(RoleGrant.objects.filter(group=group), at=now, now=now)
    }
    there = _terms(target, now)
    fresh: list[RoleGrant] = []
    replaced: list[tuple[RoleGrant, Term, Term]] = []
    for key, terms in coming.items():
        succession = succeed(there.get(key, ()), terms)
        fresh += [_granted(ended[term.grant_id], target, term, now) for term in succession.fresh]
        replaced += [(ended[term.grant_id], was, term) for was, term in succession.replaced]
    for at in {term.starts_at for _, _, term in replaced}:
        giving_way = [was.grant_id for _, was, term in replaced if term.starts_at == at]
        end_grants(RoleGrant.objects.filter(id__in=giving_way), at=at, now=now)
    RoleGrant.objects.bulk_create(fresh)
    derive_permissions([grant.id for grant in fresh], now=now)
    names = {grant.membership_id: grant.membership.user.name for grant in ended.values()}
    granted = [f"{names[grant.membership_id]}: {grant.get_role_display()}" for grant in fresh]
    return granted, _limits_raised(target, replaced)


def _terms(group: OrgGroup, now: datetime) -> dict[tuple[UUID, str], list[Term]]:
    """Return what holds on a group from now on, by person and role. One SQL query."""
    found: dict[tuple[UUID, str], list[Term]] = {}
    for grant in RoleGrant.objects.filter(group=group).exclude(ends_at__lte=now):
        found.setdefault((grant.membership_id, grant.role), []).append(
            Term(grant.id, max(now, grant.starts_at), grant.ends_at, grant.spending_limit)
        )
    return found


def _granted(grant: RoleGrant, target: OrgGroup, term: Term, now: datetime) -> RoleGrant:
    """Return the grant on another group that takes the place of one that has ended."""
    return RoleGrant(
        organization_id=grant.organization_id,
        membership_id=grant.membership_id,
        group=target,
        role=grant.role,
        spending_limit=term.limit,
        granted_at=now,
        starts_at=term.starts_at,
        ends_at=term.ends_at,
    )


def _limits_raised(
    target: OrgGroup, replaced: Iterable[tuple[RoleGrant, Term, Term]]
) -> list[Effect]:
    """Say whose own limit on the group that takes over is another one. One SQL query, if any."""
    changed = [(grant, was, term) for grant, was, term in replaced if was.limit != term.limit]
    if not changed:
        return []
    currency = organization_by_id(target.organization_id).currency

    def said(limit: Decimal | None) -> str:
        return (
            "no limit of their own" if limit is None else f"up to {format_money(limit, currency)}"
        )

    return [
        Effect(
            EffectKind.LIMIT_CHANGED,
            was.grant_id,
            grant.membership.user.name,
            f"{grant.membership.user.name}, {grant.get_role_display()} of {target.name}: "
            f"{said(term.limit)} instead of {said(was.limit)}.",
            group_id=target.id,
            amount=term.limit,
        )
        for grant, was, term in changed
    ]


def _take_seats_over(group: OrgGroup, target: OrgGroup, now: datetime) -> list[str]:
    """Have people leave the seats of a group, and fill those of the other that are vacant."""
    taken = {
        (seat.position_id, seat.is_deputy): seat.membership_id
        for seat in PositionHolder.objects.current().filter(group=target)
    }
    leaving = list(
        PositionHolder.objects.current()
        .filter(group=group)
        .select_related("membership__user", "position")
        .order_by("is_deputy")
    )
    fresh = []
    for seat in leaving:
        seat.until = max(now, seat.since)
        beside = taken.get((seat.position_id, not seat.is_deputy))
        if (seat.position_id, seat.is_deputy) in taken or beside == seat.membership_id:
            continue
        taken[seat.position_id, seat.is_deputy] = seat.membership_id
        fresh.append(
            PositionHolder(
                organization_id=group.organization_id,
                position=seat.position,
                group=target,
                membership=seat.membership,
                is_deputy=seat.is_deputy,
                since=now,
            )
        )
    PositionHolder.objects.bulk_update(leaving, ["until"])
    PositionHolder.objects.bulk_create(fresh)
    return [f"{seat.membership.user.name}: {seat.position.name}" for seat in fresh]
