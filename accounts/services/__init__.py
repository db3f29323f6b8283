"""Every write of accounts, by noun; each function is one business action."""

from accounts.services.groups import change_group, create_group
from accounts.services.importing import import_groups
from accounts.services.organizations import create_organization
from accounts.services.people import (
    add_member,
    preview_suspension,
    reinstate_member,
    suspend_member,
)
from accounts.services.positions import create_position, fill_position, vacate_position
from accounts.services.roles import grant_role, renew_permissions, revoke_role
from accounts.services.secrets import issue_secret, revoke_secrets

__all__ = [
    "add_member",
    "change_group",
    "create_group",
    "create_organization",
    "create_position",
    "fill_position",
    "grant_role",
    "import_groups",
    "issue_secret",
    "preview_suspension",
    "reinstate_member",
    "renew_permissions",
    "revoke_role",
    "revoke_secrets",
    "suspend_member",
    "vacate_position",
]
