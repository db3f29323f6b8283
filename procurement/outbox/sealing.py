"""Secrets that wait in the outbox: encrypted until the message is sent, then wiped."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet
from django.conf import settings


def seal(secrets: Mapping[str, str]) -> bytes | None:
    """Return secrets encrypted; None where there are none."""
    return _fernet().encrypt(json.dumps(dict(secrets)).encode()) if secrets else None


def unseal(sealed: bytes | memoryview | None) -> dict[str, str]:
    """Return what `seal` encrypted."""
    if sealed is None:
        return {}
    secrets: dict[str, str] = json.loads(_fernet().decrypt(bytes(sealed)))
    return secrets


def _fernet() -> Fernet:
    return Fernet(settings.OUTBOX_KEY)
