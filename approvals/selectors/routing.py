"""What routing a subject needs to know: policies in force and the people above a group.

Part of every preview and every submit, so it is two prepared statements on plain values rather than
a walk through six models.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from approvals.routing import (
    ApproverKind,
    Facts,
    InForce,
    Needs,
    Person,
    Plan,
    PolicyDocument,
    Seats,
    StageSpec,
    needs_of,
    route,
    seat,
)
from procurement.core import tenancy, writes

# Roles that pages name beside a route (who can raise a budget) although no policy may seat them.
_ALWAYS = ("ADMINISTRATOR", "FINANCE")

_POLICIES = """
SELECT DISTINCT ON (p.id) v.id, p.group_id, g.name, v.document::text, p.name, v.number
FROM approvals_approvalpolicy p
JOIN accounts_orggroup g ON g.organization_id = p.organization_id AND g.id = p.group_id
JOIN approvals_policyversion v ON v.organization_id = p.organization_id AND v.policy_id = p.id
WHERE p.organization_id = %(organization)s AND p.group_id = ANY(%(path)s)
  AND v.in_force_from <= %(now)s
ORDER BY p.id, v.number DESC
"""

# The same for every group of the organization.
_ALL_POLICIES = _POLICIES.replace("p.group_id = ANY(%(path)s)", "g.is_active")

_PEOPLE = """
WITH RECURSIVE managers AS (
    SELECT manager_id AS id, 1 AS depth FROM accounts_membership
    WHERE organization_id = %(organization)s AND id = %(requester)s
    UNION ALL
    SELECT m.manager_id, c.depth + 1 FROM managers c
    JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.id = c.id
    WHERE c.depth < 12
), held AS MATERIALIZED (
    SELECT CASE WHEN h.is_deputy THEN 'DEPUTY' ELSE 'POSITION' END AS kind, p.code::text AS code,
           h.group_id, h.membership_id, 0 AS depth
    FROM accounts_positionholder h
    JOIN accounts_position p ON p.organization_id = h.organization_id AND p.id = h.position_id
    WHERE h.organization_id = %(organization)s AND h.group_id = ANY(%(path)s)
      AND h.until IS NULL
    UNION ALL
    SELECT 'ROLE', role::text, group_id, membership_id, 0 FROM accounts_rolegrant
    WHERE organization_id = %(organization)s AND group_id = ANY(%(path)s)
      AND role = ANY(%(roles)s)
      AND starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)
    UNION ALL
    SELECT 'MANAGER', '', NULL, id, depth FROM managers WHERE id IS NOT NULL
    UNION ALL
    SELECT 'NAMED', '', NULL, unnest(%(named)s), 0
    UNION ALL
    SELECT 'HELD', role::text, group_id, membership_id, 0 FROM accounts_rolegrant
    WHERE organization_id = %(organization)s AND group_id = ANY(%(path)s)
      AND membership_id = %(requester)s
      AND starts_at <= %(now)s AND (ends_at IS NULL OR ends_at > %(now)s)
)
SELECT held.kind, held.code, held.group_id, m.id, coalesce(nullif(u.name, ''), u.email), u.email,
       m.status = 'ACTIVE' AND u.is_active, held.depth, l.id IS NOT NULL, l.amount
FROM held
JOIN accounts_membership m ON m.organization_id = %(organization)s AND m.id = held.membership_id
JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN approvals_approvallimit l
    ON l.organization_id = %(organization)s AND l.membership_id = m.id AND l.until IS NULL
UNION ALL
SELECT 'GROUP', '', g.id, NULL, g.name, '', g.is_active, 0, false, NULL
FROM accounts_orggroup g
WHERE g.organization_id = %(organization)s AND g.id = ANY(%(path)s)
ORDER BY 8, 5, 4
"""

# The same with those who own categories, which costs more and is asked by few policies. A seat that
# owns one is answered by the nearest that fills it, and in a group by the deputy after the holder.
_NAMED = "    SELECT 'NAMED', '', NULL, unnest(%(named)s), 0\n"
_OWNERS = """    UNION ALL
    SELECT 'OWNER', category_code, group_id, membership_id, 0 FROM approvals_categoryowner
    WHERE organization_id = %(organization)s AND group_id = ANY(%(path)s) AND until IS NULL
      AND membership_id IS NOT NULL
    UNION ALL
    SELECT 'OWNER', o.category_code, o.group_id, h.membership_id,
           (cardinality(g.path) - array_position(g.path, h.group_id)) * 2 + h.is_deputy::int
    FROM approvals_categoryowner o
    JOIN accounts_orggroup g ON g.organization_id = o.organization_id AND g.id = o.seat_group_id
    JOIN accounts_positionholder h ON h.organization_id = o.organization_id
        AND h.position_id = o.position_id AND h.group_id = ANY(g.path) AND h.until IS NULL
    WHERE o.organization_id = %(organization)s AND o.group_id = ANY(%(path)s) AND o.until IS NULL
"""
_PEOPLE_AND_OWNERS = _PEOPLE.replace(_NAMED, _NAMED + _OWNERS)


@dataclass(frozen=True, slots=True)
class Trial:
    """A document that is tried in place of what a group's own policy says."""

    group_id: UUID
    group_name: str
    document: PolicyDocument

    def among(self, policies: Sequence[InForce]) -> tuple[InForce, ...]:
        """Return policies with the document in the place of the group's own. Pure."""
        own = next((one for one in policies if one.group_id == self.group_id), None)
        tried = InForce(
            version_id=TRIED,
            group_id=self.group_id,
            group_name=self.group_name,
            document=self.document,
            policy_name=f"{own.policy_name if own else self.group_name}, draft",
            number=own.number + 1 if own else 1,
        )
        return (*(one for one in policies if one is not own), tried)


# The version of a document that is only tried: an id that no version has.
TRIED = UUID(int=0)


@dataclass(frozen=True, slots=True)
class RoutingContext:
    """The policies in force on a group's ancestors and who sits there, at one moment.

    ``requester_roles`` are those that the requester holds on the group or above it.
    """

    policies: tuple[InForce, ...]
    seats: Seats
    group_path: tuple[UUID, ...] = ()
    requester_roles: frozenset[str] = frozenset()

    @property
    def needs(self) -> Needs:
        """Return what the policies have to know of the orders before. Pure."""
        return needs_of(self.group_path, self.policies)

    def plan(self, facts: Facts) -> Plan:
        """Route and seat a subject of this group and requester. Pure."""
        return seat(route(facts, self.policies), facts, self.seats)


def routing_context(
    group_path: Sequence[UUID],
    requester_id: UUID,
    now: datetime,
    *,
    trial: Trial | None = None,
    further: Sequence[StageSpec] = (),
) -> RoutingContext:
    """Return what routing needs for a requester (a membership's id) in a group. Two SQL queries.

    A ``trial`` takes the place of its group's own policy. Owners of categories are read where a
    stage asks for them: one of a policy that counts, or of the ``further`` ones, which an earlier
    version may have asked for or a draft asks for.
    """
    policies = policies_in_force(group_path, now)
    if trial is not None:
        policies = trial.among(policies)
    stages = [*further, *(stage for policy in policies for stage in policy.document.stages())]
    asks_owners = bool(_values(stages, ApproverKind.CATEGORY_OWNER))
    rows = writes.execute(
        _PEOPLE_AND_OWNERS if asks_owners else _PEOPLE,
        {
            "organization": tenancy.current(),
            "path": list(group_path),
            "now": now,
            "requester": requester_id,
            "roles": [*_ALWAYS, *_values(stages, ApproverKind.ROLE)],
            "named": [requester_id, *map(UUID, _values(stages, ApproverKind.PERSON))],
        },
    ).fetchall()
    return RoutingContext(
        policies=policies,
        seats=_seats(rows, requester_id),
        group_path=tuple(group_path),
        requester_roles=frozenset(row[1] for row in rows if row[0] == "HELD"),
    )


def policies_in_force(group_path: Sequence[UUID], now: datetime) -> tuple[InForce, ...]:
    """Return the versions in force on a group and its ancestors. One SQL query."""
    return _in_force(_POLICIES, {"path": list(group_path), "now": now})


def all_policies_in_force(now: datetime) -> tuple[InForce, ...]:
    """Return the versions in force anywhere in the organization. One SQL query."""
    return _in_force(_ALL_POLICIES, {"now": now})


def _in_force(statement: str, parameters: dict[str, Any]) -> tuple[InForce, ...]:
    rows = writes.execute(statement, {"organization": tenancy.current(), **parameters}).fetchall()
    return tuple(
        InForce(
            version_id=version_id,
            group_id=group_id,
            group_name=group_name,
            document=document_of(version_id, document),
            policy_name=policy_name,
            number=number,
        )
        for version_id, group_id, group_name, document, policy_name, number in rows
    )


@lru_cache(maxsize=1024)
def document_of(version_id: UUID, document: str) -> PolicyDocument:  # noqa: ARG001 – a key of the cache
    """Return a version's document; published versions never change, so each is parsed once."""
    return PolicyDocument.from_json(json.loads(document))


def _values(stages: Iterable[StageSpec], kind: ApproverKind) -> set[str]:
    return {
        approver.value for stage in stages for approver in stage.approvers if approver.kind is kind
    }


_Row = tuple[str, str, UUID, UUID, str, str, bool, int, bool, Decimal | None]


def _seats(rows: Iterable[_Row], requester_id: UUID) -> Seats:
    group_names: dict[UUID, str] = {}
    held: dict[str, defaultdict[tuple[str, UUID], list[UUID]]] = {
        "POSITION": defaultdict(list),
        "DEPUTY": defaultdict(list),
        "ROLE": defaultdict(list),
        "OWNER": defaultdict(list),
    }
    managers: list[UUID] = []
    people: dict[UUID, Person] = {}
    limits: dict[UUID, Decimal | None] = {}
    for kind, code, group_id, member, name, email, is_active, _depth, has_limit, limit in rows:
        if kind == "GROUP":
            group_names[group_id] = name
            continue
        people.setdefault(member, Person(member, name, email, is_active))
        if has_limit:
            limits[member] = limit
        if kind in held:
            held[kind][code, group_id].append(member)
        elif kind == "MANAGER" and member not in managers:
            managers.append(member)
    able = {member for member, person in people.items() if person.is_active} - {requester_id}
    return Seats(
        group_names=group_names,
        positions={key: tuple(members) for key, members in held["POSITION"].items()},
        roles={key: tuple(members) for key, members in held["ROLE"].items()},
        manager_chain=tuple(managers),
        people=people,
        deputies={key: tuple(members) for key, members in held["DEPUTY"].items()},
        limits=limits,
        category_owners={key: _first(members, able) for key, members in held["OWNER"].items()},
    )


def _first(members: Sequence[UUID], able: Collection[UUID]) -> tuple[UUID, ...]:
    """Return the nearest who can decide, or else the nearest, so that it can be said why not."""
    return (next((member for member in members if member in able), members[0]),)
