"""Moving a person to another group: with what they may do, at once or on a day to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import dependents
from accounts.effects import Effect, EffectKind, MemberChange, MemberChangeKind
from accounts.models import MemberMove, Membership, OrgGroup, RoleGrant
from accounts.permissions import Permission, require
from accounts.relocation import Begins, Held, Relocation, relocate
from accounts.selectors import (
    all_conflicts,
    move_for,
    moves_due,
    organization_by_id,
    planned_move_of,
)
from accounts.services.duties import duties_that_meet
from accounts.services.members import check_manager
from accounts.services.move_effects import home_told, powers_told
from accounts.services.placements import keep_member_history
from accounts.services.rehearsal import agree, rehearse
from accounts.services.roles import (
    derive_permissions,
    end_grants,
    refuse_without_administrator,
)
from accounts.services.seats import leave_seats
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.clock import local_date
from procurement.core.errors import Conflict, DomainError
from procurement.core.locking import lock, rely_on_tree


@dataclass(frozen=True, slots=True)
class MoveTerms:
    """Where somebody moves, and when.

    ``effective_at`` None stands for now. Until ``overlap_until`` they keep what they could do
    before; None ends that as they move. ``manager`` None keeps the one they have.
    """

    target: OrgGroup
    manager: Membership | None = None
    effective_at: datetime | None = None
    overlap_until: datetime | None = None
    reason: str = ""


def move_member(
    *,
    actor: Actor,
    membership: Membership,
    terms: MoveTerms,
    seen: str | None = None,
    now: datetime,
) -> MemberMove:
    """Move a person with what they may do, now or on a day to come; every floor follows then.

    Roles on their former group and below it end, its own begin on the new one with the same limits.
    They carry their own instants, so that powers change on time whatever runs in the background.
    ``seen`` is the fingerprint of the effects that were shown before (`preview_member_move`).
    Raises `DomainError` where the move makes no sense, and `Conflict` where the effects have become
    others.
    """
    move, _ = _order(actor, membership, terms, seen, now)
    return move


def preview_member_move(
    *, actor: Actor, membership: Membership, terms: MoveTerms, now: datetime
) -> list[Effect]:
    """Return what moving a person would change, on every floor; nothing stays changed."""
    return rehearse(lambda: _order(actor, membership, terms, None, now)[1])


@transaction.atomic
def cancel_member_move(
    *, actor: Actor, move: MemberMove, reason: str = "", now: datetime
) -> MemberMove:
    """Call a planned move off: what was to end goes on, what was to begin never does.

    Raises `Conflict` where its day has come, since the past stays as it was.
    """
    require(actor, Permission.MANAGE_PEOPLE, move.from_group)
    lock(Membership.objects.filter(id=move.membership_id))
    (current,) = lock(
        MemberMove.objects.filter(id=move.id).select_related(
            "membership__user", "from_group", "to_group"
        )
    )
    if current.status == MemberMove.Status.CANCELLED:
        return current
    if current.status == MemberMove.Status.DONE or current.effective_at <= now:
        raise Conflict(
            f"The move of {current.membership.user.name} has taken effect; move them back instead."
        )
    call_off(actor, current, reason=reason, now=now)
    return current


def call_off_planned(
    *, actor: Actor, membership: Membership, reason: str, now: datetime
) -> list[Effect]:
    """Call off the move that a locked member waits for, if any; say so. One SQL query or more."""
    move = planned_move_of(membership)
    if move is None:
        return []
    call_off(actor, move, reason=reason, now=now)
    return [
        Effect(
            EffectKind.HOME_MOVED,
            move.id,
            move.membership.user.name,
            f"The planned move of {move.membership.user.name} to {move.to_group.name} is called "
            "off.",
            group_id=move.to_group_id,
        )
    ]


def call_off(actor: Actor, move: MemberMove, *, reason: str, now: datetime) -> None:
    """Undo what planning a move has changed; the caller has locked the member."""
    end_grants(RoleGrant.objects.filter(id__in=move.started_grants), at=now, now=now)
    _give_back(move, now)
    move.status, move.closed_at = MemberMove.Status.CANCELLED, now
    move.save(update_fields=["status", "closed_at"])
    _record(actor, AuditAction.MEMBER_MOVE_CANCELLED, move, reason=reason, now=now)


def carry_out_due_moves(*, actor: Actor, now: datetime) -> int:
    """Carry out the planned moves whose day has come; return how many there were."""
    due = moves_due(now=now)
    for move_id in due:
        _carry_out_planned(actor, move_id, now)
    return len(due)


@transaction.atomic
def _carry_out_planned(actor: Actor, move_id: UUID, now: datetime) -> None:
    move = move_for(actor, move_id)
    lock(Membership.objects.filter(id=move.membership_id))
    (current,) = lock(MemberMove.objects.filter(id=move_id, status=MemberMove.Status.PLANNED)) or (
        None,
    )
    if current is not None:
        _carry_out(actor, move, now=now)


@transaction.atomic
def _order(
    actor: Actor, membership: Membership, terms: MoveTerms, seen: str | None, now: datetime
) -> tuple[MemberMove, list[Effect]]:
    rely_on_tree(actor.organization_id)
    (member,) = lock(Membership.objects.filter(id=membership.id).select_related("user", "group"))
    target = OrgGroup.objects.get(id=terms.target.id)
    effective_at = max(terms.effective_at or now, now)
    until = terms.overlap_until or effective_at
    require(actor, Permission.MANAGE_PEOPLE, member.group)
    require(actor, Permission.MANAGE_PEOPLE, target)
    _check_day(actor, terms, now)
    _check(actor, member, target, terms, effective_at)
    known = all_conflicts(now=effective_at)
    relocation = relocate(
        _held(member, now=now),
        home_id=member.group_id,
        target_path=tuple(target.path),
        effective_at=effective_at,
        until=until,
    )
    move = _plan(actor, member, target, terms, relocation, (effective_at, until), now)
    own = [*powers_told(move, relocation, until), *duties_that_meet(known, now=effective_at)]
    if effective_at > now:
        _record(actor, AuditAction.MEMBER_MOVE_PLANNED, move, reason=terms.reason, now=now)
        followed = rehearse(lambda: _carry_out(actor, move, now=effective_at))
        move.refresh_from_db()
    else:
        followed = _carry_out(actor, move, now=now)
        refuse_without_administrator(actor, member, now=now)
    effects = [*home_told(move, now), *own, *followed]
    agree(effects, seen=seen)
    move.effects = [effect.sentence for effect in effects]
    move.save(update_fields=["effects"])
    return move, effects


def _check_day(actor: Actor, terms: MoveTerms, now: datetime) -> None:
    """Refuse a day that has gone: what somebody could do on it stays as it was."""
    if terms.effective_at is None or terms.effective_at >= now:
        return
    zone = organization_by_id(actor.organization_id).time_zone
    if local_date(terms.effective_at, zone) < local_date(now, zone):
        raise DomainError("Choose today or a day to come.", field="effective_at")


def _check(
    actor: Actor,
    member: Membership,
    target: OrgGroup,
    terms: MoveTerms,
    effective_at: datetime,
) -> None:
    name = member.user.name
    if member.status == Membership.Status.SUSPENDED:
        raise DomainError(f"{name} has no access; open it again first.")
    if actor.id == member.id:
        raise DomainError("Nobody moves themselves; ask another administrator.")
    if target.id == member.group_id:
        raise DomainError(f"{name} belongs to {target.name} already.", field="target")
    if not target.is_active:
        raise DomainError(f"{target.name} is archived; restore it first.", field="target")
    if terms.overlap_until is not None and terms.overlap_until < effective_at:
        raise DomainError(
            "The overlap ends before the move; choose a later day, or none.", field="overlap_until"
        )
    if terms.manager is not None:
        check_manager(member, terms.manager)
    planned = planned_move_of(member)
    if planned is not None:
        raise DomainError(
            f"{name} is to move to {planned.to_group.name} already. Call that move off first."
        )


def _held(member: Membership, *, now: datetime) -> list[Held]:
    grants = RoleGrant.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now), membership=member
    ).select_related("group")
    return [
        Held(
            id=grant.id,
            role=grant.role,
            path=tuple(grant.group.path),
            spending_limit=grant.spending_limit,
            starts_at=grant.starts_at,
            ends_at=grant.ends_at,
        )
        for grant in grants
    ]


def _plan(
    actor: Actor,
    member: Membership,
    target: OrgGroup,
    terms: MoveTerms,
    relocation: Relocation,
    when: tuple[datetime, datetime],
    now: datetime,
) -> MemberMove:
    """Write the move down, with the instants at which roles end and begin."""
    effective_at, until = when
    ended = end_grants(
        RoleGrant.objects.filter(id__in=[one.id for one in relocation.ends]), at=until, now=now
    )
    former = {one.id: one.ends_at for one in relocation.ends}
    started = [_begin(member, target, one, now) for one in relocation.begins]
    derive_permissions([grant.id for grant in started], now=now)
    return MemberMove.objects.create(
        organization_id=actor.organization_id,
        membership=member,
        from_group=member.group,
        to_group=target,
        manager=terms.manager,
        effective_at=effective_at,
        overlap_until=terms.overlap_until,
        ended_grants=[grant.id for grant in ended],
        former_ends=[former[grant.id] for grant in ended],
        started_grants=[grant.id for grant in started],
        reason=terms.reason.strip(),
        ordered_by=actor.label,
        created_at=now,
    )


def _begin(member: Membership, target: OrgGroup, one: Begins, now: datetime) -> RoleGrant:
    return RoleGrant.objects.create(
        organization_id=member.organization_id,
        membership=member,
        group=target,
        role=one.role,
        spending_limit=one.spending_limit,
        granted_at=now,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
    )


def _carry_out(actor: Actor, move: MemberMove, *, now: datetime) -> list[Effect]:
    """Have home, manager, seats and pending approvals follow; the member is locked."""
    member = move.membership
    left = OrgGroup.objects.filter(path__contains=[move.from_group_id]).exclude(
        path__contains=[move.to_group_id]
    )
    member.group = move.to_group
    if move.manager_id is not None:
        member.manager_id = move.manager_id
    member.save(update_fields=["group", "manager"])
    keep_member_history([member.id], now=now)
    seats = leave_seats(actor=actor, membership=member, groups=left, now=now)
    change = MemberChange(
        kind=MemberChangeKind.MOVE,
        membership_id=member.id,
        name=member.user.name or member.user.email,
        from_group_id=move.from_group_id,
        to_group_id=move.to_group_id,
    )
    followed = dependents.follow_member_change(actor=actor, change=change, now=now)
    move.status, move.closed_at = MemberMove.Status.DONE, now
    move.save(update_fields=["status", "closed_at"])
    _record(actor, AuditAction.MEMBER_MOVED, move, reason=move.reason, now=now)
    return [*seats, *followed]


def _give_back(move: MemberMove, now: datetime) -> None:
    """Let roles go on as far as they did before the move was planned, unless somebody changed them.

    One that has been granted anew for good meanwhile stands already.
    """
    until = move.overlap_until or move.effective_at
    former = dict(zip(move.ended_grants, move.former_ends, strict=True))
    grants = RoleGrant.objects.filter(id__in=former).select_related("group")
    for grant in grants:
        if grant.ends_at != max(until, grant.starts_at):
            continue
        rivals = RoleGrant.objects.filter(
            membership_id=move.membership_id,
            group_id=grant.group_id,
            role=grant.role,
            ends_at__isnull=True,
        )
        if former[grant.id] is None and rivals.exists():
            continue
        grant.ends_at = former[grant.id]
        grant.save(update_fields=["ends_at"])
    derive_permissions([grant.id for grant in grants], now=now)


def _record(
    actor: Actor, action: AuditAction, move: MemberMove, *, reason: str, now: datetime
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=move.membership_id,
        subject_label=move.membership.user.name,
        group_id=move.from_group_id,
        before={"group": move.from_group.name},
        after={
            "group": move.to_group.name,
            "effective_at": move.effective_at,
            "overlap_until": move.overlap_until,
            "roles_ended": _roles(move.ended_grants),
            "roles_started": _roles(move.started_grants),
        },
        reason=reason,
        now=now,
    )


def _roles(grant_ids: Sequence[UUID]) -> list[str]:
    found = RoleGrant.objects.filter(id__in=list(grant_ids)).select_related("group")
    return sorted(f"{grant.get_role_display()} of {grant.group.name}" for grant in found)
