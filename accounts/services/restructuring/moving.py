"""Moving a group, with everything below it, to another place in the tree."""

from datetime import datetime

from django.db import transaction

from accounts.consequences import counted
from accounts.effects import Effect, EffectKind, GroupChangeKind
from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.services.rehearsal import agree, rehearse
from accounts.services.restructuring.steps import (
    follow,
    refuse_names,
    repath,
    snapshot,
    subtree,
    take_hold,
)
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError


def move_group(
    *,
    actor: Actor,
    group: OrgGroup,
    target: OrgGroup,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> list[Effect]:
    """Put a group and all below it under another one; every floor follows. Returns the effects.

    Orders stay with the group they were made for. ``seen`` is the fingerprint of the effects that
    were shown before (`preview_move`). Raises `DomainError` where the tree would not be one any
    more, a name is taken or a budget lacks the room, and `Conflict` where the effects have become
    others. Its SQL does not grow with the number of groups.
    """
    with transaction.atomic():
        effects = _move(actor, group, target, reason, now)
        agree(effects, seen=seen)
    return effects


def preview_move(*, actor: Actor, group: OrgGroup, target: OrgGroup, now: datetime) -> list[Effect]:
    """Return what moving a group would change, on every floor; nothing stays changed."""
    return rehearse(lambda: _move(actor, group, target, "", now))


def _move(
    actor: Actor, group: OrgGroup, target: OrgGroup, reason: str, now: datetime
) -> list[Effect]:
    group, target = take_hold(actor, group.id, target.id)
    _check(group, target)
    assert group.parent_id is not None
    former = OrgGroup.objects.get(id=group.parent_id)
    # What leaves a group leaves its budgets, rules and approvers: whoever shapes it agrees to that.
    require(actor, Permission.MANAGE_GROUPS, former)
    before = snapshot(subtree(group), now=now)
    repath(group.id, target.path)
    OrgGroup.objects.filter(id=group.id).update(parent=target)
    record(
        actor=actor,
        action=AuditAction.GROUP_MOVED,
        subject_type="group",
        subject_id=group.id,
        subject_label=group.name,
        group_id=group.id,
        before={"parent": former.name},
        after={"parent": target.name, "groups": len(before.groups)},
        reason=reason,
        now=now,
    )
    moved = Effect(
        EffectKind.GROUP_CHANGED,
        group.id,
        group.name,
        f"{group.name} stands below {target.name} instead of {former.name}, with "
        f"{counted(len(before.groups))} in all.",
        group_id=group.id,
    )
    return [
        moved,
        *follow(
            actor=actor,
            kind=GroupChangeKind.MOVE,
            group=group,
            target=target,
            before=before,
            now=now,
        ),
    ]


def _check(group: OrgGroup, target: OrgGroup) -> None:
    if group.parent_id is None:
        raise DomainError("The whole organization cannot be moved; choose a group in it.")
    if group.id in target.path:
        raise DomainError(
            f"{target.name} is {group.name} itself or stands below it; choose another place.",
            field="target",
        )
    if group.parent_id == target.id:
        raise DomainError(f"{group.name} stands below {target.name} already.", field="target")
    if not target.is_active:
        raise DomainError(f"{target.name} is archived; restore it first.", field="target")
    if not group.is_active:
        raise DomainError(f"{group.name} is archived; restore it first.")
    refuse_names(target, [group.name], but=group.id, field="target")
