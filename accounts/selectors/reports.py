"""Who can do what, and where: asked of a person or of a group, for now and for any day of the past.

Both read what grants, people and the tree said at that instant, not what has become of them:
roles from their own times, access from the history of people, inheritance from the history of
groups. What a role allows is the table of today's release.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Membership, Role
from accounts.permissions import ROLE_PERMISSIONS, Permission
from procurement.core import tenancy
from procurement.core.clock import local_date, start_of
from procurement.core.errors import DomainError

# The groups that each grant covered, followed downwards through the tree of that instant.
_OF_PERSON = """
WITH RECURSIVE held AS (
    SELECT r.id, r.role, r.group_id, r.starts_at, r.ends_at, r.spending_limit
    FROM accounts_rolegrant r
    WHERE r.organization_id = %(organization)s AND r.membership_id = %(member)s
      AND r.starts_at <= %(at)s AND (r.ends_at IS NULL OR r.ends_at > %(at)s)
), covered AS (
    SELECT id AS grant_id, group_id FROM held
    UNION ALL
    SELECT c.grant_id, p.group_id
    FROM covered c
    JOIN accounts_groupplacement p
      ON p.organization_id = %(organization)s AND p.parent_id = c.group_id
     AND p.since <= %(at)s AND (p.until IS NULL OR p.until > %(at)s)
), counted AS (
    SELECT grant_id, count(*) AS covers FROM covered GROUP BY grant_id
)
SELECT h.role, h.group_id, g.name, n.covers, h.starts_at, h.ends_at, h.spending_limit, s.status
FROM held h
JOIN counted n ON n.grant_id = h.id
JOIN accounts_orggroup g ON g.organization_id = %(organization)s AND g.id = h.group_id
LEFT JOIN accounts_membershipplacement s
  ON s.organization_id = %(organization)s AND s.membership_id = %(member)s
 AND s.since <= %(at)s AND (s.until IS NULL OR s.until > %(at)s)
ORDER BY n.covers DESC, g.name, h.role
"""

# The groups above one, followed upwards, and whoever held one of the roles there with access.
_ON_GROUP = """
WITH RECURSIVE way AS (
    SELECT p.group_id, p.parent_id, 0 AS distance
    FROM accounts_groupplacement p
    WHERE p.organization_id = %(organization)s AND p.group_id = %(group)s
      AND p.since <= %(at)s AND (p.until IS NULL OR p.until > %(at)s)
    UNION ALL
    SELECT p.group_id, p.parent_id, w.distance + 1
    FROM way w
    JOIN accounts_groupplacement p
      ON p.organization_id = %(organization)s AND p.group_id = w.parent_id
     AND p.since <= %(at)s AND (p.until IS NULL OR p.until > %(at)s)
)
SELECT r.membership_id, coalesce(nullif(u.name, ''), u.email), u.email, r.role, r.group_id, g.name,
       w.distance, r.starts_at, r.ends_at, r.spending_limit, count(*) OVER ()
FROM way w
JOIN accounts_rolegrant r ON r.organization_id = %(organization)s AND r.group_id = w.group_id
 AND r.role = ANY(%(roles)s)
 AND r.starts_at <= %(at)s AND (r.ends_at IS NULL OR r.ends_at > %(at)s)
JOIN accounts_membershipplacement s
  ON s.organization_id = %(organization)s AND s.membership_id = r.membership_id
 AND s.status = 'ACTIVE' AND s.since <= %(at)s AND (s.until IS NULL OR s.until > %(at)s)
JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.id = r.membership_id
JOIN accounts_user u ON u.id = m.user_id
JOIN accounts_orggroup g ON g.organization_id = %(organization)s AND g.id = r.group_id
ORDER BY 2, r.membership_id, w.distance, r.role
LIMIT %(limit)s OFFSET %(offset)s
"""

ALL = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Power:
    """A role that somebody held, by one grant: on a group and ``covers`` groups with it.

    ``spending_limit`` is the grant's own, in the organization's currency.
    """

    role: str
    group_id: UUID
    group_name: str
    covers: int
    since: datetime
    until: datetime | None
    spending_limit: Decimal | None

    @property
    def role_name(self) -> str:
        """Return the role as pages call it."""
        return Role(self.role).label

    @property
    def permissions(self) -> list[Permission]:
        """Return what the role allows, in the order of the table of roles."""
        return [one for one in Permission if one in ROLE_PERMISSIONS[self.role]]


@dataclass(frozen=True, slots=True)
class PersonAccess:
    """What somebody could do at an instant. Without access none of the powers held."""

    powers: tuple[Power, ...]
    has_access: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who could do something on a group, by one grant on it or on a group above."""

    membership_id: UUID
    name: str
    email: str
    role: str
    on_group_id: UUID
    on_group_name: str
    is_inherited: bool
    since: datetime
    until: datetime | None
    spending_limit: Decimal | None

    @property
    def role_name(self) -> str:
        """Return the role as pages call it."""
        return Role(self.role).label


@dataclass(frozen=True, slots=True)
class Holders:
    """A cut of those who could do something on a group; ``total`` counts them all."""

    rows: tuple[Holder, ...]
    total: int


def instant_of(day: date | None, *, time_zone: str, now: datetime) -> datetime:
    """Return the instant that a day of the organization stands for: its end, or now for today.

    Raises `DomainError` for a day to come.
    """
    today = local_date(now, time_zone)
    if day is None or day == today:
        return now
    if day > today:
        raise DomainError("Choose today or a day of the past.", field="at")
    return start_of(day + timedelta(days=1), time_zone) - timedelta(microseconds=1)


def access_of(membership_id: UUID, *, at: datetime) -> PersonAccess:
    """Return what a member could do at an instant, where, and by which grant. One SQL query.

    The caller has found the member for its actor, and so decided that this may be seen.
    """
    rows = _fetch(_OF_PERSON, member=membership_id, at=at)
    return PersonAccess(
        powers=tuple(Power(*row[:7]) for row in rows),
        has_access=bool(rows) and rows[0][7] == Membership.Status.ACTIVE,
    )


def holders_on(
    group_id: UUID,
    permission: Permission,
    *,
    at: datetime,
    limit: int = ALL,
    offset: int = 0,
) -> Holders:
    """Return who could do something on a group at an instant, by name. One SQL query.

    Somebody who could by several grants is listed with each. The caller has found the group for its
    actor, and so decided that this may be seen.
    """
    roles = [role for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed]
    rows = _fetch(_ON_GROUP, group=group_id, roles=roles, at=at, limit=limit, offset=offset)
    return Holders(
        rows=tuple(Holder(*row[:6], *(row[6] > 0, *row[7:10])) for row in rows),
        total=rows[0][10] if rows else 0,
    )


def _fetch(statement: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organization": tenancy.current(), **parameters})
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
