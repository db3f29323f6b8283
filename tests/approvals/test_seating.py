from dataclasses import replace
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    Mode,
    Plan,
    PolicyDocument,
    Route,
    RoutedStage,
    Seats,
    StageSpec,
    Tier,
    is_passed,
    route,
    seat,
)
from tests.approvals.cast import (
    ALICE,
    BOB,
    COMPANY,
    DANA,
    DIRECTOR,
    ERIN,
    FACILITIES,
    FIELD_SERVICE,
    FINANCE,
    FRANK,
    GRACE,
    MANAGER,
    OPERATIONS,
    SEATS,
    SUPERVISOR,
    TYPICAL,
    facts,
    in_force,
    stage,
    without,
)
from tests.approvals.strategies import documents, facts_of, seats


def plan(subject: Facts, *, seats: Seats = SEATS, document: PolicyDocument = TYPICAL) -> Plan:
    return seat(route(subject, [in_force(document)]), subject, seats)


def through(*stages: StageSpec) -> PolicyDocument:
    """A policy that sends everything through these stages."""
    return replace(TYPICAL, tiers=(Tier(None, stages),))


def members(found: Plan) -> list[list[object]]:
    return [[person.membership_id for person in one.people] for one in found.stages]


def test_an_empty_seat_is_answered_by_the_nearest_ancestor_that_fills_it() -> None:
    found = plan(facts())
    assert members(found) == [[BOB]]
    assert found.stages[0].people[0].why_you == (
        "Orders over $100.00 and up to $1,000.00 go to the supervisor. You hold that seat in "
        "Facilities, the nearest group above Field Service that fills it."
    )
    assert found.stages[0].people[0].why == (
        "Bob Supervisor holds the supervisor’s seat in Facilities, the nearest group above "
        "Field Service that fills it."
    )


def test_a_seat_of_the_group_itself_needs_no_detour() -> None:
    own = replace(SEATS, positions={**SEATS.positions, ("supervisor", FIELD_SERVICE): (FRANK,)})
    found = plan(facts(), seats=own)
    assert members(found) == [[FRANK]]
    assert found.stages[0].people[0].why_you.endswith("You hold that seat in Field Service.")


def test_side_by_side_each_seat_has_its_people_and_its_reason() -> None:
    found = plan(facts("4800.00"))
    assert members(found) == [[ERIN, DANA, FRANK]]
    erin, dana, _ = found.stages[0].people
    assert (erin.label, erin.slots, dana.label, dana.slots) == ("Director", (1,), "Finance", (2,))
    assert erin.why_you == (
        "Orders over $1,000.00 go to the director and finance. You hold the director’s seat in "
        "Operations, the nearest group above Field Service that fills it."
    )
    assert dana.why == (
        "Dana Finance holds the finance role in Northwind Works, the nearest group above Field "
        "Service where somebody does."
    )


def test_the_requester_is_passed_over_and_the_next_ancestor_answers() -> None:
    above = replace(SEATS, positions={**SEATS.positions, ("supervisor", OPERATIONS): (GRACE,)})
    found = plan(facts(requester=BOB), seats=above)
    assert members(found) == [[GRACE]]
    assert (
        found.stages[0]
        .people[0]
        .why_you.endswith(
            "You hold that seat in Operations, the nearest group above Field Service that fills it "
            "(Bob Supervisor, who holds it in Facilities, is the one who asks)."
        )
    )


def test_somebody_inactive_is_passed_over() -> None:
    above = replace(SEATS, positions={**SEATS.positions, ("supervisor", COMPANY): (GRACE,)})
    found = plan(facts(), seats=without(above, BOB))
    assert members(found) == [[GRACE]]
    assert "Bob Supervisor, who holds it in Facilities, is not active" in found.sentences[-1]


def test_the_deputy_sits_where_the_holder_asks_for_themselves() -> None:
    above = replace(
        SEATS,
        positions={**SEATS.positions, ("supervisor", OPERATIONS): (ERIN,)},
        deputies={("supervisor", FACILITIES): (GRACE,)},
    )
    found = plan(facts(requester=BOB), seats=above)
    assert members(found) == [[GRACE]]
    (grace,) = found.stages[0].people
    assert grace.label == "Deputy supervisor"
    assert grace.why == (
        "Grace Manager is the deputy supervisor of Facilities, the nearest group above Field "
        "Service that fills it (Bob Supervisor, who holds it in Facilities, is the one who asks)."
    )
    assert "You are the deputy supervisor of Facilities" in grace.why_you


def test_the_deputy_sits_where_the_holder_has_no_access_or_nobody_holds_the_seat() -> None:
    named = replace(SEATS, deputies={("supervisor", FACILITIES): (GRACE,)})
    suspended = plan(facts(), seats=without(named, BOB))
    assert members(suspended) == [[GRACE]]
    assert "who holds it in Facilities, is not active" in suspended.sentences[-1]
    vacant = replace(named, positions={})
    assert members(plan(facts(), seats=vacant)) == [[GRACE]]
    assert "(nobody holds the seat there)" in plan(facts(), seats=vacant).sentences[-1]


def test_a_deputy_who_cannot_sit_either_is_named_on_the_way_up() -> None:
    both = replace(
        SEATS,
        positions={**SEATS.positions, ("supervisor", COMPANY): (ERIN,)},
        deputies={("supervisor", FACILITIES): (ALICE,)},
    )
    found = plan(facts(), seats=without(both, BOB))
    assert members(found) == [[ERIN]]
    assert "Alice Requester, its deputy in Facilities, is the one who asks" in found.sentences[-1]


def test_nobody_left_is_a_dead_end_with_a_way_out() -> None:
    found = plan(facts(requester=BOB))
    assert (found.is_ready, found.is_automatic, found.stages) == (False, False, ())
    (refusal,) = found.refusals
    assert refusal == (
        "Nobody who could decide fills the seat “Supervisor” in Field Service or any group above "
        "it (Bob Supervisor, who holds it in Facilities, is the one who asks). An administrator "
        "can name somebody under Groups."
    )
    assert found.dead_ends[0].group_id == FIELD_SERVICE


def test_one_empty_seat_does_not_stop_a_stage_where_anyone_may_agree() -> None:
    document = through(stage(SUPERVISOR, FINANCE, mode=Mode.ANY, name="Either"))
    assert members(plan(facts(), seats=without(SEATS, BOB), document=document)) == [[DANA, FRANK]]


def test_one_empty_seat_stops_a_stage_where_all_must_agree() -> None:
    found = plan(facts("4800.00"), seats=without(SEATS, ERIN))
    assert [dead_end.seat for dead_end in found.dead_ends] == ["Director"]


def test_the_manager_is_asked_and_then_the_managers_manager() -> None:
    document = through(stage(MANAGER))
    found = plan(facts(), document=document)
    assert members(found) == [[GRACE]]
    assert found.stages[0].people[0].why_you.endswith("You are Alice Requester’s manager.")
    higher = plan(facts(), seats=without(SEATS, GRACE), document=document)
    assert members(higher) == [[ERIN]]
    assert "nearest manager above Alice Requester" in higher.stages[0].people[0].why


def test_nobody_manages_themselves() -> None:
    found = plan(
        facts(), seats=replace(SEATS, manager_chain=(ALICE,)), document=through(stage(MANAGER))
    )
    assert "Alice Requester has no manager who could decide" in found.refusals[0]


def test_a_named_person_is_asked_unless_they_ask_themselves() -> None:
    named = ApproverSpec(ApproverKind.PERSON, str(GRACE), "Grace Manager")
    document = through(stage(named))
    found = plan(facts(), document=document)
    assert found.stages[0].people[0].why_you.endswith("You are named in the policy.")
    refused = plan(facts(requester=GRACE), document=document)
    assert refused.refusals[0].startswith("Grace Manager, whom the policy names, cannot decide")


def test_whoever_is_asked_in_an_earlier_stage_is_not_asked_again() -> None:
    found = plan(facts(flags=frozenset({"RESTRICTED"})))
    assert members(found) == [[BOB]]
    assert "Bob Supervisor would be asked again as the supervisor; once is enough." in (
        found.sentences
    )


def test_an_earlier_stage_that_others_may_answer_does_not_count_as_asked() -> None:
    either = stage(SUPERVISOR, DIRECTOR, mode=Mode.ANY, name="Either")
    assert members(plan(facts(), document=through(either, stage(SUPERVISOR)))) == [
        [BOB, ERIN],
        [BOB],
    ]


def test_two_seats_of_one_person_are_one_question() -> None:
    both = replace(SEATS, positions={**SEATS.positions, ("supervisor", FACILITIES): (ERIN,)})
    found = plan(facts(), seats=both, document=through(stage(SUPERVISOR, DIRECTOR)))
    (erin,) = found.stages[0].people
    assert (erin.membership_id, erin.slots, erin.label) == (ERIN, (1, 2), "Supervisor and Director")


def test_others_are_not_asked_for_a_seat_that_somebody_needed_answers_anyway() -> None:
    both = replace(SEATS, positions={("director", OPERATIONS): (DANA,)})
    found = plan(facts("4800.00"), seats=both)
    assert members(found) == [[DANA]]
    assert found.stages[0].people[0].slots == (1, 2)


def test_a_refused_route_seats_nobody() -> None:
    subject = facts()
    found = seat(route(subject, []), subject, SEATS)
    assert (found.is_ready, found.is_automatic, found.stages) == (False, False, ())
    assert "publish one under Policies" in found.refusals[0]


def test_an_automatic_route_is_ready_without_people() -> None:
    found = plan(facts("60.00"))
    assert (found.is_ready, found.is_automatic) == (True, True)


@given(facts_of(), documents(), seats())
def test_the_requester_and_inactive_people_are_never_seated(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    for one in plan(subject, seats=filled, document=document).stages:
        for person in one.people:
            assert person.membership_id != subject.requester_id
            assert filled.people[person.membership_id].is_active
            assert person.why_you.startswith(one.because)


@given(facts_of(), seats(), st.randoms(use_true_random=False))
def test_a_position_is_answered_as_a_plain_walk_up_the_path_finds_it(
    subject: Facts, filled: Seats, random: Random
) -> None:
    """Holder before deputy, near before far, never the requester, the same again however asked."""

    def may_sit(members: tuple[UUID, ...]) -> list[UUID]:
        return [m for m in members if filled.people[m].is_active and m != subject.requester_id]

    expected: list[UUID] = []
    for group in subject.group_path:
        here = may_sit(filled.positions.get(("supervisor", group), ()))
        expected = here or may_sit(filled.deputies.get(("supervisor", group), ())) or expected
    asked = Route(None, None, (RoutedStage(stage(SUPERVISOR), "It is asked."),), ())
    found = seat(asked, subject, filled)
    assert members(found) == ([expected] if expected else [])
    shuffled = list(filled.deputies.items())
    random.shuffle(shuffled)
    assert seat(asked, subject, replace(filled, deputies=dict(shuffled))) == found


@given(facts_of(), documents(), seats())
def test_a_plan_is_automatic_only_when_policy_asks_nobody(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    found = plan(subject, seats=filled, document=document)
    if found.is_automatic:
        assert found.route.stages == ()
    if found.is_ready and found.route.stages:
        assert found.stages
    assert found.is_ready != bool(found.refusals)


@given(facts_of(), documents(), seats())
def test_everybody_seated_agreeing_passes_every_stage_and_nobody_sits_twice_in_one(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    found = plan(subject, seats=filled, document=document)
    agreed = frozenset(person.membership_id for one in found.stages for person in one.people)
    for number, one in enumerate(found.stages, start=1):
        slots = {person.membership_id: person.slots for person in one.people}
        assert one.number == number
        assert len(slots) == len(one.people) > 0
        assert is_passed(one.mode, slots, agreed)
        assert not is_passed(one.mode, slots, frozenset())


@given(facts_of(), documents(), seats())
def test_passing_the_planned_stages_satisfies_every_seat_that_policy_asks_for(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    """What is left out as asked already is answered by whoever must agree in the stages left."""
    found = plan(subject, seats=filled, document=document)
    if not found.is_ready:
        return
    agreed = smallest_agreement(found)
    for one in found.route.stages:
        alone = seat(replace(found.route, stages=(one,)), subject, filled)
        slots = {person.membership_id: person.slots for person in alone.stages[0].people}
        assert is_passed(one.spec.mode, slots, agreed)


def smallest_agreement(found: Plan) -> frozenset[UUID]:
    """Agree as little as each stage allows, in order."""
    agreed: frozenset[UUID] = frozenset()
    for one in found.stages:
        slots = {person.membership_id: person.slots for person in one.people}
        for member in slots:
            if is_passed(one.mode, slots, agreed):
                break
            agreed |= {member}
    return agreed


@pytest.mark.parametrize(
    ("mode", "agreed", "expected"),
    [
        (Mode.ANY, {DANA}, True),
        (Mode.ANY, {GRACE}, False),
        (Mode.ALL, {DANA}, False),
        (Mode.ALL, {DANA, ERIN}, True),
        (Mode.ALL, {ERIN, FRANK}, True),
        (Mode.ALL, {DANA, FRANK}, False),
    ],
)
def test_a_stage_passes_when_each_slot_or_any_is_answered(
    mode: Mode, agreed: set[UUID], expected: object
) -> None:
    slots = {ERIN: (1,), DANA: (2,), FRANK: (2,)}
    assert is_passed(mode, slots, frozenset(agreed)) is expected


def test_a_stage_without_people_never_passes() -> None:
    assert not is_passed(Mode.ALL, {}, frozenset({DANA}))
    assert not is_passed(Mode.ANY, {}, frozenset({DANA}))
