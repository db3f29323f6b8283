"""When a stage has passed."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from approvals.routing.specs import Mode


def is_passed(mode: Mode, seats: Mapping[UUID, Iterable[int]], approvers: frozenset[UUID]) -> bool:
    """Tell whether a stage has passed, given who sits in which of its slots and who agreed so far.

    A slot is one seat that policy asks for; when several people may answer it, one of them is
    enough. ``approvers`` are all people who agreed to this content in any stage: whoever is asked
    twice answers once. A stage without people never passes.
    """
    if not seats:
        return False
    answered = {slot for person, slots in seats.items() if person in approvers for slot in slots}
    if mode is Mode.ANY:
        return bool(answered)
    return answered == {slot for slots in seats.values() for slot in slots}
