from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from accounts.duties import DutyConflict, DutyKind, RoleHeld, duty_conflicts
from accounts.effects import SeatDemand
from accounts.vacancies import Place, Sitting
from tests.accounts.trees import (
    CODES,
    MEMBERS,
    asks,
    demands,
    key,
    path_of,
    roles,
    sittings,
    trees,
)

ROOT, OPERATIONS, FACILITIES, LEGAL = (key(number) for number in range(4))
BOB, NIA, *_ = MEMBERS
PATHS = {
    ROOT: (ROOT,),
    OPERATIONS: (ROOT, OPERATIONS),
    FACILITIES: (ROOT, OPERATIONS, FACILITIES),
    LEGAL: (ROOT, LEGAL),
}
ORDERS = SeatDemand("supervisor", ROOT, "the policy “Orders”")


def test_administrator_above_and_finance_below_meet_at_the_lower_of_the_two() -> None:
    held = [RoleHeld(BOB, "ADMINISTRATOR", ROOT), RoleHeld(BOB, "FINANCE", OPERATIONS)]
    assert duty_conflicts(PATHS, held, [], []) == [
        DutyConflict(DutyKind.ADMIN_AND_FINANCE, BOB, OPERATIONS)
    ]


def test_roles_on_separate_branches_do_not_meet() -> None:
    held = [RoleHeld(BOB, "ADMINISTRATOR", LEGAL), RoleHeld(BOB, "FINANCE", OPERATIONS)]
    assert duty_conflicts(PATHS, held, [], []) == []


def test_who_buys_and_alone_answers_a_seat_there_is_told() -> None:
    held = [RoleHeld(BOB, "REQUISITIONER", ROOT)]
    alone = [Sitting("supervisor", OPERATIONS, BOB)]
    assert duty_conflicts(PATHS, held, alone, [ORDERS]) == [
        DutyConflict(DutyKind.REQUESTER_AND_SOLE_APPROVER, BOB, OPERATIONS, ("supervisor",))
    ]


def test_a_deputy_or_somebody_above_ends_the_conflict_and_one_without_access_does_not() -> None:
    held = [RoleHeld(BOB, "REQUISITIONER", ROOT)]
    bob = Sitting("supervisor", OPERATIONS, BOB)
    deputy = Sitting("supervisor", OPERATIONS, NIA, is_deputy=True)
    above = Sitting("supervisor", ROOT, NIA)
    gone = Sitting("supervisor", ROOT, NIA, is_active=False)
    assert duty_conflicts(PATHS, held, [bob, deputy], [ORDERS]) == []
    assert duty_conflicts(PATHS, held, [bob, above], [ORDERS]) == []
    assert len(duty_conflicts(PATHS, held, [bob, gone], [ORDERS])) == 1


def test_a_seat_that_nothing_relies_on_is_no_conflict() -> None:
    held = [RoleHeld(BOB, "REQUISITIONER", ROOT)]
    assert duty_conflicts(PATHS, held, [Sitting("supervisor", ROOT, BOB)], []) == []


def naive(
    tree: list[Place], held: list[RoleHeld], seats: list[Sitting], wanted: list[SeatDemand]
) -> set[DutyConflict]:
    """Look at every person on every group, and report those whose parent is free of it."""

    def reaches(member: UUID, role: str, path: list[UUID]) -> bool:
        return any(
            (one.membership_id, one.role) == (member, role) and one.group_id in path for one in held
        )

    def kept_apart(member: UUID, path: list[UUID]) -> bool:
        return not (reaches(member, "ADMINISTRATOR", path) and reaches(member, "FINANCE", path))

    def alone(member: UUID, path: list[UUID]) -> tuple[str, ...]:
        if not reaches(member, "REQUISITIONER", path):
            return ()
        return tuple(
            code
            for code in sorted(CODES)
            if any(asks(one, code, path) for one in wanted)
            and {
                one.membership_id
                for one in seats
                if one.position_code == code and one.group_id in path and one.is_active
            }
            == {member}
        )

    found = set()
    for place in tree:
        path = path_of(tree, place.id)
        for member in MEMBERS:
            if not kept_apart(member, path) and kept_apart(member, path[:-1]):
                found.add(DutyConflict(DutyKind.ADMIN_AND_FINANCE, member, place.id))
            codes = alone(member, path)
            if codes and not alone(member, path[:-1]):
                kind = DutyKind.REQUESTER_AND_SOLE_APPROVER
                found.add(DutyConflict(kind, member, place.id, codes))
    return found


@given(
    trees().flatmap(
        lambda tree: st.tuples(st.just(tree), roles(tree), sittings(tree), demands(tree))
    )
)
def test_conflicts_are_those_that_a_look_at_everybody_everywhere_finds(
    given_: tuple[list[Place], list[RoleHeld], list[Sitting], list[SeatDemand]],
) -> None:
    tree, held, seats, wanted = given_
    paths = {place.id: path_of(tree, place.id) for place in tree}
    found = duty_conflicts(paths, held, seats, wanted)
    assert len(found) == len(set(found))
    assert set(found) == naive(tree, held, seats, wanted)
