"""Which roles somebody leaves behind, takes along and keeps when they move."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from accounts.relocation import Held, Relocation, relocate
from tests.factories.accounts import NOW

ROOT, HOME, BELOW, OTHER, TARGET = (UUID(int=number) for number in range(1, 6))
PATHS = {
    ROOT: (ROOT,),
    HOME: (ROOT, HOME),
    BELOW: (ROOT, HOME, BELOW),
    OTHER: (ROOT, OTHER),
    TARGET: (ROOT, OTHER, TARGET),
}
_numbers = count(100)


def held(
    group: UUID, role: str = "REQUISITIONER", *, start: int = -10, end: int | None = None
) -> Held:
    return Held(
        UUID(int=next(_numbers)),
        role,
        PATHS[group],
        Decimal(500),
        NOW + timedelta(days=start),
        None if end is None else NOW + timedelta(days=end),
    )


def moved(*roles: Held, target: UUID = TARGET, overlap: int = 0) -> Relocation:
    return relocate(
        roles,
        home_id=HOME,
        target_path=PATHS[target],
        effective_at=NOW,
        until=NOW + timedelta(days=overlap),
    )


def test_what_was_granted_at_home_ends_and_begins_on_the_new_group() -> None:
    own = held(HOME)
    result = moved(own)
    assert result.ends == (own,)
    (begun,) = result.begins
    assert (begun.role, begun.spending_limit) == ("REQUISITIONER", Decimal(500))
    assert (begun.starts_at, begun.ends_at) == (NOW, None)


def test_what_was_granted_below_home_ends_without_a_counterpart() -> None:
    below = held(BELOW, "FINANCE")
    result = moved(below)
    assert (result.ends, result.begins) == ((below,), ())


def test_what_was_granted_above_or_elsewhere_stays() -> None:
    roles = (held(ROOT, "FINANCE"), held(OTHER, "TECHNICIAN"))
    result = moved(*roles)
    assert set(result.stays) == set(roles)
    assert (result.ends, result.begins) == ((), ())


def test_a_role_that_runs_out_goes_along_and_still_runs_out() -> None:
    result = moved(held(HOME, end=5))
    assert [one.ends_at for one in result.begins] == [NOW + timedelta(days=5)]


def test_a_role_that_runs_out_within_the_overlap_is_left_to_run_out() -> None:
    result = moved(held(HOME, end=5), overlap=7)
    assert result.ends == ()
    assert len(result.begins) == 1


def test_a_role_promised_for_later_begins_then_on_the_new_group() -> None:
    result = moved(held(HOME, start=3))
    assert [one.starts_at for one in result.begins] == [NOW + timedelta(days=3)]


def test_a_role_that_is_there_already_is_not_given_twice() -> None:
    result = moved(held(HOME), held(TARGET))
    assert result.begins == ()
    assert len(result.ends) == 1


def test_a_role_promised_on_the_new_group_is_met_without_a_gap() -> None:
    result = moved(held(HOME), held(TARGET, start=4))
    assert [one.ends_at for one in result.begins] == [NOW + timedelta(days=4)]


def test_moving_into_a_part_of_home_keeps_what_stands_there() -> None:
    there = held(BELOW, "FINANCE")
    result = moved(there, held(HOME), target=BELOW)
    assert there in result.stays
    assert [one.role for one in result.begins] == ["REQUISITIONER"]


def test_moving_to_the_group_above_takes_the_roles_there() -> None:
    own = held(HOME)
    result = moved(own, held(BELOW, "FINANCE"), target=ROOT)
    assert len(result.ends) == 2
    assert [one.role for one in result.begins] == ["REQUISITIONER"]


roles = st.builds(
    held,
    st.sampled_from(sorted(PATHS, key=str)),
    st.sampled_from(["REQUISITIONER", "FINANCE"]),
    start=st.integers(-5, 5),
    end=st.one_of(st.none(), st.integers(6, 12)),
)


def holds(roles_held: list[Held], role: str, path: tuple[UUID, ...], at: datetime) -> bool:
    return any(
        one.role == role
        and one.group_id in path
        and one.starts_at <= at
        and (one.ends_at is None or at < one.ends_at)
        for one in roles_held
    )


@given(st.lists(roles, max_size=5), st.sampled_from([ROOT, BELOW, OTHER, TARGET]))
def test_whoever_holds_a_role_at_home_holds_it_on_the_new_group_after(
    before: list[Held], target: UUID
) -> None:
    result = moved(*before, target=target)
    after = [
        *result.stays,
        *(
            Held(UUID(int=0), one.role, PATHS[target], None, one.starts_at, one.ends_at)
            for one in result.begins
        ),
    ]
    at_home = [one for one in before if one.group_id == HOME]
    for day in range(14):
        at = NOW + timedelta(days=day)
        for role in ("REQUISITIONER", "FINANCE"):
            if holds(at_home, role, (HOME,), at):
                assert holds(after, role, PATHS[target], at), (day, role)
    assert set(result.ends).isdisjoint(result.stays)
    assert all(HOME in one.path for one in result.ends)
