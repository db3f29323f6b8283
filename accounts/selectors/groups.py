"""The hierarchy as people and services read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import Membership, Organization, OrgGroup, Role, RoleLimit
from accounts.permissions import Permission
from procurement.core.actors import Actor
from procurement.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A group in the tree, as its row on a page needs it."""

    id: UUID
    parent_id: UUID | None
    name: str
    code: str
    kind: str
    level: int
    path: tuple[UUID, ...]
    people: int
    is_active: bool
    has_children: bool


def organization_by_slug(slug: str) -> Organization | None:
    """Return an organization by its address, or None. One SQL query."""
    return Organization.objects.filter(slug=slug).first()


def organization_by_id(organization_id: UUID) -> Organization:
    """Return an organization. One SQL query; raises `NotFound`."""
    found = Organization.objects.filter(id=organization_id).first()
    if found is None:
        raise NotFound("There is no such organization.")
    return found


def organization_ids() -> list[UUID]:
    """Return the ids of all organizations, oldest first. One SQL query."""
    return list(Organization.objects.order_by("created_at", "id").values_list("id", flat=True))


def within(actor: Actor, permission: Permission, prefix: str = "") -> Q:
    """Return the condition that keeps the rows of groups on which an actor holds a permission.

    ``prefix`` leads from the filtered model to its group, such as ``"group__"``.
    """
    groups = actor.groups_with(permission)
    if groups is None:
        return Q()
    if not groups:
        return Q(pk__in=[])
    return Q(**{f"{prefix}path__overlap": list(groups)})


def groups_where(actor: Actor, permission: Permission) -> QuerySet[OrgGroup]:
    """Return the active groups on which an actor holds a permission, by name."""
    return OrgGroup.objects.filter(within(actor, permission), is_active=True).order_by("name", "id")


def groups_in_sight(actor: Actor, *, query: str = "", archived: bool = False) -> QuerySet[OrgGroup]:
    """Return the groups that an actor sees, each after the one it stands below.

    ``query`` narrows to those with its words in their name or code.
    """
    found = OrgGroup.objects.filter(within(actor, Permission.VIEW_GROUP))
    if not archived:
        found = found.filter(is_active=True)
    for word in query.split():
        found = found.filter(Q(name__icontains=word) | Q(code__icontains=word))
    return found.order_by("path")


def group_for(
    actor: Actor, group_id: UUID, permission: Permission = Permission.VIEW_GROUP
) -> OrgGroup:
    """Return a group on which the actor holds a permission. One SQL query; raises `NotFound`."""
    found = OrgGroup.objects.filter(within(actor, permission), id=group_id).first()
    if found is None:
        raise NotFound("There is no such group, or it is not yours to see.")
    return found


def home_group(membership_id: UUID) -> OrgGroup:
    """Return the group that a member belongs to; it takes no permission to know one's own.

    One SQL query; raises `NotFound`.
    """
    found = OrgGroup.objects.filter(members__id=membership_id).first()
    if found is None:
        raise NotFound("There is no such member.")
    return found


def root_group() -> OrgGroup:
    """Return the root of the active organization's tree. One SQL query; raises `NotFound`."""
    found = OrgGroup.objects.filter(parent__isnull=True).first()
    if found is None:
        raise NotFound("The organization has no groups yet.")
    return found


def role_limits_on(path: Sequence[UUID]) -> list[RoleLimit]:
    """Return the limits on buyers' orders of a group and its ancestors, the nearest first.

    One SQL query.
    """
    distance = {group_id: index for index, group_id in enumerate(reversed(path))}
    found = RoleLimit.objects.filter(
        group_id__in=list(path), role=Role.REQUISITIONER
    ).select_related("group")
    return sorted(found, key=lambda limit: distance[limit.group_id])


def ancestor_groups(path: Sequence[UUID]) -> list[OrgGroup]:
    """Return the groups of a path, root first, the group itself last. One SQL query."""
    by_id: dict[Any, OrgGroup] = OrgGroup.objects.in_bulk(list(path))
    return [by_id[group_id] for group_id in path if group_id in by_id]


def group_tree(actor: Actor) -> list[GroupNode]:
    """Return the groups an actor may see in the order of the tree, with people counted.

    Two SQL queries. Groups whose parent is out of sight stand at the top.
    """
    rows = list(
        OrgGroup.objects.filter(within(actor, Permission.VIEW_GROUP)).values_list(
            "id", "parent_id", "name", "code", "kind", "path", "is_active"
        )
    )
    counted: dict[UUID, int] = dict(
        Membership.objects.filter(status=Membership.Status.ACTIVE)
        .values("group_id")
        .annotate(people=Count("id"))
        .values_list("group_id", "people")
    )
    people: dict[UUID, int] = {}
    for row in rows:
        for ancestor in row[5]:
            people[ancestor] = people.get(ancestor, 0) + counted.get(row[0], 0)
    seen = {row[0] for row in rows}
    children: dict[UUID | None, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row[2].casefold()):
        children.setdefault(row[1] if row[1] in seen else None, []).append(row)
    ordered: list[GroupNode] = []
    waiting = [(row, 1) for row in reversed(children.get(None, []))]
    while waiting:
        row, level = waiting.pop()
        ordered.append(
            GroupNode(
                id=row[0],
                parent_id=row[1],
                name=row[2],
                code=row[3],
                kind=row[4],
                level=level,
                path=tuple(row[5]),
                people=people.get(row[0], 0),
                is_active=row[6],
                has_children=row[0] in children,
            )
        )
        waiting.extend((child, level + 1) for child in reversed(children.get(row[0], [])))
    return ordered
