"""Granting roles on groups, and the object permissions that follow from them."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import Permission as AuthPermission
from django.db import transaction

from accounts.models import GroupPermission, Membership, OrgGroup, Role, RoleGrant
from accounts.permissions import ROLE_PERMISSIONS, Permission, require
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.locking import lock


@transaction.atomic
def grant_role(
    *, actor: Actor, membership: Membership, group: OrgGroup, role: str, now: datetime
) -> RoleGrant:
    """Grant a role on a group and everything below it; granting it again changes nothing."""
    require(actor, Permission.MANAGE_PEOPLE, group)
    role = Role(role)
    lock(Membership.objects.filter(id=membership.id))
    grant, is_new = RoleGrant.objects.get_or_create(
        organization_id=actor.organization_id,
        membership=membership,
        group=group,
        role=role,
        defaults={"granted_at": now},
    )
    if not is_new:
        return grant
    _derive_permissions(membership, group.id)
    _record(actor, AuditAction.ROLE_GRANTED, membership, group, role, now)
    return grant


@transaction.atomic
def revoke_role(
    *, actor: Actor, membership: Membership, group: OrgGroup, role: str, now: datetime
) -> None:
    """End a role on a group; what other grants give on the same group stays."""
    require(actor, Permission.MANAGE_PEOPLE, group)
    lock(Membership.objects.filter(id=membership.id))
    ended, _ = RoleGrant.objects.filter(membership=membership, group=group, role=role).delete()
    if not ended:
        return
    _derive_permissions(membership, group.id)
    _record(actor, AuditAction.ROLE_REVOKED, membership, group, Role(role), now)


def _derive_permissions(membership: Membership, group_id: UUID) -> None:
    """Make the guardian rows of one user on one group equal what the grants there add up to."""
    roles = RoleGrant.objects.filter(membership=membership, group_id=group_id)
    codenames = {
        permission.value
        for role in roles.values_list("role", flat=True)
        for permission in ROLE_PERMISSIONS[role]
    }
    held = GroupPermission.objects.filter(user_id=membership.user_id, content_object_id=group_id)
    held.exclude(permission__codename__in=codenames).delete()
    missing = codenames - set(held.values_list("permission__codename", flat=True))
    permissions = AuthPermission.objects.filter(
        content_type__app_label="accounts", content_type__model="orggroup", codename__in=missing
    )
    GroupPermission.objects.bulk_create(
        GroupPermission(
            organization_id=membership.organization_id,
            user_id=membership.user_id,
            permission=permission,
            content_object_id=group_id,
        )
        for permission in permissions
    )


def _record(
    actor: Actor,
    action: AuditAction,
    membership: Membership,
    group: OrgGroup,
    role: Role,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=membership.id,
        subject_label=membership.user.name,
        group_id=group.id,
        after={"role": role.value, "group": group.name},
        now=now,
    )
