"""Ending invitations that nobody is to accept any more."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from accounts.models import Invitation
from accounts.services.secrets import expire_secrets
from procurement.core import tenancy
from procurement.core.locking import lock


def close_invitations(membership_ids: Collection[UUID], *, now: datetime) -> None:
    """Revoke what is open for some members, whom the caller has locked.

    The links in the mails lead to a page that says so. At most three SQL statements.
    """
    if not membership_ids:
        return
    waiting = Invitation.objects.filter(
        membership_id__in=list(membership_ids), status=Invitation.Status.OPEN
    )
    ids = [invitation.id for invitation in lock(waiting)]
    if not ids:
        return
    Invitation.objects.filter(id__in=ids).update(status=Invitation.Status.REVOKED, closed_at=now)
    expire_secrets(organization_id=tenancy.current(), row_ids=ids, now=now)
