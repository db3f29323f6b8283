"""Keys for separate purposes, derived from one secret."""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def derive_key(secret: str, purpose: str) -> str:
    """Return a 32-byte key for a purpose as URL-safe base64 (HKDF's expand step, RFC 5869 §2.3)."""
    key = hmac.digest(secret.encode(), f"procurement:{purpose}\x01".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(key).decode()


def derive_signing_key(secret: str, purpose: str) -> str:
    """Return a P-256 private key for a purpose: its scalar as URL-safe base64 without padding.

    The scalar is 64 derived bytes, taken modulo the curve's order less one, plus one: the "extra
    random bits" of FIPS 186-5, A.2.1, so that every key is as likely as any other.
    """
    seed = hmac.digest(secret.encode(), f"procurement:{purpose}\x01".encode(), hashlib.sha512)
    scalar = int.from_bytes(seed) % (_P256_ORDER - 1) + 1
    return base64.urlsafe_b64encode(scalar.to_bytes(32)).rstrip(b"=").decode()


def public_key_of(private_key: str) -> str:
    """Return the public key that browsers ask for: the uncompressed point as URL-safe base64."""
    padded = private_key + "=" * (-len(private_key) % 4)
    scalar = int.from_bytes(base64.urlsafe_b64decode(padded))
    point = (
        ec.derive_private_key(scalar, ec.SECP256R1())
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
