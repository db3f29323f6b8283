"""Secrets that let somebody in before a tenant is known: links in mails, tokens."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from accounts.models import SecretKey
from procurement.core import writes
from procurement.core.ids import new_id


def issue_secret(
    *, organization_id: UUID, kind: str, row_id: UUID, expires_at: datetime, now: datetime
) -> str:
    """Return a new random secret (256 bits, URL-safe) that leads to a row; stores its hash alone.

    One SQL statement. The caller binds the row to whom and what the secret is for.
    """
    token = secrets.token_urlsafe(32)
    writes.insert(
        SecretKey(
            id=new_id(),
            digest=hashlib.sha256(token.encode()).digest(),
            organization_id=organization_id,
            kind=kind,
            row_id=row_id,
            expires_at=expires_at,
            created_at=now,
        )
    )
    return token


def revoke_secrets(*, organization_id: UUID, row_ids: list[UUID]) -> None:
    """Make the secrets of rows lead nowhere. One SQL statement."""
    SecretKey.objects.filter(organization_id=organization_id, row_id__in=row_ids).delete()
