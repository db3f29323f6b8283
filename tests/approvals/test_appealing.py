"""Who hears an appeal, for any rejected request and any tree of people."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from approvals.appealing import Appeal, FormerSeat, FormerStage, appeal_of
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    Mode,
    Person,
    Seats,
    StageSpec,
    is_passed,
)

ROOT, GROUP = UUID(int=1), UUID(int=2)
REQUESTER = UUID(int=10)
PEOPLE = [UUID(int=number) for number in range(10, 19)]
SPECS = (
    ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor"),
    ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance"),
)
FACTS = Facts(
    subject_kind="requisition",
    currency="USD",
    amount=Decimal(640),
    group_id=GROUP,
    group_path=(ROOT, GROUP),
    requester_id=REQUESTER,
    category_codes=(),
    supplier_ids=(),
    guidance="NEUTRAL",
    flags=frozenset(),
    on=date(2026, 11, 24),
)


@st.composite
def trees(draw: st.DrawFn) -> Seats:
    """Return who holds what, who manages whom, and who still has access."""
    some = st.lists(st.sampled_from(PEOPLE), unique=True, max_size=3).map(tuple)
    return Seats(
        group_names={ROOT: "Northwind", GROUP: "Facilities"},
        positions={("supervisor", ROOT): draw(some), ("supervisor", GROUP): draw(some)},
        roles={("FINANCE", ROOT): draw(some), ("ADMINISTRATOR", ROOT): draw(some)},
        manager_chain=(),
        people={
            one: Person(one, f"Person {one.int}", f"{one.int}@example.com", draw(st.booleans()))
            for one in PEOPLE
        },
        chains={one: draw(some) for one in PEOPLE},
    )


@st.composite
def requests(draw: st.DrawFn) -> list[FormerStage]:
    """Return stages as they went: some agreed to, one rejected by one of its people."""
    count = draw(st.integers(1, 3))
    rejected = draw(st.integers(0, count - 1))
    decided: dict[UUID, str] = {}
    stages = []
    for place in range(count):
        holders = draw(st.lists(st.sampled_from(PEOPLE[1:]), unique=True, min_size=1, max_size=3))
        by = draw(st.sampled_from(holders)) if place == rejected else None
        if by is not None and decided.get(by) == "APPROVE":
            by = None  # nobody decides twice
        seats = []
        for number, holder in enumerate(holders):
            if holder not in decided:
                decided[holder] = (
                    "REJECT" if holder == by else draw(st.sampled_from(["", "APPROVE"]))
                )
            choice = decided[holder]
            if choice == "REJECT" and holder != by:
                choice = ""
            seats.append(
                FormerSeat(
                    seat_id=UUID(int=1000 * (place + 1) + number),
                    membership_id=holder,
                    slots=(draw(st.integers(1, 2)),),
                    group_id=GROUP,
                    choice=choice,
                    decided_by=frozenset({holder} if choice else ()),
                )
            )
        mode = draw(st.sampled_from(Mode))
        spec = StageSpec(f"Stage {place}", mode, SPECS, at_least=1 if mode is Mode.AT_LEAST else 0)
        stages.append(
            FormerStage(UUID(int=100 + place), spec.name, mode, spec.at_least, spec, tuple(seats))
        )
    return stages


def appealed(stages: list[FormerStage], seats: Seats) -> Appeal:
    return appeal_of(stages, FACTS, seats)


def rejecters(stages: list[FormerStage]) -> set[UUID]:
    return {
        seat.membership_id for stage in stages for seat in stage.seats if seat.choice == "REJECT"
    }


@given(stages=requests(), seats=trees())
def test_whoever_rejected_or_agreed_or_asked_hears_no_appeal(
    stages: list[FormerStage], seats: Seats
) -> None:
    appeal = appealed(stages, seats)
    agreed = {
        seat.membership_id for stage in stages for seat in stage.seats if seat.choice == "APPROVE"
    }
    new = {one.person.membership_id for stage in appeal.stages for one in stage.new}
    assert not new & (rejecters(stages) | agreed | {REQUESTER})
    assert all(seats.people[one].is_active for one in new)


@given(stages=requests(), seats=trees())
def test_an_appeal_has_somebody_to_hear_it_or_says_why_not(
    stages: list[FormerStage], seats: Seats
) -> None:
    appeal = appealed(stages, seats)
    assert bool(appeal.refusal) != bool(appeal.hearing)
    assert bool(appeal.stages) == bool(appeal.hearing)


@given(stages=requests(), seats=trees())
def test_whoever_rejected_sits_in_no_stage_that_is_still_to_pass(
    stages: list[FormerStage], seats: Seats
) -> None:
    members = {seat.seat_id: seat.membership_id for one in stages for seat in one.seats}
    for planned in appealed(stages, seats).stages:
        if not planned.is_passed:
            assert not {members[seat] for seat in planned.kept} & rejecters(stages)


@given(stages=requests(), seats=trees())
def test_what_stands_never_passes_the_rejected_stage_without_who_hears_it(
    stages: list[FormerStage], seats: Seats
) -> None:
    agreed = frozenset(
        seat.membership_id for stage in stages for seat in stage.seats if seat.choice == "APPROVE"
    )
    by_id = {stage.stage_id: stage for stage in stages}
    members = {seat.seat_id: seat.membership_id for one in stages for seat in one.seats}
    for planned in appealed(stages, seats).stages:
        stage = by_id[planned.stage_id]
        slots = {members[seat]: slots for seat, slots in planned.kept.items()}
        slots |= {one.person.membership_id: planned.new_slots for one in planned.new}
        passes = is_passed(stage.mode, slots, agreed, stage.at_least)
        if stage.is_rejected and stage.mode is not Mode.AT_LEAST:
            assert not passes
        assert is_passed(stage.mode, slots, agreed | slots.keys(), stage.at_least)
