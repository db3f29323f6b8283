from collections.abc import Iterable
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from accounts.effects import SeatDemand
from accounts.vacancies import (
    Branch,
    LoneSeat,
    Place,
    SeatReport,
    Sitting,
    Vacancy,
    report_on_seats,
)
from tests.accounts.trees import CODES, MEMBERS, asks, demands, key, path_of, sittings, trees

ROOT, OPERATIONS, FACILITIES, LEGAL = (key(number) for number in range(4))
BOB, NIA, *_ = MEMBERS
TREE = [
    Place(ROOT, None, is_open=True, people=1),
    Place(OPERATIONS, ROOT, is_open=True, people=2),
    Place(FACILITIES, OPERATIONS, is_open=True, people=4),
    Place(LEGAL, ROOT, is_open=True, people=8),
]
ORDERS = SeatDemand("supervisor", ROOT, "the policy “Orders”")


def able(
    tree: list[Place], seats: Iterable[Sitting], code: str, group: UUID, *, active: bool = True
) -> set[UUID]:
    path = path_of(tree, group)
    return {
        one.membership_id
        for one in seats
        if one.position_code == code and one.group_id in path and one.is_active is active
    }


def asked_for(tree: list[Place], wanted: Iterable[SeatDemand], code: str, group: UUID) -> set[str]:
    path = path_of(tree, group)
    return {one.because for one in wanted if asks(one, code, path)}


def test_what_another_policy_decides_below_is_not_asked_of_the_one_above() -> None:
    above = SeatDemand("supervisor", ROOT, "the policy “Orders”", frozenset({OPERATIONS}))
    below = SeatDemand("supervisor", FACILITIES, "the policy “Depot”")
    (vacancy,) = report_on_seats(TREE, [], [above, below]).vacancies
    assert (vacancy.groups, vacancy.people) == (3, 13), "Operations itself asks for nobody"
    assert report_on_seats(TREE, [Sitting("supervisor", FACILITIES, BOB)], [below]).vacancies == ()


def test_the_topmost_vacant_group_stands_for_its_branch_without_what_is_filled_below() -> None:
    seats = [Sitting("supervisor", FACILITIES, BOB)]
    (vacancy,) = report_on_seats(TREE, seats, [ORDERS]).vacancies
    assert vacancy == Vacancy(
        "supervisor", ROOT, ("the policy “Orders”",), groups=3, people=11, absent=()
    )


def test_a_seat_filled_at_the_top_leaves_nothing_vacant() -> None:
    found = report_on_seats(TREE, [Sitting("supervisor", ROOT, BOB)], [ORDERS])
    assert found.vacancies == ()
    assert found.lone == (
        LoneSeat("supervisor", ROOT, ("the policy “Orders”",), 4, 15, membership_id=BOB),
    )


def test_a_deputy_answers_and_a_second_person_makes_a_seat_safe() -> None:
    deputy = Sitting("supervisor", ROOT, NIA, is_deputy=True)
    assert report_on_seats(TREE, [deputy], [ORDERS]).vacancies == ()
    both = [deputy, Sitting("supervisor", ROOT, BOB)]
    assert report_on_seats(TREE, both, [ORDERS]).lone == ()


def test_a_seat_held_only_by_somebody_without_access_is_vacant_and_names_them() -> None:
    seats = [Sitting("supervisor", ROOT, BOB, is_active=False)]
    (vacancy,) = report_on_seats(TREE, seats, [ORDERS]).vacancies
    assert vacancy.absent == (BOB,)


def test_what_nothing_relies_on_may_be_vacant() -> None:
    assert report_on_seats(TREE, [], []).vacancies == ()


@given(trees().flatmap(lambda tree: st.tuples(st.just(tree), sittings(tree), demands(tree))))
def test_each_branch_is_what_a_look_at_every_single_group_finds(
    given_: tuple[list[Place], list[Sitting], list[SeatDemand]],
) -> None:
    tree, seats, wanted = given_
    found = report_on_seats(tree, seats, wanted)
    for code in CODES:
        vacant = {
            place.id
            for place in tree
            if asked_for(tree, wanted, code, place.id) and not able(tree, seats, code, place.id)
        }
        shut = {place.id for place in tree if not place.is_open}
        covered: set[UUID] = set()
        of_code = [one for one in found.vacancies if one.position_code == code]
        for one in of_code:
            path = path_of(tree, one.group_id)
            inside = {
                place.id
                for place in tree
                if place.id in vacant - shut and one.group_id in path_of(tree, place.id)
            }
            assert one.group_id in inside
            assert all(above in shut or above not in vacant for above in path[:-1])
            assert (one.groups, one.people) == (
                len(inside),
                sum(place.people for place in tree if place.id in inside),
            )
            assert set(one.because) == {
                because for group in inside for because in asked_for(tree, wanted, code, group)
            }
            assert set(one.absent) == {
                member
                for group in inside
                for member in able(tree, seats, code, group, active=False)
            }
            assert covered.isdisjoint(inside)
            covered |= inside
        assert covered == vacant - shut


@given(trees().flatmap(lambda tree: st.tuples(st.just(tree), sittings(tree), demands(tree))))
def test_lone_seats_cover_exactly_the_groups_with_one_person_to_ask(
    given_: tuple[list[Place], list[Sitting], list[SeatDemand]],
) -> None:
    tree, seats, wanted = given_
    found = report_on_seats(tree, seats, wanted)
    for code in CODES:
        expected = sum(
            1
            for place in tree
            if place.is_open
            and asked_for(tree, wanted, code, place.id)
            and len(able(tree, seats, code, place.id)) == 1
        )
        of_code = [one for one in found.lone if one.position_code == code]
        assert sum(one.groups for one in of_code) == expected
        for one in of_code:
            assert able(tree, seats, code, one.group_id) == {one.membership_id}


@given(
    trees().flatmap(lambda tree: st.tuples(st.just(tree), sittings(tree), demands(tree))),
    st.randoms(use_true_random=False),
)
def test_the_order_of_groups_does_not_matter(
    given_: tuple[list[Place], list[Sitting], list[SeatDemand]], random: Random
) -> None:
    tree, seats, wanted = given_
    shuffled = list(tree)
    random.shuffle(shuffled)
    assert measured(report_on_seats(shuffled, seats, wanted)) == measured(
        report_on_seats(tree, seats, wanted)
    )


def measured(report: SeatReport) -> set[tuple[object, ...]]:
    found: list[Branch] = [*report.vacancies, *report.lone]
    return {(type(one), one.position_code, one.group_id, one.groups, one.people) for one in found}
