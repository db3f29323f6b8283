"""What a browser says of itself when it asks for notifications (pure)."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

_POINT_BYTES = 65
_AUTH_BYTES = 16
# The first that fits: most browsers also name those that they descend from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that shows somebody's notifications, and what a message to it needs."""

    id: UUID
    label: str
    endpoint: str
    p256dh: str
    auth: str


def label_of(user_agent: str) -> str:
    """Return what people call a device: “Chrome on Android”."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def are_keys(p256dh: str, auth: str) -> bool:
    """Tell whether a message can be encrypted with a browser's keys (RFC 8291).

    ``p256dh`` is an uncompressed point of P-256, ``auth`` 16 bytes; both URL-safe base64.
    """
    point, secret = _decoded(p256dh), _decoded(auth)
    if point is None or secret is None:
        return False
    if len(point) != _POINT_BYTES or len(secret) != _AUTH_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True


def digest_of(endpoint: str) -> str:
    """Return what a page may hold to recognize the device it stands on, instead of its address."""
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)
    except (binascii.Error, ValueError):
        return None
