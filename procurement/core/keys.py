"""Keys for separate purposes, derived from one secret."""

import base64
import hashlib
import hmac


def derive_key(secret: str, purpose: str) -> str:
    """Return a 32-byte key for a purpose as URL-safe base64 (HKDF's expand step, RFC 5869 §2.3)."""
    key = hmac.digest(secret.encode(), f"procurement:{purpose}\x01".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(key).decode()
