"""Shaping the hierarchy. The paths of groups are kept here and nowhere else."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import OrgGroup
from accounts.permissions import Permission, require
from accounts.services.placements import keep_group_history
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.ids import new_id
from procurement.core.locking import lock, rely_on_tree


@transaction.atomic
def create_group(
    *,
    actor: Actor,
    parent: OrgGroup,
    name: str,
    kind: str = OrgGroup.Kind.TEAM,
    code: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    now: datetime,
) -> OrgGroup:
    """Create a group below another.

    ``starts_on`` and ``ends_on`` are the days of the organization on which it may buy, both
    included. Raises `DomainError` when the parent is archived or has one of that name.
    """
    require(actor, Permission.MANAGE_GROUPS, parent)
    # Nobody moves or archives the parent meanwhile.
    rely_on_tree(actor.organization_id)
    parent = OrgGroup.objects.get(id=parent.id)
    if not parent.is_active:
        raise DomainError(f"{parent.name} is archived; restore it first.")
    _check_days(starts_on, ends_on)
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
                starts_on=starts_on,
                ends_on=ends_on,
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
    *,
    actor: Actor,
    group: OrgGroup,
    name: str,
    code: str,
    kind: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    now: datetime,
) -> OrgGroup:
    """Rename or describe a group; the days are those on which it may buy, both included.

    Raises `DomainError` when a sibling has that name already.
    """
    require(actor, Permission.MANAGE_GROUPS, group)
    _check_days(starts_on, ends_on)
    name = " ".join(name.split())
    if not name:
        raise DomainError("Give the group a name.", field="name")
    (current,) = lock(OrgGroup.objects.filter(id=group.id))
    before = _description(current)
    current.name, current.code, current.kind = name, code, kind
    current.starts_on, current.ends_on = starts_on, ends_on
    try:
        with transaction.atomic():
            current.save(update_fields=["name", "code", "kind", "starts_on", "ends_on"])
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
        after=_description(current),
        now=now,
    )
    return current


def _description(group: OrgGroup) -> dict[str, Any]:
    """Return what is recorded of a group's description."""
    return {
        "name": group.name,
        "code": group.code,
        "kind": group.kind,
        "starts_on": group.starts_on,
        "ends_on": group.ends_on,
    }


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise DomainError("The last day lies before the first.", field="ends_on")
