"""Who hears an appeal against a rejection, and what of the former request stands (pure).

The stage that was rejected is asked of whoever is next in line above the one who rejected, who is
not asked again anywhere. Stages that had passed stay agreed to; all others are as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from approvals.routing import (
    Facts,
    HeldSeat,
    Mode,
    NextPerson,
    Seats,
    StageSpec,
    is_passed,
    next_in_line,
    spec_of_slot,
)


@dataclass(frozen=True, slots=True)
class FormerSeat:
    """A seat of the rejected request. ``choice`` is what was decided in it, empty for nothing.

    ``decided_by`` holds who decided there, and whom they stood in for.
    """

    seat_id: UUID
    membership_id: UUID
    slots: tuple[int, ...]
    group_id: UUID | None
    choice: str = ""
    decided_by: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class FormerStage:
    """A stage of the rejected request with the seats that count.

    ``spec`` is what policy asks for, None where somebody added the stage. ``vacated_by`` are those
    who sat there and were replaced.
    """

    stage_id: UUID
    name: str
    mode: Mode
    at_least: int
    spec: StageSpec | None
    seats: tuple[FormerSeat, ...]
    vacated_by: frozenset[UUID] = frozenset()

    @property
    def is_rejected(self) -> bool:
        """Tell whether the request was rejected here."""
        return any(seat.choice == "REJECT" for seat in self.seats)


@dataclass(frozen=True, slots=True)
class AppealStage:
    """A stage of the appeal: which former seats stay, in which slots, and who is new in it.

    Whoever is new answers ``new_slots``.
    """

    stage_id: UUID
    is_passed: bool
    kept: Mapping[UUID, tuple[int, ...]]
    new: tuple[NextPerson, ...] = ()
    new_slots: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Appeal:
    """How an appeal would go on: its stages in order, or why there can be none."""

    stages: tuple[AppealStage, ...] = ()
    hearing: tuple[NextPerson, ...] = ()
    refusal: str = ""


def appeal_of(stages: Sequence[FormerStage], facts: Facts, seats: Seats) -> Appeal:
    """Return how an appeal against the rejection of a request goes on.

    ``seats`` are today's, with the chains of managers above the people who sat in the request.
    Nobody who has agreed already hears it, for themselves or for somebody else: their agreement
    would count without their being asked. Neither does the requester.
    """
    rejected = next((stage for stage in stages if stage.is_rejected), None)
    if rejected is None:
        return Appeal(refusal="Nobody has rejected this, so there is nothing to appeal.")
    out = frozenset(
        one
        for seat in rejected.seats
        if seat.choice == "REJECT"
        for one in (*seat.decided_by, seat.membership_id)
    )
    agreeing = [seat for stage in stages for seat in stage.seats if seat.choice == "APPROVE"]
    agreed = frozenset(seat.membership_id for seat in agreeing)
    spoke = agreed.union(*(seat.decided_by for seat in agreeing))
    planned: list[AppealStage] = []
    hearing: tuple[NextPerson, ...] = ()
    for stage in stages:
        asked = out | spoke | stage.vacated_by | {seat.membership_id for seat in stage.seats}
        found = _as_before(stage, agreed)
        if stage is rejected:
            found = _heard_above(stage, out, asked, facts, seats)
            hearing = found.new
        elif not found.is_passed:
            found = _without(stage, out, asked, facts, seats)
        if not _can_pass(stage, found, agreed):
            return Appeal(refusal=_nobody(stage, out, seats))
        planned.append(found)
    return Appeal(tuple(planned), hearing)


def _as_before(stage: FormerStage, agreed: frozenset[UUID]) -> AppealStage:
    slots = {seat.membership_id: seat.slots for seat in stage.seats}
    return AppealStage(
        stage.stage_id,
        is_passed(stage.mode, slots, agreed, stage.at_least),
        {seat.seat_id: seat.slots for seat in stage.seats},
    )


def _heard_above(
    stage: FormerStage,
    out: frozenset[UUID],
    asked: frozenset[UUID],
    facts: Facts,
    seats: Seats,
) -> AppealStage:
    """Give the slots of whoever rejected to the next in line, and to nobody beside them.

    A peer who could have answered in the same slot, or any peer where one is enough, would undo the
    rejection without anybody above having heard of it.
    """
    held = next(seat for seat in stage.seats if seat.choice == "REJECT")
    taken = {slot for seat in stage.seats if seat.membership_id in out for slot in seat.slots}
    kept = {
        seat.seat_id: left
        for seat in stage.seats
        if seat.membership_id not in out and stage.mode is not Mode.ANY
        if (left := tuple(slot for slot in seat.slots if slot not in taken))
    }
    new = _above(stage, held, asked, facts, seats)
    return AppealStage(stage.stage_id, False, kept, new, tuple(sorted(taken)))


def _without(
    stage: FormerStage,
    out: frozenset[UUID],
    asked: frozenset[UUID],
    facts: Facts,
    seats: Seats,
) -> AppealStage:
    """Leave out whoever rejected; what nobody else there could answer goes to the next in line."""
    gone = [seat for seat in stage.seats if seat.membership_id in out]
    staying = [seat for seat in stage.seats if seat.membership_id not in out]
    kept = {seat.seat_id: seat.slots for seat in staying}
    covered = {slot for seat in staying for slot in seat.slots}
    open_slots = tuple(sorted({slot for seat in gone for slot in seat.slots} - covered))
    if not open_slots:
        return AppealStage(stage.stage_id, False, kept)
    new = _above(stage, gone[0], asked, facts, seats)
    return AppealStage(stage.stage_id, False, kept, new, open_slots if new else ())


def _above(
    stage: FormerStage,
    seat: FormerSeat,
    asked: frozenset[UUID],
    facts: Facts,
    seats: Seats,
) -> tuple[NextPerson, ...]:
    spec = spec_of_slot(stage.spec, seat.slots[0]) if stage.spec and seat.slots else None
    held = HeldSeat(seat.membership_id, spec, seat.group_id, seat.slots)
    return next_in_line(held, facts, seats, asked=asked, only_above=True)


def _can_pass(stage: FormerStage, found: AppealStage, agreed: frozenset[UUID]) -> bool:
    """Tell whether a stage would pass if everybody in it agreed, and is heard where it has to be.

    Who lost their access is replaced by whoever sits there, so they count.
    """
    if found.is_passed:
        return True
    if stage.is_rejected and not found.new:
        return False
    members = {seat.seat_id: seat.membership_id for seat in stage.seats}
    slots = {members[seat_id]: slots for seat_id, slots in found.kept.items()}
    slots |= {one.person.membership_id: found.new_slots for one in found.new}
    return is_passed(stage.mode, slots, agreed | slots.keys(), stage.at_least)


def _nobody(stage: FormerStage, out: frozenset[UUID], seats: Seats) -> str:
    names = [seats.people[one].name for one in sorted(out, key=str) if one in seats.people]
    above = f"above {names[0]}" if names else "further up"
    return (
        f"Nobody {above} is left to hear an appeal in the stage “{stage.name}”. Edit the order and "
        "submit it again, or ask an administrator to fill the seats above under Groups."
    )
