"""Keys of rows: time-ordered UUIDs, so that ids can be allocated before anything is written."""

from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """Return a new UUID version 7 (RFC 9562 §5.7): unique, and sorted by time of creation."""
    return compat.uuid7()
