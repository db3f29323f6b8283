"""Seats: which there are, and who fills them."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Membership, OrgGroup, Position, PositionHolder
from accounts.permissions import Permission, require
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
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
    *,
    actor: Actor,
    position: Position,
    group: OrgGroup,
    membership: Membership,
    is_deputy: bool = False,
    now: datetime,
) -> PositionHolder:
    """Seat a member, or make them its deputy; whoever was there before leaves, and stays on record.

    Raises `DomainError` where one person would be holder and deputy of the same seat.
    """
    require(actor, Permission.MANAGE_PEOPLE, group)
    lock(OrgGroup.objects.filter(id=group.id))
    seats = PositionHolder.objects.current().filter(group=group, position=position)
    before = seats.filter(is_deputy=is_deputy).select_related("membership__user").first()
    if before is not None and before.membership_id == membership.id:
        return before
    if seats.filter(membership=membership).exists():
        raise DomainError(
            f"{membership.user.name} cannot stand in for themselves; choose somebody else.",
            field="membership",
        )
    if before is not None:
        _leave(before, now)
    holder = PositionHolder.objects.create(
        organization_id=actor.organization_id,
        position=position,
        group=group,
        membership=membership,
        is_deputy=is_deputy,
        since=now,
    )
    record(
        actor=actor,
        action=AuditAction.DEPUTY_NAMED if is_deputy else AuditAction.POSITION_FILLED,
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
def vacate_position(
    *,
    actor: Actor,
    position: Position,
    group: OrgGroup,
    is_deputy: bool = False,
    now: datetime,
) -> None:
    """Empty a seat; from then on the nearest ancestor that fills it answers."""
    require(actor, Permission.MANAGE_PEOPLE, group)
    lock(OrgGroup.objects.filter(id=group.id))
    holder = (
        PositionHolder.objects.current()
        .filter(group=group, position=position, is_deputy=is_deputy)
        .select_related("membership__user")
        .first()
    )
    if holder is None:
        return
    _leave(holder, now)
    record(
        actor=actor,
        action=AuditAction.DEPUTY_RELEASED if is_deputy else AuditAction.POSITION_VACATED,
        subject_type="position",
        subject_id=position.id,
        subject_label=f"{position.name} of {group.name}",
        group_id=group.id,
        before={"holder": holder.membership.user.name},
        now=now,
    )


def _leave(holder: PositionHolder, now: datetime) -> None:
    """Have somebody leave a seat; that they held it stays on record."""
    holder.until = max(now, holder.since)
    holder.save(update_fields=["until"])
