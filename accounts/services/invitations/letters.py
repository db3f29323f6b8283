"""The mails that ask people to join: each with a link of its own, in the outbox with its cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.invitations import SECRET_KIND
from accounts.models import Invitation, Organization, RoleGrant, User
from accounts.services.secrets import issue_secrets
from procurement.outbox.services import Letter, enqueue_emails


@dataclass(frozen=True, slots=True)
class Addressed:
    """An invitation with who it is for, and the roles that it offers."""

    invitation: Invitation
    user: User
    roles: Sequence[RoleGrant]


def write_letters(
    organization: Organization, addressed: Sequence[Addressed], *, message: str, now: datetime
) -> None:
    """Put the mails of invitations into the outbox; the ``sent`` of each tells them apart.

    Two SQL statements for each few hundred mails.
    """
    tokens = issue_secrets(
        organization_id=organization.id,
        kind=SECRET_KIND,
        expiries={one.invitation.id: one.invitation.expires_at for one in addressed},
        now=now,
    )
    enqueue_emails(
        organization_id=organization.id,
        template="invitation",
        letters=[
            Letter(
                key=f"invitation:{one.invitation.id}:{one.invitation.sent}",
                to=one.user.email,
                context=_context(organization, one, message),
                secrets={"token": tokens[one.invitation.id]},
            )
            for one in addressed
        ],
        now=now,
    )


def _context(organization: Organization, one: Addressed, message: str) -> dict[str, Any]:
    return {
        "organization": organization.name,
        "name": "" if one.user.name == one.user.email else one.user.name,
        "inviter": one.invitation.invited_by,
        "roles": [
            {"role": grant.get_role_display(), "group": grant.group.name} for grant in one.roles
        ],
        "message": message,
        "expires_at": one.invitation.expires_at,
        "time_zone": organization.time_zone,
    }
