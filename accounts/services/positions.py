"""Seats: which there are, and who fills them."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Membership, OrgGroup, Position, PositionHolder
from accounts.permissions import Permission, require
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.locking import lock


@transaction.atomic
def create_position(
    *, actor: Actor, root: OrgGroup, name: str, code: str = "", now: datetime
) -> Position:
    """Give the organization's groups a new kind of seat; one that exists is returned."""
    require(actor, Permission.MANAGE_GROUPS, root)
    position, is_new = Position.objects.get_or_create(
        organization_id=actor.organization_id,
        code=code or slugify(name),
        defaults={"name": name},
    )
    if is_new:
        record(
            actor=actor,
            action=AuditAction.POSITION_CREATED,
            subject_type="position",
            subject_id=position.id,
            subject_label=name,
            group_id=root.id,
            now=now,
        )
    return position


@transaction.atomic
def fill_position(
    *, actor: Actor, position: Position, group: OrgGroup, membership: Membership, now: datetime
) -> PositionHolder:
    """Seat a member; whoever held the seat before leaves it."""
    require(actor, Permission.MANAGE_PEOPLE, group)
    lock(OrgGroup.objects.filter(id=group.id))
    before = (
        PositionHolder.objects.filter(group=group, position=position)
        .select_related("membership__user")
        .first()
    )
    if before is not None and before.membership_id == membership.id:
        return before
    if before is not None:
        before.delete()
    holder = PositionHolder.objects.create(
        organization_id=actor.organization_id,
        position=position,
        group=group,
        membership=membership,
        since=now,
    )
    record(
        actor=actor,
        action=AuditAction.POSITION_FILLED,
        subject_type="position",
        subject_id=position.id,
        subject_label=f"{position.name} of {group.name}",
        group_id=group.id,
        before={"holder": before.membership.user.name} if before else None,
        after={"holder": membership.user.name},
        now=now,
    )
    return holder


@transaction.atomic
def vacate_position(*, actor: Actor, position: Position, group: OrgGroup, now: datetime) -> None:
    """Empty a seat; from then on the nearest ancestor that fills it answers."""
    require(actor, Permission.MANAGE_PEOPLE, group)
    lock(OrgGroup.objects.filter(id=group.id))
    holder = (
        PositionHolder.objects.filter(group=group, position=position)
        .select_related("membership__user")
        .first()
    )
    if holder is None:
        return
    holder.delete()
    record(
        actor=actor,
        action=AuditAction.POSITION_VACATED,
        subject_type="position",
        subject_id=position.id,
        subject_label=f"{position.name} of {group.name}",
        group_id=group.id,
        before={"holder": holder.membership.user.name},
        now=now,
    )
