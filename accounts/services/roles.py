"""Granting roles on groups, and the object permissions that follow from them."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from accounts import dependents
from accounts.effects import Effect, EffectKind, MemberChange, MemberChangeKind
from accounts.models import GroupPermission, Membership, OrgGroup, Role, RoleGrant
from accounts.permissions import ROLE_PERMISSIONS, Permission, require
from accounts.selectors import has_administrator
from accounts.services.rehearsal import agree, rehearse
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core import tenancy
from procurement.core.actors import Actor
from procurement.core.errors import DomainError
from procurement.core.locking import lock

# One row for each grant and permission of its role, for those that have none yet.
_DERIVE = """
INSERT INTO accounts_grouppermission
    (id, organization_id, user_id, permission_id, content_object_id, grant_id)
SELECT gen_random_uuid(), r.organization_id, m.user_id, p.id, r.group_id, r.id
FROM accounts_rolegrant r
JOIN accounts_membership m ON m.organization_id = r.organization_id AND m.id = r.membership_id
JOIN unnest(%(roles)s::text[], %(codenames)s::text[]) AS t(role, codename) ON t.role = r.role
JOIN auth_permission p ON p.codename = t.codename
JOIN django_content_type c ON c.id = p.content_type_id
    AND c.app_label = 'accounts' AND c.model = 'orggroup'
WHERE r.organization_id = %(organization)s AND (%(all)s OR r.id = ANY(%(ids)s::uuid[]))
  AND (r.ends_at IS NULL OR r.ends_at > %(now)s)
  AND NOT EXISTS (
    SELECT FROM accounts_grouppermission g
    WHERE g.organization_id = %(organization)s AND g.grant_id = r.id AND g.permission_id = p.id)
"""
# Rows of grants that have ended, and of permissions that a role no longer has.
_DROP = """
DELETE FROM accounts_grouppermission g
USING accounts_rolegrant r, auth_permission p
WHERE g.organization_id = %(organization)s AND r.organization_id = %(organization)s
  AND r.id = g.grant_id AND p.id = g.permission_id
  AND (r.ends_at <= %(now)s OR NOT EXISTS (
    SELECT FROM unnest(%(roles)s::text[], %(codenames)s::text[]) AS t(role, codename)
    WHERE t.role = r.role AND t.codename = p.codename))
"""


@transaction.atomic
def grant_role(
    *,
    actor: Actor,
    membership: Membership,
    group: OrgGroup,
    role: str,
    spending_limit: Decimal | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    now: datetime,
) -> RoleGrant:
    """Grant a role on a group and everything below it; granting it again changes nothing.

    With another limit the grant that is there ends, and a new one takes its place. A role for good
    takes the place of one that was promised for a later day, too.

    In force from ``starts_at`` (now) until ``ends_at`` (for good). ``spending_limit`` is the most
    that one order may come to, in the organization's currency. Raises `DomainError` where the end
    comes before the start.
    """
    require(actor, Permission.MANAGE_PEOPLE, group)
    role = Role(role)
    starts_at = starts_at or now
    if ends_at is not None and ends_at <= starts_at:
        raise DomainError("A role ends after it starts; choose a later day.", field="ends_at")
    lock(Membership.objects.filter(id=membership.id))
    held = RoleGrant.objects.filter(membership=membership, group=group, role=role)
    there = held.in_force(starts_at).order_by("ends_at").last()
    if there is not None and (there.ends_at is None or there.ends_at == ends_at):
        if there.spending_limit == spending_limit:
            return there
        _end_and_record(actor, held.filter(id=there.id), membership, group, at=starts_at, now=now)
    if ends_at is None:
        promised = held.filter(starts_at__gt=starts_at, ends_at__isnull=True)
        _end_and_record(actor, promised, membership, group, at=starts_at, now=now)
    grant = RoleGrant.objects.create(
        organization_id=actor.organization_id,
        membership=membership,
        group=group,
        role=role,
        spending_limit=spending_limit,
        granted_at=now,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    derive_permissions([grant.id], now=now)
    _record(actor, AuditAction.ROLE_GRANTED, grant, membership, group, now)
    return grant


@transaction.atomic
def revoke_role(
    *, actor: Actor, membership: Membership, group: OrgGroup, role: str, now: datetime
) -> None:
    """End a role on a group; what other grants give on the same group stays."""
    require(actor, Permission.MANAGE_PEOPLE, group)
    lock(Membership.objects.filter(id=membership.id))
    held = RoleGrant.objects.filter(membership=membership, group=group, role=role)
    _end_and_record(actor, held, membership, group, at=now, now=now)
    refuse_without_administrator(actor, membership, now=now)
    _follow(actor, membership, now)


def end_grant(
    *, actor: Actor, grant: RoleGrant, seen: str | None = None, now: datetime
) -> list[Effect]:
    """End one grant, or take it back where it was promised for a later day; return the effects.

    What waits for its holder is asked of others where they cannot answer any more. ``seen`` is the
    fingerprint of the effects that were shown before (`preview_end_grant`). Raises `DomainError`
    where nobody would be left to administer the organization, and `Conflict` where the effects have
    become others.
    """
    with transaction.atomic():
        effects = _end_grant(actor, grant, now)
        agree(effects, seen=seen)
    return effects


def preview_end_grant(*, actor: Actor, grant: RoleGrant, now: datetime) -> list[Effect]:
    """Return what ending a grant would change, on every floor; nothing stays changed."""
    return rehearse(lambda: _end_grant(actor, grant, now))


def refuse_without_administrator(actor: Actor, member: Membership, *, now: datetime) -> None:
    """Raise `DomainError` where a member's change leaves nobody to administer the organization.

    Asked of those who have ever administered the whole of it. Background work may leave it so: who
    is not there cannot be kept. Two SQL queries at most.
    """
    administered = RoleGrant.objects.filter(
        membership=member,
        role=Role.ADMINISTRATOR,
        group__parent__isnull=True,
        starts_at__lte=now,
    )
    if actor.id is not None and administered.exists() and not has_administrator(at=now):
        raise DomainError(
            "Nobody would be left to administer the whole organization. Make somebody else "
            "Administrator of the topmost group first."
        )


def end_grants(grants: QuerySet[RoleGrant], *, at: datetime, now: datetime) -> list[RoleGrant]:
    """End those of some grants that go beyond an instant, and return them.

    One that would only have begun later never holds. The caller has locked the members.
    """
    open_grants = list(grants.exclude(ends_at__lte=at).select_related("membership__user", "group"))
    for grant in open_grants:
        grant.ends_at = max(at, grant.starts_at)
    RoleGrant.objects.bulk_update(open_grants, ["ends_at"])
    if at <= now:
        GroupPermission.objects.filter(grant__in=open_grants).delete()
    return open_grants


def derive_permissions(grant_ids: Collection[UUID], *, now: datetime) -> None:
    """Write the guardian rows of grants, as the table of roles has it. One SQL statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DERIVE, {**_table(now), "all": False, "ids": list(grant_ids)})


def follow_ended_grants(*, actor: Actor, now: datetime) -> int:
    """Ask others where somebody waits whose role has run out; return how many people that were.

    Found by the guardian rows that are still there, which go with it. One SQL query while no role
    has run out.
    """
    ended = RoleGrant.objects.filter(ends_at__lte=now, permissions__isnull=False)
    members = Membership.objects.filter(id__in=ended.values("membership_id")).select_related("user")
    count = 0
    for member in members:
        _follow(actor, member, now)
        count += 1
    if count:
        GroupPermission.objects.filter(grant__ends_at__lte=now).delete()
    return count


def renew_permissions(*, now: datetime) -> int:
    """Make all guardian rows of the active organization what grants and the table of roles say.

    Run after each migration, since a release may give roles other permissions, and hourly. Two SQL
    statements; returns how many rows were changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DROP, _table(now))
        dropped: int = cursor.rowcount
        cursor.execute(_DERIVE, {**_table(now), "all": True, "ids": []})
        derived: int = cursor.rowcount
        return dropped + derived


def _end_grant(actor: Actor, grant: RoleGrant, now: datetime) -> list[Effect]:
    require(actor, Permission.MANAGE_PEOPLE, grant.group)
    member = grant.membership
    lock(Membership.objects.filter(id=member.id))
    one = RoleGrant.objects.filter(id=grant.id)
    if not _end_and_record(actor, one, member, grant.group, at=now, now=now):
        return []
    refuse_without_administrator(actor, member, now=now)
    name, role = member.user.name, grant.get_role_display()
    verb = "never becomes" if grant.starts_at > now else "ceases to be"
    sentence = f"{name} {verb} {role} of {grant.group.name} and below."
    lost = Effect(
        EffectKind.POWER_LOST, grant.id, f"{name}, {role}", sentence, group_id=grant.group_id
    )
    return [lost, *_follow(actor, member, now)]


def _follow(actor: Actor, member: Membership, now: datetime) -> list[Effect]:
    """Have every floor follow where somebody may do less than before."""
    change = MemberChange(
        kind=MemberChangeKind.ROLES,
        membership_id=member.id,
        name=member.user.name or member.user.email,
        from_group_id=member.group_id,
    )
    return dependents.follow_member_change(actor=actor, change=change, now=now)


def _end_and_record(
    actor: Actor,
    grants: QuerySet[RoleGrant],
    membership: Membership,
    group: OrgGroup,
    *,
    at: datetime,
    now: datetime,
) -> list[RoleGrant]:
    ended = end_grants(grants, at=at, now=now)
    for grant in ended:
        _record(actor, AuditAction.ROLE_REVOKED, grant, membership, group, now)
    return ended


def _table(now: datetime) -> dict[str, Any]:
    """Return the table of roles as two columns, with the tenant and the time."""
    pairs = [
        (role, permission.value)
        for role, permissions in ROLE_PERMISSIONS.items()
        for permission in permissions
    ]
    return {
        "organization": tenancy.current(),
        "now": now,
        "roles": [role for role, _ in pairs],
        "codenames": [codename for _, codename in pairs],
    }


def _record(
    actor: Actor,
    action: AuditAction,
    grant: RoleGrant,
    membership: Membership,
    group: OrgGroup,
    now: datetime,
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=membership.id,
        subject_label=membership.user.name,
        group_id=group.id,
        after={
            "role": grant.role,
            "group": group.name,
            "starts_at": grant.starts_at,
            "ends_at": grant.ends_at,
            "spending_limit": grant.spending_limit,
        },
        now=now,
    )
