"""Who a request comes from, and what they may do."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from accounts.actors import MemberActor
from accounts.models import Membership, Organization, SecretKey
from accounts.permissions import Permission
from procurement.core import tenancy

_ACTOR = """
SELECT m.id, u.name, u.email, m.group_id, p.codename, g.content_object_id, r.spending_limit,
       r.role, r.starts_at
FROM accounts_membership m
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
LEFT JOIN (accounts_rolegrant r
        JOIN accounts_grouppermission g
          ON g.organization_id = r.organization_id AND g.grant_id = r.id
        JOIN auth_permission p ON p.id = g.permission_id)
       ON r.organization_id = m.organization_id AND r.membership_id = m.id
      AND r.starts_at <= %(now)s AND (r.ends_at IS NULL OR r.ends_at > %(now)s)
WHERE m.organization_id = %(organization)s AND m.user_id = %(user)s AND m.status = 'ACTIVE'
"""


def actor_for(*, user_id: UUID, organization_id: UUID, now: datetime) -> MemberActor | None:
    """Return a user's actor with the grants in force, or None without active membership.

    One SQL query, however deep the tree: what is inherited follows from the groups' paths.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACTOR, {"organization": organization_id, "user": user_id, "now": now})
        rows = cursor.fetchall()
    if not rows:
        return None
    grants: defaultdict[str, set[UUID]] = defaultdict(set)
    buying: dict[UUID, Decimal | None] = {}
    roles: dict[str, datetime] = {}
    granted = (row[4:] for row in rows if row[4] is not None)
    for codename, granted_on, own_limit, role, since in granted:
        grants[codename].add(granted_on)
        roles[role] = min(since, roles.get(role, since))
        if codename == Permission.PLACE_ORDERS:
            buying[granted_on] = _more_generous(own_limit, buying.get(granted_on, own_limit))
    membership_id, name, email, group_id = rows[0][:4]
    return MemberActor(
        organization_id=organization_id,
        membership_id=membership_id,
        user_id=user_id,
        name=name or email,
        email=email,
        home_group_id=group_id,
        grants={codename: frozenset(groups) for codename, groups in grants.items()},
        buying=buying,
        roles=roles,
    )


def _more_generous(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """Return the higher of two limits; None stands for none."""
    return None if one is None or other is None else max(one, other)


def memberships_of(user_id: UUID) -> list[tuple[Organization, str]]:
    """Return the organizations that a signed-in user belongs to, each with the membership's status.

    Runs outside a tenancy scope; sees the user's own memberships and nothing else of any tenant.
    """
    with tenancy.own_rows_of(user_id):
        statuses = dict(
            Membership.objects.filter(user_id=user_id).values_list("organization_id", "status")
        )
    organizations = Organization.objects.filter(id__in=statuses).order_by("name")
    return [(organization, statuses[organization.id]) for organization in organizations]


@dataclass(frozen=True, slots=True)
class SecretRef:
    """What a presented secret leads to."""

    organization_id: UUID
    row_id: UUID
    expires_at: datetime
    kind: str


def resolve_secret(token: str, *kinds: str) -> SecretRef | None:
    """Return what a secret of these kinds leads to, expired or not, or None when it is unknown.

    One SQL query on a platform table; the caller opens the organization's scope next.
    """
    digest = hashlib.sha256(token.encode()).digest()
    row = (
        SecretKey.objects.filter(digest=digest, kind__in=kinds)
        .values_list("organization_id", "row_id", "expires_at", "kind")
        .first()
    )
    return SecretRef(*row) if row else None
