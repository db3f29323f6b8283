"""Keeping the history of where groups stand and where people are.

Called at the end of every service that changes either; each is two SQL statements, however many
rows there are.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from procurement.core import tenancy

_CLOSE_GROUPS = """
UPDATE accounts_groupplacement p SET until = greatest(%(now)s, p.since)
FROM accounts_orggroup g
WHERE p.organization_id = %(organization)s AND p.until IS NULL AND p.group_id = g.id
  AND g.organization_id = %(organization)s AND g.id = ANY(%(ids)s)
  AND (p.parent_id, p.is_active) IS DISTINCT FROM (g.parent_id, g.is_active)
"""
_OPEN_GROUPS = """
INSERT INTO accounts_groupplacement
    (id, organization_id, group_id, parent_id, is_active, since, until)
SELECT gen_random_uuid(), g.organization_id, g.id, g.parent_id, g.is_active, %(now)s, NULL
FROM accounts_orggroup g
WHERE g.organization_id = %(organization)s AND g.id = ANY(%(ids)s)
  AND NOT EXISTS (
    SELECT FROM accounts_groupplacement p
    WHERE p.organization_id = %(organization)s AND p.group_id = g.id AND p.until IS NULL)
"""
_CLOSE_MEMBERS = """
UPDATE accounts_membershipplacement p SET until = greatest(%(now)s, p.since)
FROM accounts_membership m
WHERE p.organization_id = %(organization)s AND p.until IS NULL AND p.membership_id = m.id
  AND m.organization_id = %(organization)s AND m.id = ANY(%(ids)s)
  AND (p.status, p.group_id, p.manager_id)
      IS DISTINCT FROM (m.status, m.group_id, m.manager_id)
"""
_OPEN_MEMBERS = """
INSERT INTO accounts_membershipplacement
    (id, organization_id, membership_id, status, group_id, manager_id, since, until)
SELECT gen_random_uuid(), m.organization_id, m.id, m.status, m.group_id, m.manager_id, %(now)s, NULL
FROM accounts_membership m
WHERE m.organization_id = %(organization)s AND m.id = ANY(%(ids)s)
  AND NOT EXISTS (
    SELECT FROM accounts_membershipplacement p
    WHERE p.organization_id = %(organization)s AND p.membership_id = m.id AND p.until IS NULL)
"""


def keep_group_history(group_ids: Collection[UUID], *, now: datetime) -> None:
    """Write down where groups stand from now on, for those whose place or state has changed."""
    _keep((_CLOSE_GROUPS, _OPEN_GROUPS), group_ids, now)


def keep_member_history(membership_ids: Collection[UUID], *, now: datetime) -> None:
    """Write down status, home and manager from now on, for those members of whom any changed."""
    _keep((_CLOSE_MEMBERS, _OPEN_MEMBERS), membership_ids, now)


def _keep(statements: tuple[str, str], ids: Collection[UUID], now: datetime) -> None:
    if not ids:
        return
    parameters: dict[str, Any] = {"organization": tenancy.current(), "ids": list(ids), "now": now}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)
