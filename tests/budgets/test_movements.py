from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets import movements
from budgets.movements import Move, Standing

cents = st.integers(min_value=0, max_value=1_000_000).map(lambda n: Decimal(n) / 100)
standings = st.lists(
    st.builds(Standing, period_id=st.builds(uuid4), reserved=cents, committed=cents, spent=cents),
    max_size=4,
)


def apply(standing: Standing, move: Move) -> Standing:
    return Standing(
        standing.period_id,
        standing.reserved + move.reserved,
        standing.committed + move.committed,
        standing.spent + move.spent,
    )


def after(held: list[Standing], moves: tuple[Move, ...]) -> list[Standing]:
    by_period = {move.period_id: move for move in moves}
    return [apply(one, by_period.get(one.period_id, Move(one.period_id))) for one in held]


@given(standings)
def test_committing_uses_no_more_room_and_happens_once(held: list[Standing]) -> None:
    moves = movements.commit(held)
    assert all(move.used == 0 for move in moves)
    assert movements.commit(after(held, moves)) == ()


@given(standings)
def test_releasing_leaves_only_what_is_spent_and_happens_once(held: list[Standing]) -> None:
    left = after(held, movements.release(held))
    assert all(one.reserved == one.committed == 0 for one in left)
    assert [one.spent for one in left] == [one.spent for one in held]
    assert movements.release(left) == ()


@given(standings, cents.filter(bool))
def test_spending_takes_free_room_only_for_what_was_not_set_aside(
    held: list[Standing], amount: Decimal
) -> None:
    moves = movements.spend(held, amount)
    for before, move, now in zip(held, moves, after(held, moves), strict=True):
        assert move.spent == amount
        assert now.reserved >= 0
        assert now.committed >= 0
        assert move.used == max(Decimal(0), amount - before.committed - before.reserved)


@given(standings, cents.filter(bool))
def test_a_credit_never_exceeds_what_was_spent(held: list[Standing], amount: Decimal) -> None:
    if any(amount > one.spent for one in held):
        with pytest.raises(ValueError, match="More cannot be credited"):
            movements.credit(held, amount)
    else:
        left = after(held, movements.credit(held, amount))
        assert all(one.spent >= 0 for one in left)


@pytest.mark.parametrize("step", [movements.spend, movements.credit])
def test_amounts_of_nothing_are_refused(step: type) -> None:
    with pytest.raises(ValueError, match="above zero"):
        step([], Decimal(0))
