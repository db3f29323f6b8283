"""Every non-trivial read of accounts, by noun."""

from accounts.selectors.access import actor_for, memberships_of, resolve_secret, SecretRef
from accounts.selectors.groups import (
    GroupNode,
    ancestor_groups,
    group_for,
    group_tree,
    groups_where,
    organization_by_id,
    organization_by_slug,
    organization_ids,
    root_group,
    within,
)
from accounts.selectors.people import (
    Person,
    Seat,
    members_of,
    notification_targets,
    people_by_id,
    role_holders,
    seats_for,
)

__all__ = [
    "GroupNode",
    "Person",
    "Seat",
    "SecretRef",
    "actor_for",
    "ancestor_groups",
    "group_for",
    "group_tree",
    "groups_where",
    "members_of",
    "memberships_of",
    "notification_targets",
    "organization_by_id",
    "organization_by_slug",
    "organization_ids",
    "people_by_id",
    "resolve_secret",
    "role_holders",
    "root_group",
    "seats_for",
    "within",
]
