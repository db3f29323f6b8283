from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from approvals.keeping import SeatThere, givers, keep
from approvals.routing import Mode, PlannedStage, SeatedPerson, is_passed
from approvals.routing.progress import MANAGERS_FROM
from tests.approvals.cast import ALICE, BOB, DANA, ERIN, FRANK, GRACE, key

PEOPLE = (ALICE, BOB, DANA, ERIN, FRANK, GRACE)
MANAGER = MANAGERS_FROM + 1


def person(member: UUID, *slots: int) -> SeatedPerson:
    return SeatedPerson(member, f"Person {member.int}", "", "Seat", slots, None, "", "", "")


def planned(*people: SeatedPerson) -> PlannedStage:
    return PlannedStage(1, 0, "Some", Mode.ALL, "", people)


def there(
    seat: int, who: SeatedPerson, *, stays: bool = True, received: int = 0, beside: int = 0
) -> SeatThere:
    """A seat, handed over from the one numbered ``received`` or escalated from ``beside``."""
    before = received or beside
    return SeatThere(
        seat_id=key(500 + seat),
        person=who,
        stays=stays,
        is_handed_over=bool(received),
        is_escalated=bool(beside),
        in_place_of=key(500 + before) if before else None,
    )


def slots_of(stage: PlannedStage) -> dict[UUID, tuple[int, ...]]:
    return {one.membership_id: one.slots for one in stage.people}


def test_whoever_received_a_seat_takes_the_place_of_whom_policy_finds() -> None:
    seats = [there(1, person(BOB, 1), stays=False), there(2, person(DANA, 1), received=1)]
    assert slots_of(keep(planned(person(BOB, 1), person(ERIN, 2)), seats)) == {
        ERIN: (2,),
        DANA: (1,),
    }
    assert givers(seats) == {BOB}


def test_a_line_of_receivers_answers_for_the_first() -> None:
    seats = [
        there(1, person(BOB, 1), stays=False),
        there(2, person(DANA, 1), stays=False, received=1),
        there(3, person(ERIN, 1), received=2),
    ]
    assert slots_of(keep(planned(person(BOB, 1)), seats)) == {ERIN: (1,)}


def test_a_receiver_who_left_gives_it_back() -> None:
    seats = [
        there(1, person(BOB, 1), stays=False),
        there(2, person(DANA, 1), stays=False, received=1),
    ]
    assert slots_of(keep(planned(person(BOB, 1)), seats)) == {BOB: (1,)}
    assert givers(seats) == frozenset()


def test_it_lapses_where_policy_finds_somebody_else() -> None:
    seats = [there(1, person(BOB, 1), stays=False), there(2, person(DANA, 1), received=1)]
    assert slots_of(keep(planned(person(GRACE, 1)), seats)) == {GRACE: (1,)}


def test_a_receiver_who_has_a_seat_of_their_own_by_now_sits_once_in_both() -> None:
    seats = [there(1, person(BOB, 1), stays=False), there(2, person(DANA, 1), received=1)]
    assert slots_of(keep(planned(person(BOB, 1), person(DANA, 2)), seats)) == {DANA: (1, 2)}


def test_the_next_in_line_stays_beside_and_when_the_first_has_left() -> None:
    seats = [there(1, person(BOB, 1)), there(2, person(ERIN, 1), beside=1)]
    assert slots_of(keep(planned(person(BOB, 1)), seats)) == {BOB: (1,), ERIN: (1,)}
    assert slots_of(keep(planned(person(GRACE, 1)), seats)) == {GRACE: (1,), ERIN: (1,)}


def test_the_next_in_line_keeps_no_slot_that_is_counted_anew() -> None:
    """Of two managers the first has left; the number of their slot is the second's now."""
    seats = [
        there(1, person(BOB, MANAGER), stays=False),
        there(2, person(GRACE, MANAGER + 1)),
        there(3, person(ERIN, MANAGER), beside=1),
    ]
    kept = keep(planned(person(GRACE, MANAGER)), seats)
    assert slots_of(kept) == {GRACE: (MANAGER,)}


def test_the_next_in_line_of_a_seat_that_was_handed_over_since_stays() -> None:
    seats = [
        there(1, person(BOB, 1), stays=False),
        there(2, person(ERIN, 1), beside=1),
        there(3, person(DANA, 1), received=1),
    ]
    assert slots_of(keep(planned(person(BOB, 1)), seats)) == {ERIN: (1,), DANA: (1,)}


def test_what_the_next_in_line_hands_over_stays_beside() -> None:
    seats = [
        there(1, person(BOB, 1)),
        there(2, person(ERIN, 1), stays=False, beside=1),
        there(3, person(DANA, 1), received=2),
    ]
    assert slots_of(keep(planned(person(BOB, 1)), seats)) == {BOB: (1,), DANA: (1,)}
    assert givers(seats) == frozenset()


_SLOTS = st.lists(st.sampled_from([1, 2, MANAGER]), min_size=1, max_size=3, unique=True)


@st.composite
def stages(draw: st.DrawFn) -> tuple[PlannedStage, list[SeatThere]]:
    """A stage that policy plans, and seats of it with whatever has been handed over."""
    named = draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True))
    plan = planned(*(person(one, *sorted(draw(_SLOTS))) for one in named))
    sitting = draw(st.permutations(PEOPLE))
    seats: list[SeatThere] = []
    for number, one in enumerate(sitting, start=1):
        before = draw(st.integers(0, number - 1))
        is_beside = draw(st.booleans())
        seats.append(
            there(
                number,
                person(one, *sorted(draw(_SLOTS))),
                stays=draw(st.booleans()),
                received=0 if is_beside else before,
                beside=before if is_beside else 0,
            )
        )
    return plan, seats


@given(stages())
def test_no_slot_is_lost_or_added_and_nobody_sits_twice(
    drawn: tuple[PlannedStage, list[SeatThere]],
) -> None:
    plan, seats = drawn
    kept = keep(plan, seats)
    asked = {slot for one in plan.people for slot in one.slots}
    assert {slot for one in kept.people for slot in one.slots} == asked
    members = [one.membership_id for one in kept.people]
    assert len(members) == len(set(members))
    assert is_passed(Mode.ALL, slots_of(kept), set(members))


@given(stages())
def test_only_whom_policy_finds_or_who_stays_is_seated(
    drawn: tuple[PlannedStage, list[SeatThere]],
) -> None:
    plan, seats = drawn
    named = {one.membership_id for one in plan.people}
    staying = {one.person.membership_id for one in seats if one.stays and one.in_place_of}
    assert {one.membership_id for one in keep(plan, seats).people} <= named | staying


@given(stages())
def test_without_anybody_who_stays_the_plan_is_policys(
    drawn: tuple[PlannedStage, list[SeatThere]],
) -> None:
    plan, seats = drawn
    gone = [replace(one, stays=False) for one in seats]
    assert keep(plan, gone) == plan


@given(stages())
def test_working_it_out_again_changes_nothing(
    drawn: tuple[PlannedStage, list[SeatThere]],
) -> None:
    plan, seats = drawn
    kept = slots_of(keep(plan, seats))
    again = [
        replace(one, person=replace(one.person, slots=kept[one.person.membership_id]))
        if one.person.membership_id in kept
        else one
        for one in seats
    ]
    assert slots_of(keep(plan, again)) == kept


@given(stages(), st.integers(0, 5), st.integers(0, 5))
def test_a_line_that_bites_its_own_tail_still_ends(
    drawn: tuple[PlannedStage, list[SeatThere]], first: int, second: int
) -> None:
    plan, seats = drawn
    seats[first] = replace(seats[first], is_handed_over=True, in_place_of=seats[second].seat_id)
    seats[second] = replace(seats[second], is_handed_over=True, in_place_of=seats[first].seat_id)
    assert keep(plan, seats).people
