"""Who decides for whom: on any graph of absences, and in the words of the pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.absence import Absence, Seated, StandIn, leads_back, stand_in, taken_in
from approvals.routing import Mode
from tests.approvals.cast import (
    ALICE,
    BOB,
    COMPANY,
    DANA,
    ERIN,
    FACILITIES,
    FIELD_SERVICE,
    FRANK,
    GRACE,
    OPERATIONS,
    PATH,
    key,
)

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
EVERYBODY = frozenset({ALICE, BOB, ERIN, DANA, FRANK, GRACE})
NAMES = {ALICE: "Alice", BOB: "Bob", ERIN: "Erin", DANA: "Dana", FRANK: "Frank", GRACE: "Grace"}


def away(holder: UUID, deputy: UUID, number: int = 1, **narrowed: Any) -> Absence:
    absence = Absence(
        id=key(1000 + number),
        holder=holder,
        deputy=deputy,
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=9),
    )
    return replace(absence, **narrowed)


def found(
    holder: UUID,
    *absences: Absence,
    amount: str = "640.00",
    active: frozenset[UUID] = EVERYBODY,
    taken: frozenset[UUID] = frozenset(),
    requester: UUID = ALICE,
) -> StandIn | None:
    return stand_in(
        holder,
        absences,
        group_path=PATH,
        amount=Decimal(amount),
        requester_id=requester,
        active=active,
        at=NOW,
        taken=taken,
    )


def who(*given: Absence, holder: UUID = ERIN, **asked: Any) -> UUID | None:
    came = found(holder, *given, **asked)
    return came.membership_id if came else None


def test_nobody_stands_in_for_somebody_who_is_there() -> None:
    assert who() is None
    assert who(away(BOB, DANA)) is None


def test_the_deputy_stands_in() -> None:
    assert who(away(ERIN, DANA)) == DANA


def test_an_absence_holds_from_its_start_up_to_its_end() -> None:
    assert who(away(ERIN, DANA, starts_at=NOW)) == DANA
    assert who(away(ERIN, DANA, starts_at=NOW + timedelta(seconds=1))) is None
    assert who(away(ERIN, DANA, ends_at=NOW)) is None


@pytest.mark.parametrize(
    ("groups", "holds"),
    [
        ((FACILITIES,), True),
        ((COMPANY,), True),
        ((FIELD_SERVICE,), True),
        ((key(77),), False),
        ((key(77), OPERATIONS), True),
    ],
)
def test_groups_count_with_everything_below_them(
    groups: tuple[UUID, ...],
    holds: bool,
) -> None:
    assert (who(away(ERIN, DANA, group_ids=frozenset(groups))) == DANA) is holds


def test_the_amount_is_a_bound_that_still_holds() -> None:
    limited = away(ERIN, DANA, up_to=Decimal("640.00"))
    assert who(limited) == DANA
    assert who(limited, amount="640.01") is None


def test_a_deputy_who_is_away_has_their_own_deputy_decide() -> None:
    assert who(away(ERIN, DANA), away(DANA, FRANK, 2)) == FRANK


def test_each_link_of_a_chain_has_a_bound_of_its_own() -> None:
    links = away(ERIN, DANA), away(DANA, FRANK, 2, up_to=Decimal("100.00"))
    assert who(*links) == DANA
    assert who(*links, amount="60.00") == FRANK


def test_the_newest_absence_counts() -> None:
    assert who(away(ERIN, DANA, 1), away(ERIN, FRANK, 2)) == FRANK
    assert who(away(ERIN, DANA, 2), away(ERIN, FRANK, 1)) == DANA


def test_one_that_leads_nowhere_gives_way_to_the_next() -> None:
    assert who(away(ERIN, DANA, 1), away(ERIN, ALICE, 2)) == DANA
    assert who(away(ERIN, DANA, 1), away(ERIN, FRANK, 2), active=EVERYBODY - {FRANK}) == DANA


def test_the_requester_neither_decides_nor_says_who_does() -> None:
    assert who(away(ERIN, ALICE)) is None
    assert who(away(ERIN, ALICE), away(ALICE, FRANK, 2)) is None
    assert who(away(ERIN, DANA), away(DANA, ALICE, 2)) == DANA


def test_a_chain_that_leads_back_ends_with_the_last_who_was_named() -> None:
    assert who(away(ERIN, DANA), away(DANA, ERIN, 2)) == DANA
    assert who(away(ERIN, DANA), away(DANA, FRANK, 2), away(FRANK, DANA, 3)) == FRANK


def test_whoever_is_taken_is_passed_over() -> None:
    assert who(away(ERIN, DANA), taken=frozenset({DANA})) is None
    assert who(away(ERIN, DANA), away(DANA, FRANK, 2), taken=frozenset({FRANK})) == DANA
    assert who(away(ERIN, DANA, 2), away(ERIN, BOB, 1), taken=frozenset({DANA})) == BOB


def test_it_is_said_in_words() -> None:
    def day(instant: datetime) -> str:
        return f"{instant:%B} {instant.day}"

    one = found(ERIN, away(ERIN, DANA, ends_at=datetime(2026, 12, 4, tzinfo=UTC)))
    assert one is not None
    assert one.in_words(NAMES, day) == "Dana for Erin, who is away until December 3"
    more = found(
        ERIN,
        away(ERIN, DANA, ends_at=datetime(2026, 12, 4, tzinfo=UTC)),
        away(DANA, FRANK, 2, ends_at=datetime(2026, 11, 28, 12, tzinfo=UTC)),
    )
    assert more is not None
    assert more.in_words(NAMES, day) == (
        "Frank for Dana, who is away until November 28, "
        "in place of Erin, who is away until December 3"
    )


def test_a_deputy_whose_only_deputy_is_the_holder_leads_back() -> None:
    assert leads_back(ERIN, DANA, [away(DANA, ERIN)], NOW)
    assert not leads_back(ERIN, DANA, [away(DANA, ERIN), away(DANA, BOB, 2)], NOW)
    assert not leads_back(ERIN, DANA, [away(BOB, ERIN)], NOW)
    assert not leads_back(ERIN, DANA, [away(DANA, ERIN, ends_at=NOW)], NOW)


def test_whoever_is_asked_in_a_stage_answers_for_themselves_first() -> None:
    seats = [Seated(ERIN, True, None), Seated(DANA, True, None), Seated(BOB, False, FRANK)]
    assert taken_in(Mode.ALL, seats) == {ERIN, DANA}
    assert taken_in(Mode.ANY, [replace(one, is_open=False) for one in seats]) == frozenset()


def test_where_different_people_have_to_agree_nobody_speaks_twice() -> None:
    seats = [Seated(ERIN, True, None), Seated(DANA, False, DANA), Seated(BOB, False, FRANK)]
    assert taken_in(Mode.AT_LEAST, seats) == {ERIN, DANA, BOB, FRANK}


PEOPLE = [key(number) for number in range(1, 9)]
someone = st.sampled_from(PEOPLE)
graphs = st.lists(
    st.builds(
        lambda holder, deputy, starts, days, groups, up_to: (
            holder,
            deputy,
            starts,
            days,
            groups,
            up_to,
        ),
        someone,
        someone,
        st.integers(-3, 2),
        st.integers(1, 5),
        st.frozensets(st.sampled_from([*PATH, key(77)]), max_size=2),
        st.none() | st.decimals(0, 1000, places=2),
    ),
    max_size=24,
).map(
    lambda rows: [
        Absence(
            id=key(1000 + number),
            holder=holder,
            deputy=deputy,
            starts_at=NOW + timedelta(days=starts),
            ends_at=NOW + timedelta(days=starts + days),
            group_ids=groups,
            up_to=up_to,
        )
        for number, (holder, deputy, starts, days, groups, up_to) in enumerate(rows)
        if holder != deputy
    ]
)


@given(
    graph=graphs,
    holder=someone,
    requester=someone,
    active=st.frozensets(someone),
    taken=st.frozensets(someone, max_size=3),
    amount=st.decimals(0, 1000, places=2),
    order=st.randoms(use_true_random=False),
)
def test_on_any_graph_it_ends_with_somebody_who_may(
    graph: list[Absence],
    holder: UUID,
    requester: UUID,
    active: frozenset[UUID],
    taken: frozenset[UUID],
    amount: Decimal,
    order: Random,
) -> None:
    def resolve(absences: list[Absence]) -> StandIn | None:
        return stand_in(
            holder,
            absences,
            group_path=PATH,
            amount=amount,
            requester_id=requester,
            active=active,
            at=NOW,
            taken=taken,
        )

    came = resolve(graph)
    shuffled = list(graph)
    order.shuffle(shuffled)
    assert resolve(shuffled) == came
    if came is None:
        return
    deputies = [link.deputy for link in came.chain]
    assert came.membership_id == deputies[-1]
    assert came.membership_id not in taken
    assert not {holder, requester} & set(deputies)
    assert len(set(deputies)) == len(deputies)
    assert active.issuperset(deputies)
    holders = [link.holder for link in came.chain]
    assert holders == [holder, *deputies[:-1]]
    assert all(link.covers(PATH, amount, NOW) for link in came.chain)


@given(graph=graphs, holder=someone, requester=someone)
def test_somebody_is_found_where_a_deputy_may_decide(
    graph: list[Absence], holder: UUID, requester: UUID
) -> None:
    """Nothing is stuck: a covering absence whose deputy is not the requester finds somebody."""
    usable = [
        one
        for one in graph
        if one.holder == holder
        and one.covers(PATH, Decimal(0), NOW)
        and one.deputy not in (holder, requester)
    ]
    came = stand_in(
        holder,
        graph,
        group_path=PATH,
        amount=Decimal(0),
        requester_id=requester,
        active=frozenset(PEOPLE),
        at=NOW,
    )
    assert (came is not None) == bool(usable)


def test_a_chain_of_thousands_comes_to_its_end() -> None:
    people = [key(number) for number in range(1, 5_001)]
    links = [
        away(one, following, number) for number, (one, following) in enumerate(pairwise(people))
    ]
    came = stand_in(
        people[0],
        links,
        group_path=PATH,
        amount=Decimal(1),
        requester_id=key(99_999),
        active=frozenset(people),
        at=NOW,
    )
    assert came is not None
    assert came.membership_id == people[-1]
