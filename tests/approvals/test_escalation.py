"""Who is next in line, worked out without a database."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    HeldSeat,
    Level,
    Mode,
    NextPerson,
    Seats,
    next_in_line,
    spec_of_slot,
)
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
    OPERATIONS,
    SEATS,
    SUPERVISOR,
    facts,
    stage,
    without,
)
from tests.approvals.strategies import MEMBERS, approvers, facts_of
from tests.approvals.strategies import seats as any_seats

LIMIT = ApproverSpec(ApproverKind.MANAGER_LIMIT)
OWNER = ApproverSpec(ApproverKind.CATEGORY_OWNER)
# Bob sits in Facilities with Frank as his deputy, Grace in Operations above; Erin is his manager.
STAFFED = replace(
    SEATS,
    positions={**SEATS.positions, ("supervisor", OPERATIONS): (GRACE,)},
    deputies={("supervisor", FACILITIES): (FRANK,)},
    roles={**SEATS.roles, ("ADMINISTRATOR", COMPANY): (DANA,)},
    chains={BOB: (ERIN,)},
)
HELD = HeldSeat(BOB, SUPERVISOR, FACILITIES, (1,))


def line_of(held: HeldSeat, seats: Seats, asking: Facts | None = None) -> list[list[NextPerson]]:
    """Ask level by level until the line ends."""
    asked: set[UUID] = set()
    levels = []
    while found := next_in_line(held, asking or facts(), seats, asked=asked):
        levels.append(list(found))
        asked |= {one.person.membership_id for one in found}
    return levels


def members(levels: list[list[NextPerson]]) -> list[list[UUID]]:
    return [[one.person.membership_id for one in level] for level in levels]


def test_deputies_come_first_then_the_seat_above_then_managers_then_administrators() -> None:
    levels = line_of(HELD, STAFFED)
    assert members(levels) == [[FRANK], [GRACE], [ERIN], [DANA]]
    assert [level[0].level for level in levels] == list(Level)
    assert [level[0].claim for level in levels] == [
        "is the deputy supervisor of Facilities",
        "holds the supervisor’s seat in Operations, above Facilities",
        "is Bob Supervisor’s manager",
        "administers Northwind Works, and nobody nearer is left to ask",
    ]


def test_deputies_stand_beside_and_not_above() -> None:
    (found,) = next_in_line(HELD, facts(), STAFFED, only_above=True)
    assert found.person.membership_id == GRACE


def test_a_role_is_looked_for_on_the_groups_above() -> None:
    held = HeldSeat(ERIN, FINANCE, OPERATIONS, (1,))
    assert members(line_of(held, STAFFED))[0] == [DANA, FRANK]


def test_a_seat_that_somebody_added_goes_up_its_holders_managers() -> None:
    assert members(line_of(replace(HELD, spec=None), STAFFED)) == [[ERIN], [DANA]]


def test_the_requester_is_passed_over() -> None:
    assert members(line_of(HELD, STAFFED, facts(requester=FRANK))) == [[GRACE], [ERIN], [DANA]]


def test_whoever_is_not_active_is_passed_over() -> None:
    assert members(line_of(HELD, without(STAFFED, FRANK))) == [[GRACE], [ERIN], [DANA]]


def test_whose_limit_is_below_the_amount_is_passed_over() -> None:
    bounded = replace(STAFFED, limits={FRANK: Decimal(100), GRACE: None, ERIN: Decimal(1000)})
    assert members(line_of(HELD, bounded)) == [[GRACE], [ERIN], [DANA]]
    (found,) = next_in_line(HELD, facts(), bounded, amount=Decimal(50))
    assert found.person.membership_id == FRANK


def test_a_line_ends_where_nobody_is_left() -> None:
    assert line_of(HELD, replace(SEATS, chains={BOB: (ALICE,)})) == []


def test_the_next_person_takes_the_slots_over_with_the_reason() -> None:
    (found,) = next_in_line(HELD, facts(), STAFFED)
    seated = found.seated((1, 2), "Bob Supervisor has not answered in time.")
    assert (seated.slots, seated.label) == ((1, 2), "Deputy supervisor")
    assert seated.why_you == (
        "Bob Supervisor has not answered in time. You are the deputy supervisor of Facilities."
    )


@pytest.mark.parametrize(
    ("slot", "spec"),
    [(1, SUPERVISOR), (2, LIMIT), (3, OWNER), (4, None), (1001, LIMIT), (2007, OWNER)],
)
def test_a_slot_leads_back_to_what_policy_asks_for(slot: int, spec: ApproverSpec | None) -> None:
    assert spec_of_slot(stage(SUPERVISOR, LIMIT, OWNER, mode=Mode.ALL), slot) == spec


def test_a_slot_of_managers_leads_nowhere_where_policy_asks_for_none() -> None:
    assert spec_of_slot(stage(DIRECTOR), 1001) is None


@st.composite
def staffed(draw: st.DrawFn) -> Seats:
    chains = st.lists(st.sampled_from(MEMBERS), max_size=4).map(tuple)
    limits = st.none() | st.decimals("0", "5000", places=2)
    return replace(
        draw(any_seats()),
        chains=draw(st.dictionaries(st.sampled_from(MEMBERS), chains)),
        limits=draw(st.dictionaries(st.sampled_from(MEMBERS), limits)),
    )


@given(
    held=st.builds(
        HeldSeat,
        st.sampled_from(MEMBERS),
        st.none() | approvers(),
        st.none() | st.sampled_from((COMPANY, OPERATIONS, FACILITIES)),
        st.just((1,)),
    ),
    asking=facts_of(),
    seats=staffed(),
)
def test_every_line_ends_and_asks_nobody_twice_and_never_the_requester(
    held: HeldSeat, asking: Facts, seats: Seats
) -> None:
    found = [member for level in members(line_of(held, seats, asking)) for member in level]
    assert len(found) == len(set(found)) <= len(MEMBERS)
    assert asking.requester_id not in found
    assert held.membership_id not in found
    assert all(seats.people[member].is_active for member in found)
