"""People joining an organization, and access ending."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import dependents
from accounts.effects import Effect, EffectKind, MemberChange, MemberChangeKind
from accounts.models import Membership, OrgGroup, User
from accounts.permissions import Permission, require
from accounts.selectors import has_joined
from accounts.services.devices import end_devices_of
from accounts.services.invitations.closing import close_invitations
from accounts.services.joining import follow_joining
from accounts.services.moves import call_off_planned
from accounts.services.placements import keep_member_history
from accounts.services.rehearsal import agree, rehearse
from accounts.services.roles import refuse_without_administrator
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock


@transaction.atomic
def add_member(
    *,
    actor: Actor,
    group: OrgGroup,
    email: str,
    name: str,
    title: str = "",
    manager: Membership | None = None,
    password: str | None = None,
    now: datetime,
) -> Membership:
    """Make a person a member with a home group; the user is created when the address is new.

    ``password`` is set for a new user only. Raises `DomainError` when they are a member already.
    """
    require(actor, Permission.MANAGE_PEOPLE, group)
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email.strip(), password, name=name)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                organization_id=actor.organization_id,
                user=user,
                group=group,
                manager=manager,
                title=title,
                created_at=now,
            )
    except IntegrityError as error:
        raise DomainError(f"{email} is a member already.", field="email") from error
    keep_member_history([membership.id], now=now)
    record(
        actor=actor,
        action=AuditAction.MEMBER_ADDED,
        subject_type="membership",
        subject_id=membership.id,
        subject_label=user.name,
        group_id=group.id,
        after={"email": user.email, "group": group.name, "title": title},
        now=now,
    )
    follow_joining(actor=actor, member=membership, now=now)
    return membership


def suspend_member(
    *,
    actor: Actor,
    membership: Membership,
    reason: str,
    successor: Membership | None = None,
    seen: str | None = None,
    now: datetime,
) -> Membership:
    """End a member's access at their next request; every floor follows at once.

    ``successor`` takes over what they have under way. ``seen`` is the fingerprint of the effects
    that were shown before (`preview_suspension`). Raises `DomainError` without a reason and
    `Conflict` where the effects have become others.
    """
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    current, _ = _suspend(actor, membership, reason, successor, seen, now)
    return current


def preview_suspension(
    *, actor: Actor, membership: Membership, successor: Membership | None = None, now: datetime
) -> list[Effect]:
    """Return what ending a member's access would change, on every floor; nothing stays changed."""
    return rehearse(lambda: _suspend(actor, membership, "", successor, None, now)[1])


def reinstate_member(
    *, actor: Actor, membership: Membership, reason: str, now: datetime
) -> Membership:
    """Open a suspended member's access again, with the grants they had.

    Raises `DomainError` without a reason, and where they have never had any access: whoever has not
    accepted an invitation is invited again.
    """
    require(actor, Permission.MANAGE_PEOPLE, membership.group)
    if not reason.strip():
        raise DomainError("Say why, for the record.", field="reason")
    if not has_joined(membership.id):
        raise DomainError(
            f"{membership.user} has never accepted an invitation; invite them again instead."
        )
    current = _set_status(
        actor, membership, Membership.Status.ACTIVE, AuditAction.MEMBER_REINSTATED, reason, now
    )
    follow_joining(actor=actor, member=current, now=now)
    return current


@transaction.atomic
def _suspend(
    actor: Actor,
    membership: Membership,
    reason: str,
    successor: Membership | None,
    seen: str | None,
    now: datetime,
) -> tuple[Membership, list[Effect]]:
    _check_successor(membership, successor)
    was_active = membership.status != Membership.Status.SUSPENDED
    current = _set_status(
        actor, membership, Membership.Status.SUSPENDED, AuditAction.MEMBER_SUSPENDED, reason, now
    )
    refuse_without_administrator(actor, current, now=now)
    planned = call_off_planned(
        actor=actor, membership=current, reason="Their access has ended.", now=now
    )
    close_invitations([current.id], now=now)
    end_devices_of([current.id], now=now)
    change = MemberChange(
        kind=MemberChangeKind.SUSPEND,
        membership_id=current.id,
        name=current.user.name or current.user.email,
        from_group_id=current.group_id,
        successor_id=successor.id if successor else None,
        successor_name=successor.user.name if successor else "",
    )
    effects = (
        [
            _shut_out(current),
            *planned,
            *dependents.follow_member_change(actor=actor, change=change, now=now),
        ]
        if was_active
        else []
    )
    if reason:
        agree(effects, seen=seen)
    return current, effects


def _shut_out(member: Membership) -> Effect:
    name = member.user.name or member.user.email
    return Effect(
        EffectKind.POWER_LOST,
        member.id,
        name,
        f"{name} is shut out with their next request: pages, sign-in, the API, links in mails and "
        "notifications. Past orders and decisions stay in the record.",
        group_id=member.group_id,
    )


def _check_successor(membership: Membership, successor: Membership | None) -> None:
    if successor is None:
        return
    if successor.id == membership.id:
        raise DomainError("Choose somebody else to take over.", field="successor")
    if successor.status != Membership.Status.ACTIVE:
        raise DomainError(
            f"{successor.user.name} has no access; choose somebody else.", field="successor"
        )


@transaction.atomic
def _set_status(
    actor: Actor,
    membership: Membership,
    status: Membership.Status,
    action: AuditAction,
    reason: str,
    now: datetime,
) -> Membership:
    require(actor, Permission.MANAGE_PEOPLE, membership.group)
    (current,) = lock(Membership.objects.filter(id=membership.id).select_related("user"))
    if actor.id == current.id:
        raise DomainError("Nobody ends or opens their own access; ask another administrator.")
    before = current.status
    if before == status:
        return current
    current.status = status
    current.save(update_fields=["status"])
    keep_member_history([current.id], now=now)
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=current.id,
        subject_label=current.user.name,
        group_id=current.group_id,
        before={"status": before},
        after={"status": status.value},
        reason=reason,
        now=now,
    )
    return current
