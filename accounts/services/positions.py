"""Kinds of seats: which there are, and what they are called."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts import dependents
from accounts.models import OrgGroup, Position, PositionHolder
from accounts.permissions import Permission, require
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict, DomainError
from procurement.core.locking import lock


@transaction.atomic
def create_position(
    *, actor: Actor, root: OrgGroup, name: str, code: str = "", now: datetime
) -> Position:
    """Give the organization's groups a new kind of seat; one that exists is returned.

    One that was archived is offered again. Raises `DomainError` without a name.
    """
    require(actor, Permission.MANAGE_GROUPS, root)
    name = _spelled(name)
    position, is_new = Position.objects.get_or_create(
        organization_id=actor.organization_id,
        code=code or slugify(name)[:40] or "seat",
        defaults={"name": name},
    )
    if position.archived_at is not None:
        return _set_archived(actor, position, root, None, now)
    if is_new:
        _record(actor, AuditAction.POSITION_CREATED, position, root, now)
    return position


@transaction.atomic
def rename_position(
    *, actor: Actor, position: Position, root: OrgGroup, name: str, now: datetime
) -> Position:
    """Call a kind of seat by another name; policies go on asking for it.

    Raises `DomainError` where another seat has that name.
    """
    require(actor, Permission.MANAGE_GROUPS, root)
    name = _spelled(name)
    (current,) = lock(Position.objects.filter(id=position.id))
    if Position.objects.filter(name__iexact=name).exclude(id=current.id).exists():
        raise DomainError(f"Another seat is called “{name}”; choose another name.", field="name")
    before = current.name
    if before != name:
        current.name = name
        current.save(update_fields=["name"])
        _record(actor, AuditAction.POSITION_RENAMED, current, root, now, before=before)
    return current


@transaction.atomic
def archive_position(
    *, actor: Actor, position: Position, root: OrgGroup, now: datetime
) -> Position:
    """Stop offering a kind of seat; whoever sits in one leaves it, and stays on record.

    Raises `Conflict` while something in force asks for it.
    """
    require(actor, Permission.MANAGE_GROUPS, root)
    (current,) = lock(Position.objects.filter(id=position.id))
    asking = [
        demand.because
        for demand in dependents.seats_relied_on(now=now)
        if demand.position_code == current.code
    ]
    if asking:
        raise Conflict(
            f"{current.name} is asked for by {', '.join(dict.fromkeys(asking))}. Publish a version "
            "that asks somebody else first."
        )
    if current.archived_at is not None:
        return current
    PositionHolder.objects.current().filter(position=current).update(until=now)
    return _set_archived(actor, current, root, now, now)


@transaction.atomic
def restore_position(
    *, actor: Actor, position: Position, root: OrgGroup, now: datetime
) -> Position:
    """Offer a kind of seat again; its seats are vacant."""
    require(actor, Permission.MANAGE_GROUPS, root)
    (current,) = lock(Position.objects.filter(id=position.id))
    return _set_archived(actor, current, root, None, now) if current.archived_at else current


def _spelled(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise DomainError("Give the seat a name, such as HR partner.", field="name")
    return name


def _set_archived(
    actor: Actor, position: Position, root: OrgGroup, archived_at: datetime | None, now: datetime
) -> Position:
    position.archived_at = archived_at
    position.save(update_fields=["archived_at"])
    action = AuditAction.POSITION_ARCHIVED if archived_at else AuditAction.POSITION_RESTORED
    _record(actor, action, position, root, now)
    return position


def _record(
    actor: Actor,
    action: AuditAction,
    position: Position,
    root: OrgGroup,
    now: datetime,
    *,
    before: str = "",
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="position",
        subject_id=position.id,
        subject_label=position.name,
        group_id=root.id,
        before={"name": before} if before else None,
        now=now,
    )
