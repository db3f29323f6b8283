"""What accounts stores, one noun a module. Models refer downwards in this order only."""

from accounts.models.group import OrgGroup
from accounts.models.membership import Membership
from accounts.models.organization import Organization
from accounts.models.position import Position, PositionHolder
from accounts.models.role import GroupPermission, Role, RoleGrant
from accounts.models.secret import SecretKey
from accounts.models.user import User, UserManager

__all__ = [
    "GroupPermission",
    "Membership",
    "OrgGroup",
    "Organization",
    "Position",
    "PositionHolder",
    "Role",
    "RoleGrant",
    "SecretKey",
    "User",
    "UserManager",
]
