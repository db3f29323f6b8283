"""Shaping the hierarchy. The paths of groups are kept here and nowhere else."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.services.placements import keep_group_history
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock


@transaction.atomic
def create_group(
    *,
    actor: Actor,
    parent: OrgGroup,
    name: str,
    kind: str = OrgGroup.Kind.TEAM,
    code: str = "",
    now: datetime,
) -> OrgGroup:
    """Create a group below another. Raises `DomainError` when the parent has one of that name."""
    require(actor, Permission.MANAGE_GROUPS, parent)
    name = " ".join(name.split())
    if not name:
        raise DomainError("Give the group a name.", field="name")
    group_id = new_id()
    try:
        with transaction.atomic():
            group = OrgGroup.objects.create(
                id=group_id,
                organization_id=actor.organization_id,
                parent=parent,
                path=[*parent.path, group_id],
                name=name,
                kind=kind,
                code=code,
            )
    except IntegrityError as error:
        raise DomainError(
            f"{parent.name} already has a group called “{name}”.", field="name"
        ) from error
    keep_group_history([group.id], now=now)
    record(
        actor=actor,
        action=AuditAction.GROUP_CREATED,
        subject_type="group",
        subject_id=group.id,
        subject_label=name,
        group_id=group.id,
        after={"parent": parent.name, "kind": kind, "code": code},
        now=now,
    )
    return group


@transaction.atomic
def change_group(
    *, actor: Actor, group: OrgGroup, name: str, code: str, kind: str, now: datetime
) -> OrgGroup:
    """Rename or describe a group. Raises `DomainError` when a sibling has that name already."""
    require(actor, Permission.MANAGE_GROUPS, group)
    name = " ".join(name.split())
    if not name:
        raise DomainError("Give the group a name.", field="name")
    (current,) = lock(OrgGroup.objects.filter(id=group.id))
    before = {"name": current.name, "code": current.code, "kind": current.kind}
    current.name, current.code, current.kind = name, code, kind
    try:
        with transaction.atomic():
            current.save(update_fields=["name", "code", "kind"])
    except IntegrityError as error:
        raise DomainError(
            f"There is a group called “{name}” beside it already.", field="name"
        ) from error
    record(
        actor=actor,
        action=AuditAction.GROUP_CHANGED,
        subject_type="group",
        subject_id=current.id,
        subject_label=name,
        group_id=current.id,
        before=before,
        after={"name": name, "code": code, "kind": kind},
        now=now,
    )
    return current
