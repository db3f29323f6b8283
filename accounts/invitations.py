"""How long invitations live, and why a link of one leads nowhere any more (pure)."""

from datetime import datetime, timedelta
from enum import StrEnum

LIFETIME = timedelta(days=14)
# A second press of the button shortly after the first is a slip of the finger.
AGAIN_AFTER = timedelta(minutes=1)
SECRET_KIND = "INVITATION"  # noqa: S105 – the kind of a secret, not one


class Ending(StrEnum):
    """Why an invitation's link does not let anybody in."""

    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    REPLACED = "REPLACED"

    @property
    def head(self) -> str:
        """Return what a page says in large letters."""
        return _HEADS[self]


_HEADS = {
    Ending.ACCEPTED: "You have accepted this invitation",
    Ending.REVOKED: "This invitation has been revoked",
    Ending.EXPIRED: "This invitation has expired",
    Ending.REPLACED: "A newer mail has replaced this link",
}


def ending_of(
    *, status: str, expires_at: datetime, link_expires_at: datetime, now: datetime
) -> Ending | None:
    """Return why a link lets nobody in, or None where it does.

    ``status`` is that of the invitation, which ends at ``expires_at``; a link of it that ended
    before has been replaced by the one in a newer mail.
    """
    if status == Ending.ACCEPTED:
        return Ending.ACCEPTED
    if status == Ending.REVOKED:
        return Ending.REVOKED
    if expires_at <= now:
        return Ending.EXPIRED
    return Ending.REPLACED if link_expires_at <= now else None


def ending_sentence(ending: Ending, *, inviter: str, organization: str) -> str:
    """Say what to do now that a link has ended."""
    match ending:
        case Ending.ACCEPTED:
            return f"You belong to {organization}; sign in to go on."
        case Ending.REVOKED:
            return f"It opens nothing any more. Ask {inviter} if you think that is a mistake."
        case Ending.EXPIRED:
            days = LIFETIME.days
            return f"Invitations hold for {days} days. Ask {inviter} to send you a new one."
        case Ending.REPLACED:
            return f"Use the link in the newest mail from {organization}."
