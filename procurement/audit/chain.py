"""The arithmetic of the seals: pure, so that anybody with the key can recompute it.

A seal is an HMAC-SHA256 under the installation's audit key over the seal before, its own number and
the ids and digests of its events in their order. The key makes a chain that was rewritten behind
the application's back as recognisable as an altered event.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

GENESIS = bytes(32)
"""What the first seal of an organization takes for the digest of the one before it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event as a seal holds it."""

    event_id: UUID
    digest: bytes


@dataclass(frozen=True, slots=True)
class Difference:
    """How the events that are there differ from those that were sealed."""

    missing: tuple[UUID, ...]
    inserted: tuple[UUID, ...]
    is_reordered: bool

    @property
    def is_none(self) -> bool:
        """Tell whether exactly the sealed events are there, in their order."""
        return not (self.missing or self.inserted or self.is_reordered)


def seal_digest(*, key: bytes, previous: bytes, number: int, leaves: Sequence[Leaf]) -> bytes:
    """Return the 32-byte digest of a seal over its events, bound to the seal before."""
    state = hmac.new(key, digestmod=hashlib.sha256)
    state.update(previous)
    state.update(number.to_bytes(8, "big"))
    for leaf in leaves:
        state.update(leaf.event_id.bytes)
        state.update(leaf.digest)
    return state.digest()


def difference(sealed: Sequence[UUID], found: Sequence[UUID]) -> Difference:
    """Compare the event ids that a seal lists with those found between its ends."""
    known, present = set(sealed), set(found)
    return Difference(
        missing=tuple(event_id for event_id in sealed if event_id not in present),
        inserted=tuple(event_id for event_id in found if event_id not in known),
        is_reordered=[event_id for event_id in sealed if event_id in present]
        != [event_id for event_id in found if event_id in known],
    )
