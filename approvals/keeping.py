"""Who keeps a seat when its stage is worked out anew from policy, although policy names others.

A seat that was handed over stays with whoever received it, and the next in line who was asked, too,
stays beside the one who did not answer. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from approvals.routing import Mode, PlannedStage, SeatedPerson
from approvals.routing.progress import MANAGERS_FROM


@dataclass(frozen=True, slots=True)
class SeatThere:
    """A seat of a stage as it is: who sits there, and how they came into it.

    ``stays`` holds for whoever can still decide, or has decided, and was not replaced. One that
    ``is_handed_over`` or ``is_escalated`` is ``in_place_of`` another seat of the stage.
    """

    seat_id: UUID
    person: SeatedPerson
    stays: bool
    is_handed_over: bool = False
    is_escalated: bool = False
    in_place_of: UUID | None = None
    hears_appeal: bool = False


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody who sits for somebody else: whom policy had named, and whether beside them."""

    person: SeatedPerson
    named: UUID
    is_beside: bool


def givers(there: Sequence[SeatThere]) -> frozenset[UUID]:
    """Return who is answered for by somebody whom they handed it over to.

    They count as being there, whatever has become of their own access.
    """
    return frozenset(claim.named for claim in _claims(there) if not claim.is_beside)


def keep(planned: PlannedStage, there: Sequence[SeatThere]) -> PlannedStage:
    """Return a stage as policy plans it, with those who keep their seats.

    Whoever received a seat takes the place of the one whom policy finds; when policy finds somebody
    else there, the handing over has lapsed. The next in line answers what the one before them does;
    when that one has left, only what policy numbers by itself: other slots are counted anew, and
    would be somebody else's. No slot is lost or added by this.
    """
    claims = _claims(there)
    if not claims:
        return planned
    people = {person.membership_id: person for person in planned.people}
    asked = {slot for person in planned.people for slot in person.slots}
    found: dict[UUID, SeatedPerson] = {}
    gave = set()
    for claim in claims:
        named = people.get(claim.named)
        slots = set(named.slots) if named is not None else set()
        if claim.is_beside:
            slots |= {slot for slot in claim.person.slots if slot in asked and slot < MANAGERS_FROM}
        if slots:
            _add(found, claim.person, slots)
            if not claim.is_beside:
                gave.add(claim.named)
    for member, person in people.items():
        if member not in gave:
            _add(found, found.get(member, person), set(person.slots))
    return replace(planned, people=tuple(_in_order(found, people)))


def hear(
    planned: PlannedStage, hearing: Sequence[SeatedPerson], barred: frozenset[UUID]
) -> PlannedStage:
    """Return a stage of an appeal as policy plans it, without whoever rejected.

    Those who are ``hearing`` it have their slots to themselves; where one is enough, the stage.
    """
    heard = {slot for person in hearing for slot in person.slots}
    beside = () if hearing and planned.mode is Mode.ANY else planned.people
    found: dict[UUID, SeatedPerson] = {}
    for person in beside:
        slots = set(person.slots) - heard
        if slots and person.membership_id not in barred:
            _add(found, replace(person, slots=()), slots)
    for person in hearing:
        _add(found, found.get(person.membership_id, replace(person, slots=())), set(person.slots))
    return replace(planned, people=tuple(found.values()))


def _add(found: dict[UUID, SeatedPerson], person: SeatedPerson, slots: set[int]) -> None:
    """Seat somebody in slots, beside those in which they sit already."""
    own = found.get(person.membership_id)
    merged = slots | set(own.slots if own else ())
    found[person.membership_id] = replace(own or person, slots=tuple(sorted(merged)))


def _in_order(
    found: Mapping[UUID, SeatedPerson], people: Mapping[UUID, SeatedPerson]
) -> Iterable[SeatedPerson]:
    """Yield those whom policy names in its order, then the others."""
    yield from (found[member] for member in people if member in found)
    yield from (person for member, person in found.items() if member not in people)


def _claims(there: Sequence[SeatThere]) -> list[_Claim]:
    by_id = {seat.seat_id: seat for seat in there}
    claims = []
    for seat in there:
        if not seat.stays or not (seat.is_handed_over or seat.is_escalated):
            continue
        first, is_beside = seat, False
        for _ in there:  # a line is no longer than the stage has seats
            if first.in_place_of is None:
                break
            is_beside = is_beside or first.is_escalated
            first = by_id[first.in_place_of]
        claims.append(_Claim(seat.person, first.person.membership_id, is_beside))
    return claims
