"""What every floor does once somebody has access: for the first time, or again."""

from datetime import datetime

from accounts import dependents
from accounts.effects import Effect, MemberChange, MemberChangeKind
from accounts.models import Membership
from procurement.core.actors import Actor


def follow_joining(*, actor: Actor, member: Membership, now: datetime) -> list[Effect]:
    """Have every floor follow a member who has just got access; return what all changed.

    The member's user is loaded.
    """
    change = MemberChange(
        kind=MemberChangeKind.JOIN,
        membership_id=member.id,
        name=member.user.name or member.user.email,
        from_group_id=member.group_id,
    )
    return dependents.follow_member_change(actor=actor, change=change, now=now)
