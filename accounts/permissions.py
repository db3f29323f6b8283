"""What each role may do, and the one question that pages, the API and services ask about it.

A permission is held on a group and everything below it. It is stored as django-guardian object
permissions on `OrgGroup`, which `accounts.services.roles` derives from role grants.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from procurement.core.actors import Actor
from procurement.core.errors import NotAllowed


class Permission(StrEnum):
    """What can be granted on a group."""

    VIEW_GROUP = "view_group"
    MANAGE_GROUPS = "manage_groups"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_POLICIES = "manage_policies"
    MANAGE_BUDGETS = "manage_budgets"
    MANAGE_CATALOG = "manage_catalog"
    PLACE_ORDERS = "place_orders"
    VIEW_ORDERS = "view_orders"
    VIEW_BUDGETS = "view_budgets"
    VIEW_REPORTS = "view_reports"
    VIEW_AUDIT = "view_audit"
    IMPORT_HISTORY = "import_history"

    @property
    def label(self) -> str:
        """Return the permission in words."""
        return _LABELS[self]


_LABELS: Mapping[Permission, str] = {
    Permission.VIEW_GROUP: "See the group, its people and seats",
    Permission.MANAGE_GROUPS: "Create and change groups",
    Permission.MANAGE_PEOPLE: "Add people, grant roles, fill seats",
    Permission.MANAGE_POLICIES: "Write and publish approval policies",
    Permission.MANAGE_BUDGETS: "Set and change budgets",
    Permission.MANAGE_CATALOG: "Keep suppliers, items and buying rules",
    Permission.PLACE_ORDERS: "Place orders",
    Permission.VIEW_ORDERS: "See everybody's orders",
    Permission.VIEW_BUDGETS: "See budgets",
    Permission.VIEW_REPORTS: "See and download reports",
    Permission.VIEW_AUDIT: "Read the audit trail",
    Permission.IMPORT_HISTORY: "Import purchase history",
}

ROLE_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    "ADMINISTRATOR": frozenset(Permission) - {Permission.PLACE_ORDERS},
    "REQUISITIONER": frozenset(
        {Permission.VIEW_GROUP, Permission.PLACE_ORDERS, Permission.VIEW_BUDGETS}
    ),
    "FINANCE": frozenset(
        {
            Permission.VIEW_GROUP,
            Permission.VIEW_ORDERS,
            Permission.VIEW_BUDGETS,
            Permission.MANAGE_BUDGETS,
            Permission.VIEW_REPORTS,
        }
    ),
    "TECHNICIAN": frozenset({Permission.VIEW_GROUP, Permission.VIEW_ORDERS}),
}


class Located(Protocol):
    """Anything that has a place in the hierarchy."""

    @property
    def path(self) -> Sequence[UUID]:
        """The ids of its ancestors, root first, and its own."""


def require(actor: Actor, permission: Permission, group: Located | Sequence[UUID]) -> None:
    """Raise `NotAllowed` unless the actor holds a permission on a group or one of its ancestors.

    No SQL: an actor carries its grants.
    """
    path = group if isinstance(group, Sequence) else group.path
    if not actor.can(permission, path):
        raise NotAllowed(
            f"{actor.label} may not do this here: it takes the permission "
            f"“{permission.label}” on this group or one above it. An administrator can grant it."
        )
