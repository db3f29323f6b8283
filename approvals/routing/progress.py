"""When a stage has passed."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from uuid import UUID

from approvals.routing.specs import Mode

# A seat of a policy is one slot, numbered by its place in the stage from 1. Seats that follow from
# the subject have a slot for each of their people, and numbers of their own: they stay apart from
# the others, whoever is found. Such a seat has agreed when all of its slots have.
MANAGERS_FROM = 1000
OWNERS_FROM = 2000
_SPAN = 1000


def seat_of(slot: int) -> int:
    """Return the number of the seat that a slot belongs to."""
    return slot if slot < MANAGERS_FROM else slot // _SPAN * _SPAN


def is_passed(
    mode: Mode,
    seats: Mapping[UUID, Iterable[int]],
    approvers: AbstractSet[UUID],
    at_least: int = 0,
) -> bool:
    """Tell whether a stage has passed, given who sits in which of its slots and who agreed so far.

    A slot is one seat that policy asks for; when several people may answer it, one of them is
    enough. ``approvers`` are all people who agreed to this content in any stage: whoever is asked
    twice answers once. With AT_LEAST, so many seats have to agree by that many different people. A
    stage without people never passes.
    """
    if not seats:
        return False
    answered = {slot for person, slots in seats.items() if person in approvers for slot in slots}
    unanswered = {slot for slots in seats.values() for slot in slots} - answered
    if mode is Mode.ALL:
        return not unanswered
    agreed = {seat_of(slot) for slot in answered} - {seat_of(slot) for slot in unanswered}
    if mode is Mode.ANY:
        return bool(agreed)
    choices = [
        agreed & {seat_of(slot) for slot in slots}
        for person, slots in seats.items()
        if person in approvers
    ]
    return 0 < at_least <= _most_pairs(choices)


def needed(mode: Mode, seats: Mapping[UUID, Iterable[int]], at_least: int = 0) -> frozenset[UUID]:
    """Return who has to agree for a stage to pass, whatever the others in it do."""
    return frozenset(
        person for person in seats if not is_passed(mode, seats, seats.keys() - {person}, at_least)
    )


def _most_pairs(choices: Iterable[AbstractSet[int]]) -> int:
    """Return how many people can each be given a seat of their own, of those that they answered."""
    people = list(choices)
    taken: dict[int, int] = {}

    def place(person: int, tried: set[int]) -> bool:
        for seat in people[person] - tried:
            tried.add(seat)
            if seat not in taken or place(taken[seat], tried):
                taken[seat] = person
                return True
        return False

    return sum(place(person, set()) for person in range(len(people)))
