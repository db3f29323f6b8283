"""Secrets that let somebody in before a tenant is known: links in mails, tokens."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
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


def issue_secrets(
    *, organization_id: UUID, kind: str, expiries: Mapping[UUID, datetime], now: datetime
) -> dict[UUID, str]:
    """Return a new random secret for each of many rows, by row; see `issue_secret`.

    ``expiries`` says until when each row's secret leads to it. One SQL statement, none for none.
    """
    tokens = {row_id: secrets.token_urlsafe(32) for row_id in expiries}
    SecretKey.objects.bulk_create(
        SecretKey(
            id=new_id(),
            digest=hashlib.sha256(token.encode()).digest(),
            organization_id=organization_id,
            kind=kind,
            row_id=row_id,
            expires_at=expiries[row_id],
            created_at=now,
        )
        for row_id, token in tokens.items()
    )
    return tokens


def expire_secrets(*, organization_id: UUID, row_ids: Collection[UUID], now: datetime) -> None:
    """End the secrets of rows that stay known, so that a page can say why. One SQL statement."""
    SecretKey.objects.filter(
        organization_id=organization_id, row_id__in=list(row_ids), expires_at__gt=now
    ).update(expires_at=now)
