"""The tree as its page shows it: the branches on the way to one group, and not the rest."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from accounts import dependents
from accounts.effects import Glance
from accounts.models import Membership, OrgGroup, PositionHolder
from accounts.permissions import Permission
from accounts.selectors.groups import within
from procurement.core import tenancy
from procurement.core.actors import Actor

STEP = 100

_BRANCHES = """
SELECT s.id, s.parent_id, s.name, s.code, s.kind, s.path, s.is_active, s.among, EXISTS (
    SELECT FROM accounts_orggroup c
    WHERE c.organization_id = %(organization)s AND c.parent_id = s.id
      AND (c.is_active OR %(archived)s))
FROM (
    SELECT g.id, g.parent_id, g.name, g.code, g.kind, g.path, g.is_active,
           row_number() OVER w AS place, count(*) OVER (PARTITION BY g.parent_id) AS among
    FROM accounts_orggroup g
    WHERE g.organization_id = %(organization)s
      AND (g.parent_id = ANY(%(opened)s::uuid[]) OR g.id = ANY(%(tops)s::uuid[]))
      AND (g.is_active OR %(archived)s OR g.id = ANY(%(way)s::uuid[]))
    WINDOW w AS (PARTITION BY g.parent_id ORDER BY lower(g.name), g.id)
) s
WHERE s.place <= %(shown)s OR s.id = ANY(%(way)s::uuid[]) OR s.id = ANY(%(tops)s::uuid[])
ORDER BY lower(s.name), s.id
"""

# People are counted by group first: there are fewer groups than people.
_PEOPLE = """
SELECT above.id, sum(m.people) FROM (
    SELECT group_id, count(*) AS people FROM accounts_membership
    WHERE organization_id = %(organization)s AND status = 'ACTIVE' GROUP BY group_id
) m
JOIN accounts_orggroup g ON g.organization_id = %(organization)s AND g.id = m.group_id
CROSS JOIN LATERAL unnest(g.path) AS above(id)
WHERE above.id = ANY(%(groups)s::uuid[])
GROUP BY above.id
"""


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A group in the tree. ``people`` are those at home in it and below, ``seats`` its filled ones.

    ``level`` counts from the topmost group that the reader sees, at 1. ``rest`` is how many groups
    of its branch come after it and are not listed; it is set on the last one that is.
    """

    id: UUID
    parent_id: UUID | None
    name: str
    code: str
    kind: str
    path: tuple[UUID, ...]
    is_active: bool
    has_children: bool
    is_opened: bool
    level: int = 1
    people: int = 0
    seats: int = 0
    glances: tuple[Glance, ...] = ()
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """The opened branches in the order of the tree, and how much the reader sees in all."""

    nodes: tuple[TreeNode, ...]
    groups: int
    people: int

    def node(self, group_id: UUID) -> TreeNode | None:
        """Return a group that is listed, or None."""
        return next((node for node in self.nodes if node.id == group_id), None)


def tree_around(
    actor: Actor,
    group: OrgGroup | None,
    *,
    shown: int = STEP,
    archived: bool = False,
    on: date,
    now: datetime,
) -> Tree:
    """Return the branches that lead to a group, and its own; none of it takes the whole tree.

    Of each branch the first ``shown`` groups are listed, and the one that the way leads through.
    Six SQL queries and those of the floors above, however many groups there are.
    """
    tops = _tops(actor)
    way = _way(group, tops)
    rows = _branches(tops, way, shown, archived=archived)
    nodes = _with_what_is_there(_in_order(rows, tops, set(way)), actor, on=on, now=now)
    seen = within(actor, Permission.VIEW_GROUP)
    return Tree(
        nodes=tuple(nodes),
        groups=OrgGroup.objects.filter(seen, is_active=True).count(),
        people=sum(node.people for node in nodes if node.id in tops),
    )


def first_group(actor: Actor, home_group_id: UUID) -> UUID | None:
    """Return the group to show first: the reader's home, or else the topmost they see.

    At most two SQL queries; None where they see no group.
    """
    seen = OrgGroup.objects.filter(within(actor, Permission.VIEW_GROUP))
    if seen.filter(id=home_group_id).exists():
        return home_group_id
    return next(iter(_tops(actor)), None)


def _tops(actor: Actor) -> list[UUID]:
    """Return the topmost groups that an actor sees. One SQL query."""
    granted = actor.groups_with(Permission.VIEW_GROUP)
    if granted is None:
        return list(OrgGroup.objects.filter(parent__isnull=True).values_list("id", flat=True))
    paths = OrgGroup.objects.filter(id__in=granted).order_by("name").values_list("id", "path")
    return [group_id for group_id, path in paths if granted.isdisjoint(path[:-1])]


def _way(group: OrgGroup | None, tops: Sequence[UUID]) -> list[UUID]:
    """Return the way to a group, from the topmost one that the reader sees."""
    if group is None:
        return []
    start = next((index for index, step in enumerate(group.path) if step in tops), None)
    return [] if start is None else list(group.path[start:])


def _branches(
    tops: Sequence[UUID], way: Sequence[UUID], shown: int, *, archived: bool
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _BRANCHES,
            {
                "organization": tenancy.current(),
                "tops": list(tops),
                "way": list(way),
                # A single top is open, since there is nothing else to see.
                "opened": [*way, *(tops if len(tops) == 1 else ())],
                "shown": shown,
                "archived": archived,
            },
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _in_order(
    rows: Sequence[tuple[Any, ...]], tops: Sequence[UUID], way: set[UUID]
) -> list[TreeNode]:
    """Put rows into the order of the tree, and say where a branch goes on."""
    listed: defaultdict[UUID | None, list[tuple[TreeNode, int]]] = defaultdict(list)
    for group_id, parent_id, name, code, kind, path, is_active, among, has_children in rows:
        node = TreeNode(
            id=group_id,
            parent_id=parent_id,
            name=name,
            code=code,
            kind=kind,
            path=tuple(path),
            is_active=is_active,
            has_children=has_children,
            is_opened=group_id in way or tops == [group_id],
        )
        listed[None if group_id in tops else parent_id].append((node, among))
    ordered: list[TreeNode] = []

    def walk(parent: UUID | None, level: int) -> None:
        branch = listed.get(parent, [])
        for index, (node, among) in enumerate(branch, start=1):
            is_last = index == len(branch) and parent is not None
            rest = among - len(branch) if is_last else 0
            ordered.append(replace(node, level=level, rest=rest))
            walk(node.id, level + 1)

    walk(None, 1)
    return ordered


def _with_what_is_there(
    nodes: Sequence[TreeNode], actor: Actor, *, on: date, now: datetime
) -> list[TreeNode]:
    """Add people, seats and what the floors above have to show. Two queries, and the floors'."""
    ids = [node.id for node in nodes]
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, {"organization": tenancy.current(), "groups": ids})
        people = {group_id: int(count) for group_id, count in cursor.fetchall()}
    seats = dict(
        PositionHolder.objects.current()
        .filter(group_id__in=ids, is_deputy=False, membership__status=Membership.Status.ACTIVE)
        .values("group_id")
        .annotate(filled=Count("id"))
        .values_list("group_id", "filled")
    )
    shown = dependents.at_a_glance(
        actor=actor, paths={node.id: node.path for node in nodes}, on=on, now=now
    )
    return [
        replace(
            node,
            people=people.get(node.id, 0),
            seats=seats.get(node.id, 0),
            glances=tuple(shown[node.id]),
        )
        for node in nodes
    ]
