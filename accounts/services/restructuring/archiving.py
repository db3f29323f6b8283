"""Closing groups that are not needed any more, and opening them again."""

from datetime import datetime

from django.db import transaction

from accounts.consequences import counted
from accounts.effects import Effect, EffectKind, GroupChangeKind
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.services.rehearsal import agree, rehearse
from accounts.services.restructuring.steps import (
    end_holdings,
    follow,
    planned_moves,
    refuse_names,
    rehome,
    snapshot,
    subtree,
    take_hold,
)
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError


def archive_group(
    *,
    actor: Actor,
    group: OrgGroup,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> list[Effect]:
    """Close a group and all below it; every floor follows. Returns the effects.

    Its people belong to the group above from now on, roles and seats on it end, orders stay in
    view. ``seen`` is the fingerprint of the effects that were shown before (`preview_archive`).
    Raises `DomainError` for the root, and `Conflict` where the effects have become others.
    """
    with transaction.atomic():
        effects = _archive(actor, group, reason, now)
        agree(effects, seen=seen)
    return effects


def preview_archive(*, actor: Actor, group: OrgGroup, now: datetime) -> list[Effect]:
    """Return what archiving a group would change; nothing stays changed."""
    return rehearse(lambda: _archive(actor, group, "", now))


def restore_group(
    *,
    actor: Actor,
    group: OrgGroup,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> list[Effect]:
    """Open an archived group again, with what was closed together with it. Returns the effects.

    It stands where it stood last; roles and seats are to be given anew. Raises `DomainError` where
    the group above is archived, or has another of that name by now.
    """
    with transaction.atomic():
        effects = _restore(actor, group, reason, now)
        agree(effects, seen=seen)
    return effects


def preview_restore(*, actor: Actor, group: OrgGroup, now: datetime) -> list[Effect]:
    """Return what restoring a group would change; nothing stays changed."""
    return rehearse(lambda: _restore(actor, group, "", now))


def _archive(actor: Actor, group: OrgGroup, reason: str, now: datetime) -> list[Effect]:
    (group,) = take_hold(actor, group.id)
    require(actor, Permission.MANAGE_PEOPLE, group)
    if group.parent_id is None:
        raise DomainError("The whole organization cannot be archived here.")
    if not group.is_active:
        raise DomainError(f"{group.name} is archived already.")
    above = OrgGroup.objects.get(id=group.parent_id)
    before = snapshot(subtree(group), now=now)
    closing = [one.id for one in before.groups.values() if one.is_active]
    blocked = planned_moves(closing)
    OrgGroup.objects.filter(id__in=closing).update(is_active=False, archived_at=now)
    homes = rehome(before.groups, above, now=now)
    ended = end_holdings(before.groups, now=now)
    record(
        actor=actor,
        action=AuditAction.GROUP_ARCHIVED,
        subject_type="group",
        subject_id=group.id,
        subject_label=group.name,
        group_id=group.id,
        after={"groups": len(closing), "roles_ended": ended},
        reason=reason,
        now=now,
    )
    closed = Effect(
        EffectKind.GROUP_CHANGED,
        group.id,
        group.name,
        f"{group.name} is archived, {counted(len(closing))} in all: nobody orders for it any more, "
        "and its orders stay in view.",
        group_id=group.id,
    )
    return [
        closed,
        *blocked,
        *homes,
        *follow(
            actor=actor,
            kind=GroupChangeKind.ARCHIVE,
            group=group,
            target=above,
            before=before,
            now=now,
        ),
    ]


def _restore(actor: Actor, group: OrgGroup, reason: str, now: datetime) -> list[Effect]:
    (group,) = take_hold(actor, group.id)
    if group.is_active or group.parent_id is None:
        raise DomainError(f"{group.name} is open already.")
    above = OrgGroup.objects.get(id=group.parent_id)
    if not above.is_active:
        raise DomainError(f"{above.name}, which it stands below, is archived; restore that first.")
    refuse_names(above, [group.name], but=group.id)
    before = snapshot(subtree(group), now=now)
    opening = [one.id for one in before.groups.values() if one.archived_at == group.archived_at]
    OrgGroup.objects.filter(id__in=opening).update(
        is_active=True, archived_at=None, merged_into=None
    )
    record(
        actor=actor,
        action=AuditAction.GROUP_RESTORED,
        subject_type="group",
        subject_id=group.id,
        subject_label=group.name,
        group_id=group.id,
        after={"groups": len(opening)},
        reason=reason,
        now=now,
    )
    opened = Effect(
        EffectKind.GROUP_CHANGED,
        group.id,
        group.name,
        f"{group.name} is open again below {above.name}, {counted(len(opening))} in all. Roles and "
        "seats on it are to be given anew.",
        group_id=group.id,
    )
    return [
        opened,
        *follow(
            actor=actor,
            kind=GroupChangeKind.RESTORE,
            group=group,
            target=above,
            before=before,
            now=now,
        ),
    ]
