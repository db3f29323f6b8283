"""Sending an invitation again, and taking it back."""

from datetime import datetime

from django.db import transaction

from accounts.invitations import AGAIN_AFTER, LIFETIME
from accounts.models import Invitation, Membership, RoleGrant
from accounts.permissions import Permission, require
from accounts.selectors import organization_by_id
from accounts.services.invitations.closing import close_invitations
from accounts.services.invitations.letters import Addressed, write_letters
from accounts.services.placements import keep_member_history
from accounts.services.roles import end_grants
from accounts.services.secrets import expire_secrets
from procurement.audit.actions import AuditAction
from procurement.audit.services import record
from procurement.core.actors import Actor
from procurement.core.errors import Conflict
from procurement.core.locking import lock


@transaction.atomic
def resend_invitation(*, actor: Actor, invitation: Invitation, now: datetime) -> Invitation:
    """Mail an invitation once more, with a new link; the one before leads nowhere from then on.

    It holds for its whole time again. Raises `Conflict` where it is not open any more, or has just
    been sent.
    """
    require(actor, Permission.MANAGE_PEOPLE, invitation.membership.group)
    member, current = _locked(invitation)
    if current.sent_at is not None and current.sent_at > now - AGAIN_AFTER:
        raise Conflict("It has just been sent; give the mail a minute to arrive.")
    current.sent += 1
    current.sent_at = now
    current.expires_at = now + LIFETIME
    current.save(update_fields=["sent", "sent_at", "expires_at"])
    expire_secrets(organization_id=current.organization_id, row_ids=[current.id], now=now)
    grants = RoleGrant.objects.in_force(now).filter(membership=member).select_related("group")
    write_letters(
        organization_by_id(current.organization_id),
        [Addressed(current, member.user, list(grants))],
        message=current.batch.defaults["message"] if current.batch else "",
        now=now,
    )
    _record(actor, AuditAction.INVITATION_RESENT, current, member, now)
    return current


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation: Invitation, now: datetime) -> Invitation:
    """Take an invitation back: its links lead nowhere, its roles end, nobody has joined.

    Whoever it was for can be invited again. Raises `Conflict` where it is not open any more.
    """
    require(actor, Permission.MANAGE_PEOPLE, invitation.membership.group)
    member, current = _locked(invitation)
    member.status = Membership.Status.SUSPENDED
    member.save(update_fields=["status"])
    end_grants(RoleGrant.objects.filter(membership=member), at=now, now=now)
    close_invitations([member.id], now=now)
    keep_member_history([member.id], now=now)
    current.status = Invitation.Status.REVOKED
    current.closed_at = now
    _record(actor, AuditAction.INVITATION_REVOKED, current, member, now)
    return current


def _locked(invitation: Invitation) -> tuple[Membership, Invitation]:
    """Lock the member, then the invitation; raises `Conflict` where it does not wait any more."""
    (member,) = lock(
        Membership.objects.filter(id=invitation.membership_id).select_related("user", "group")
    )
    (current,) = lock(Invitation.objects.filter(id=invitation.id).select_related("batch"))
    if current.status == Invitation.Status.ACCEPTED:
        raise Conflict(f"{member.user} has accepted the invitation already.")
    if current.status == Invitation.Status.REVOKED or member.status != Membership.Status.INVITED:
        raise Conflict(f"The invitation of {member.user} has been revoked; invite them again.")
    return member, current


def _record(
    actor: Actor, action: AuditAction, invitation: Invitation, member: Membership, now: datetime
) -> None:
    record(
        actor=actor,
        action=action,
        subject_type="membership",
        subject_id=member.id,
        subject_label=member.user.name,
        group_id=member.group_id,
        after={
            "email": member.user.email,
            "status": invitation.status,
            "sent": invitation.sent,
            "expires_at": invitation.expires_at,
        },
        now=now,
    )
