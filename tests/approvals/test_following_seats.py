"""Seats that follow from the subject, personal limits, N of M, and stages beside each other."""

from dataclasses import replace
from decimal import Decimal

import pytest

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Earlier,
    Facts,
    Mode,
    Plan,
    PolicyDocument,
    Seats,
    StageSpec,
    Tier,
    is_passed,
    route,
    seat,
)
from approvals.routing.rules import Aggregation, CountedBy, CountedTo
from tests.approvals.cast import (
    ALICE,
    BOB,
    COMPANY,
    DANA,
    DIRECTOR,
    ERIN,
    FACILITIES,
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

UP_TO_THE_LIMIT = ApproverSpec(ApproverKind.MANAGER_LIMIT)
OWNER = ApproverSpec(ApproverKind.CATEGORY_OWNER)
THREE = (SUPERVISOR, DIRECTOR, FINANCE)
CHAIN = replace(
    SEATS,
    manager_chain=(GRACE, ERIN, BOB, DANA),
    limits={GRACE: Decimal(500), BOB: Decimal(5000), DANA: None},
)
OWNED = replace(
    SEATS,
    category_owners={("27", COMPANY): (GRACE,), ("43", OPERATIONS): (ERIN, FRANK)},
)
IN_TWO = replace(
    facts(),
    category_codes=("2711", "4321"),
    category_paths=(("27", "2711"), ("43", "4321")),
    category_labels=(("27", "Tools"), ("2711", "Hand tools"), ("43", "Computing")),
)


def through(*stages: StageSpec) -> PolicyDocument:
    return replace(TYPICAL, tiers=(Tier(None, stages),))


def plan(subject: Facts, seats: Seats, *stages: StageSpec) -> Plan:
    return seat(route(subject, [in_force(through(*stages))]), subject, seats)


def members(found: Plan) -> list[list[object]]:
    return [[person.membership_id for person in one.people] for one in found.stages]


def of(number: int, *approvers: ApproverSpec, name: str = "Some") -> StageSpec:
    return StageSpec(name, Mode.AT_LEAST, approvers, at_least=number)


def beside(one: StageSpec) -> StageSpec:
    return replace(one, beside=True)


def test_each_manager_is_asked_up_to_the_first_whose_limit_covers_the_amount() -> None:
    found = plan(facts("4800.00"), CHAIN, stage(UP_TO_THE_LIMIT))
    assert members(found) == [[GRACE, ERIN, BOB]]
    assert [len(person.slots) for person in found.stages[0].people] == [1, 1, 1]
    assert found.stages[0].people[2].why == (
        "Bob Supervisor is the first manager above Alice Requester whose approval limit "
        "($5,000.00) covers $4,800.00."
    )
    slots = {person.membership_id: person.slots for person in found.stages[0].people}
    assert not is_passed(Mode.ALL, slots, {ERIN, BOB})
    assert is_passed(Mode.ALL, slots, {GRACE, ERIN, BOB})


def test_a_limit_without_an_upper_end_covers_everything_and_one_equal_to_the_amount_too() -> None:
    assert members(plan(facts("90000.00"), CHAIN, stage(UP_TO_THE_LIMIT))) == [
        [GRACE, ERIN, BOB, DANA]
    ]
    assert members(plan(facts("500.00"), CHAIN, stage(UP_TO_THE_LIMIT))) == [[GRACE]]


def test_inactive_managers_are_passed_over_on_the_way_to_the_limit() -> None:
    found = plan(facts("4800.00"), without(CHAIN, BOB), stage(UP_TO_THE_LIMIT))
    assert members(found) == [[GRACE, ERIN, DANA]]


def test_a_chain_in_which_nobody_has_enough_is_a_dead_end() -> None:
    short = replace(CHAIN, manager_chain=(GRACE, ERIN))
    found = plan(facts("4800.00"), short, stage(UP_TO_THE_LIMIT))
    assert found.refusals == (
        (
            "No manager above Alice Requester has an approval limit that covers $4,800.00 (Grace "
            "Manager’s is $500.00; Erin Director has none). An administrator can raise a limit or "
            "name a manager under People."
        ),
    )


def test_the_limit_has_to_cover_what_counts_and_not_the_order_alone() -> None:
    counting = Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)
    document = replace(through(stage(UP_TO_THE_LIMIT)), aggregations=(counting,))
    subject = replace(
        facts("400.00"),
        earlier=(Earlier("REQUESTER", "SUPPLIER", 30, Decimal("4000.00"), 3, "Halden Tools"),),
    )
    found = seat(route(subject, [in_force(document)]), subject, CHAIN)
    assert members(found) == [[GRACE, ERIN, BOB]]


@pytest.mark.parametrize("mode", [Mode.ANY, Mode.AT_LEAST])
def test_a_chain_counts_as_one_seat_which_agrees_when_every_manager_has(mode: Mode) -> None:
    asked = StageSpec("Either", mode, (UP_TO_THE_LIMIT, FINANCE), at_least=mode is Mode.AT_LEAST)
    (one,) = plan(facts("4800.00"), CHAIN, asked).stages
    slots = {person.membership_id: person.slots for person in one.people}
    assert not is_passed(mode, slots, {GRACE, ERIN}, one.at_least)
    assert is_passed(mode, slots, {GRACE, ERIN, BOB}, one.at_least)
    assert is_passed(mode, slots, {FRANK}, one.at_least)


def test_the_owner_of_each_category_is_asked() -> None:
    found = plan(IN_TWO, OWNED, stage(OWNER))
    assert members(found) == [[GRACE, ERIN, FRANK]]
    grace, erin, frank = found.stages[0].people
    assert grace.why == (
        "Grace Manager owns “Tools”, the nearest category above “Hand tools” with an owner, in "
        "Northwind Works, the nearest group above Field Service where somebody owns it."
    )
    assert (grace.label, erin.slots) == ("Owner of Tools", frank.slots)
    slots = {person.membership_id: person.slots for person in found.stages[0].people}
    assert not is_passed(Mode.ALL, slots, {GRACE})
    assert is_passed(Mode.ALL, slots, {GRACE, FRANK})


def test_the_nearest_category_and_then_the_nearest_group_says_who_owns_it() -> None:
    nearer = replace(
        OWNED,
        category_owners={
            **OWNED.category_owners,
            ("27", FACILITIES): (BOB,),
            ("2711", COMPANY): (DANA,),
        },
    )
    assert members(plan(IN_TWO, nearer, stage(OWNER))) == [[DANA, ERIN, FRANK]]
    assert members(plan(IN_TWO, without(nearer, DANA), stage(OWNER))) == [[BOB, ERIN, FRANK]]


def test_whoever_owns_several_categories_sits_once() -> None:
    one = replace(OWNED, category_owners={("27", COMPANY): (GRACE,), ("43", FACILITIES): (GRACE,)})
    found = plan(IN_TWO, one, stage(OWNER))
    assert members(found) == [[GRACE]]
    assert len(found.stages[0].people[0].slots) == 1


def test_a_category_without_an_owner_is_a_dead_end_with_a_way_out() -> None:
    found = plan(IN_TWO, replace(SEATS, category_owners={("27", COMPANY): (GRACE,)}), stage(OWNER))
    assert found.refusals == (
        (
            "Nobody who could decide owns the category “4321” in Field Service or any group above "
            "it. An administrator can name an owner of the category, or of one above it."
        ),
    )
    nothing = plan(replace(facts(), category_codes=()), OWNED, stage(OWNER))
    assert nothing.refusals[0].startswith("Nothing here has a category")


def test_whoever_has_a_limit_below_the_amount_is_passed_over_with_the_reason() -> None:
    limited = replace(
        SEATS,
        positions={**SEATS.positions, ("supervisor", COMPANY): (GRACE,)},
        limits={BOB: Decimal(500)},
    )
    found = plan(facts("640.00"), limited, stage(SUPERVISOR))
    assert members(found) == [[GRACE]]
    assert "(Bob Supervisor’s limit of $500.00 is below the amount)" in found.sentences[-1]
    assert members(plan(facts("500.00"), limited, stage(SUPERVISOR))) == [[BOB]]
    deputy = replace(limited, deputies={("supervisor", FACILITIES): (ERIN,)})
    assert members(plan(facts("640.00"), deputy, stage(SUPERVISOR))) == [[ERIN]]


@pytest.mark.parametrize(
    ("approver", "instead"),
    [
        (MANAGER, [[ERIN]]),
        (FINANCE, [[DANA, FRANK]]),
        (ApproverSpec(ApproverKind.PERSON, str(GRACE), "Grace Manager"), []),
    ],
)
def test_limits_bound_managers_roles_and_named_people(
    approver: ApproverSpec, instead: list[list[object]]
) -> None:
    limited = replace(
        SEATS,
        roles={**SEATS.roles, ("FINANCE", FACILITIES): (GRACE,)},
        limits={GRACE: Decimal(500)},
    )
    found = plan(facts("640.00"), limited, stage(approver))
    assert members(found) == instead
    said = [*found.sentences, *found.refusals]
    assert any("Grace Manager’s limit of $500.00 is below the amount" in one for one in said)


def test_so_many_seats_have_to_agree_by_that_many_people() -> None:
    found = plan(facts(), SEATS, of(2, *THREE))
    assert (found.stages[0].mode, found.stages[0].at_least) == (Mode.AT_LEAST, 2)
    slots = {person.membership_id: person.slots for person in found.stages[0].people}
    assert not is_passed(Mode.AT_LEAST, slots, {DANA, FRANK}, 2)
    assert is_passed(Mode.AT_LEAST, slots, {DANA, BOB}, 2)
    in_both = {ERIN: (1, 2), DANA: (3,)}
    assert not is_passed(Mode.AT_LEAST, in_both, {ERIN}, 2)
    assert is_passed(Mode.AT_LEAST, in_both, {ERIN, DANA}, 2)


def test_an_empty_seat_stops_a_stage_only_when_too_few_are_left() -> None:
    assert members(plan(facts(), without(SEATS, ERIN), of(2, *THREE))) == [[BOB, DANA, FRANK]]
    found = plan(facts(), without(without(SEATS, ERIN), BOB), of(2, *THREE))
    assert [dead_end.seat for dead_end in found.dead_ends] == ["Supervisor", "Director"]


def test_seats_that_too_few_different_people_fill_are_a_dead_end() -> None:
    one = replace(
        SEATS, positions={("supervisor", FACILITIES): (ERIN,), ("director", COMPANY): (ERIN,)}
    )
    found = plan(facts(), one, of(2, SUPERVISOR, DIRECTOR))
    assert "At least 2 different people have to agree" in found.refusals[0]


def test_who_is_surely_asked_earlier_counts_towards_so_many() -> None:
    found = plan(facts(), SEATS, stage(SUPERVISOR), stage(DIRECTOR), of(2, *THREE))
    assert members(found) == [[BOB], [ERIN]]
    half = plan(facts(), SEATS, stage(SUPERVISOR), of(2, *THREE))
    assert half.stages[1].at_least == 2
    slots = {person.membership_id: person.slots for person in half.stages[1].people}
    assert is_passed(Mode.AT_LEAST, slots, {BOB, ERIN}, 2)


def test_everybody_without_whom_so_many_cannot_agree_is_surely_asked() -> None:
    found = plan(facts(), SEATS, of(2, SUPERVISOR, DIRECTOR), stage(DIRECTOR))
    assert members(found) == [[BOB, ERIN]]


def test_stages_beside_each_other_open_in_one_wave_and_waves_stay_dense() -> None:
    found = plan(
        facts(),
        SEATS,
        stage(SUPERVISOR),
        beside(stage(DIRECTOR)),
        stage(SUPERVISOR),
        stage(FINANCE),
    )
    assert [(one.number, one.step, one.wave) for one in found.stages] == [
        (1, 0, 1),
        (2, 1, 1),
        (3, 3, 2),
    ]


def test_whoever_is_surely_asked_in_a_stage_beside_is_not_asked_again() -> None:
    named = ApproverSpec(ApproverKind.PERSON, str(BOB), "Bob Supervisor")
    found = plan(facts(), SEATS, stage(SUPERVISOR), beside(stage(named)))
    assert members(found) == [[BOB]]
    assert "Bob Supervisor would be asked again as Bob Supervisor; once is enough." in (
        found.sentences
    )


def test_the_requester_is_passed_over_among_managers_and_owners() -> None:
    found = plan(
        facts("400.00"), replace(CHAIN, manager_chain=(ALICE, GRACE)), stage(UP_TO_THE_LIMIT)
    )
    assert members(found) == [[GRACE]]
    owned = replace(OWNED, category_owners={("27", FACILITIES): (ALICE,), ("27", COMPANY): (DANA,)})
    assert members(plan(facts(), owned, stage(OWNER))) == [[DANA]]
