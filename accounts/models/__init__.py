"""What accounts stores, one noun a module. Models refer downwards in this order only."""

from accounts.models.calendar import CalendarDay, WorkingCalendar
from accounts.models.device import PushSubscription
from accounts.models.group import GroupPlacement, OrgGroup
from accounts.models.invitation import Invitation, InvitationBatch, InvitationLine
from accounts.models.membership import MemberMove, Membership, MembershipPlacement
from accounts.models.notification import NotificationChoice, NotificationHours
from accounts.models.organization import Organization
from accounts.models.position import DutyAcceptance, Position, PositionHolder
from accounts.models.review import HierarchyReview, TreeImport
from accounts.models.role import GroupPermission, Role, RoleGrant, RoleLimit
from accounts.models.secret import SecretKey
from accounts.models.training import (
    TrainingAcknowledgement,
    TrainingPage,
    TrainingRequirement,
    TrainingVersion,
)
from accounts.models.user import User, UserManager

__all__ = [
    "CalendarDay",
    "DutyAcceptance",
    "GroupPermission",
    "GroupPlacement",
    "HierarchyReview",
    "Invitation",
    "InvitationBatch",
    "InvitationLine",
    "MemberMove",
    "Membership",
    "MembershipPlacement",
    "NotificationChoice",
    "NotificationHours",
    "OrgGroup",
    "Organization",
    "Position",
    "PositionHolder",
    "PushSubscription",
    "Role",
    "RoleGrant",
    "RoleLimit",
    "SecretKey",
    "TrainingAcknowledgement",
    "TrainingPage",
    "TrainingRequirement",
    "TrainingVersion",
    "TreeImport",
    "User",
    "UserManager",
    "WorkingCalendar",
]
