"""Inviting people: checked first, sent by a worker, then accepted, sent again or revoked."""

from accounts.services.invitations.accepting import accept_invitation
from accounts.services.invitations.changing import resend_invitation, revoke_invitation
from accounts.services.invitations.checking import (
    check_invitations,
    discard_invitations,
    send_invitations,
)
from accounts.services.invitations.founding import invite_first_administrator
from accounts.services.invitations.sending import invite_next

__all__ = [
    "accept_invitation",
    "check_invitations",
    "discard_invitations",
    "invite_first_administrator",
    "invite_next",
    "resend_invitation",
    "revoke_invitation",
    "send_invitations",
]
