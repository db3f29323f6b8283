from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.ratio import (
    Cap,
    given_out,
    newly_overgiven,
    next_below,
    overgiven,
    refusal,
    refusal_above,
)

ROOT, NORTH, SOUTH, TEAM = (uuid4() for _ in range(4))
QUARTER = "QUARTER"


def cap(*path: UUID, amount: str = "100", percent: int | None = None, family: str = QUARTER) -> Cap:
    return Cap(path[-1], family, path, "Somewhere", Decimal(amount), percent)


def test_children_are_the_nearest_of_the_same_kind_and_scope_below() -> None:
    root, north, team = cap(ROOT), cap(ROOT, NORTH), cap(ROOT, NORTH, TEAM)
    south = cap(ROOT, SOUTH, family="YEAR")
    assert next_below([team, root, south, north]) == {ROOT: (north,), NORTH: (team,)}
    assert next_below([team, root]) == {ROOT: (team,)}


def test_children_may_come_to_the_ratio_and_no_cent_more() -> None:
    root = cap(ROOT, amount="100.01", percent=120)
    most = Decimal("120.01")
    assert root.most_given == most
    fits = [root, cap(ROOT, NORTH, amount="60.01"), cap(ROOT, SOUTH, amount="60")]
    assert overgiven(fits) == ()
    beyond = [root, cap(ROOT, NORTH, amount="60.02"), cap(ROOT, SOUTH, amount="60")]
    (one,) = overgiven(beyond)
    assert (one.given, one.most, one.excess) == (Decimal("120.02"), most, Decimal("0.01"))


def test_a_budget_that_states_no_ratio_leaves_its_children_alone() -> None:
    assert overgiven([cap(ROOT, amount="1"), cap(ROOT, NORTH, amount="1000")]) == ()


def test_what_was_too_much_already_may_be_lowered_and_not_raised() -> None:
    root = cap(ROOT, percent=100)
    before = [root, cap(ROOT, NORTH, amount="300")]
    assert newly_overgiven(before, [root, cap(ROOT, NORTH, amount="200")]) == ()
    assert newly_overgiven(before, before) == ()
    assert newly_overgiven(before, [root, cap(ROOT, NORTH, amount="300.01")])
    assert newly_overgiven(before, [cap(ROOT, amount="99", percent=100), before[1]])


def test_a_budget_set_in_between_takes_over_those_below_it() -> None:
    root = cap(ROOT, percent=100)
    team = cap(ROOT, NORTH, TEAM, amount="100")
    north = cap(ROOT, NORTH, amount="90", percent=100)
    (one,) = newly_overgiven([root, team], [root, team, north])
    assert one.cap == north


def test_the_refusal_says_what_is_given_out_and_what_is_left() -> None:
    root = cap(ROOT, percent=100)
    (one,) = overgiven([root, cap(ROOT, NORTH, amount="70"), cap(ROOT, SOUTH, amount="40")])
    assert refusal(one, Decimal(70), "USD") == (
        "The budgets below Somewhere may together come to its cap of $100.00. "
        "The others have $70.00, so $30.00 is left."
    )
    assert refusal_above(one, "USD").startswith("The budgets below Somewhere come to $110.00")
    (one,) = overgiven([cap(ROOT, percent=50), cap(ROOT, NORTH, amount="70")])
    assert "$50.00 (50% of its cap of $100.00)" in refusal_above(one, "USD")


@st.composite
def trees(draw: st.DrawFn) -> list[Cap]:
    paths: list[tuple[UUID, ...]] = []
    for _ in range(draw(st.integers(1, 12))):
        above = draw(st.sampled_from(paths)) if paths else ()
        paths.append((*above, uuid4()))
    amounts = st.decimals(0, 1000, places=2)
    percents = st.none() | st.integers(1, 200)
    held = [path for path in paths if draw(st.booleans())]
    return [Cap(p[-1], QUARTER, p, "", draw(amounts), draw(percents)) for p in held]


@given(trees())
def test_every_budget_but_the_topmost_is_the_child_of_one(caps: list[Cap]) -> None:
    children = [child for found in next_below(caps).values() for child in found]
    assert len(children) == len({child.budget_id for child in children})
    groups = {one.path[-1] for one in caps}
    tops = [one for one in caps if groups.isdisjoint(one.path[:-1])]
    assert len(children) + len(tops) == len(caps)


@given(trees())
def test_lowering_a_child_never_makes_its_parent_give_out_too_much(caps: list[Cap]) -> None:
    leaves = {one.budget_id for one in caps} - next_below(caps).keys()
    lowered = [
        Cap(one.budget_id, one.family, one.path, one.title, one.amount / 2, one.children_percent)
        if one.budget_id in leaves
        else one
        for one in caps
    ]
    assert newly_overgiven(caps, lowered) == ()


@pytest.mark.parametrize("percent", [1, 100, 1000])
@given(amount=st.decimals(0, 1_000_000, places=2))
def test_the_bound_is_never_rounded_up(percent: int, amount: Decimal) -> None:
    most = Cap(ROOT, QUARTER, (ROOT,), "", amount, percent).most_given
    assert most is not None
    assert most <= amount * percent / 100 < most + Decimal("0.01")
    assert given_out([]) == 0
