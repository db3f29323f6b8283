from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets import movements
from budgets.charges import Charge, Scope
from budgets.movements import Move, Standing, Target

ZERO = Decimal(0)
BUDGETS = [UUID(int=number) for number in range(1, 4)]
SOFTWARE, TOOLS = Scope(category="43230000"), Scope(category="27110000")

cents = st.integers(min_value=0, max_value=1_000_000).map(lambda n: Decimal(n) / 100)
some = cents.filter(bool)
standings = st.lists(
    st.builds(
        Standing,
        period_id=st.builds(uuid4),
        budget_id=st.sampled_from(BUDGETS),
        reserved=cents,
        committed=cents,
        spent=cents,
    ),
    max_size=5,
)
shares = st.dictionaries(st.sampled_from(BUDGETS), some, max_size=3)


def apply(standing: Standing, move: Move) -> Standing:
    return Standing(
        standing.period_id,
        standing.budget_id,
        standing.reserved + move.reserved,
        standing.committed + move.committed,
        standing.spent + move.spent,
    )


def after(held: list[Standing], moves: tuple[Move, ...]) -> list[Standing]:
    by_period = {move.period_id: move for move in moves}
    return [apply(one, by_period.get(one.period_id, Move(one.period_id))) for one in held]


def total(held: list[Standing], budget_id: UUID, name: str) -> Decimal:
    return sum((getattr(one, name) for one in held if one.budget_id == budget_id), ZERO)


def is_possible(held: list[Standing]) -> bool:
    return all(min(one.reserved, one.committed, one.spent) >= 0 for one in held)


@given(standings)
def test_committing_uses_no_more_room_and_happens_once(held: list[Standing]) -> None:
    moves = movements.commit(held)
    assert all(move.used == 0 for move in moves)
    assert movements.commit(after(held, moves)) == ()


@given(standings)
def test_releasing_leaves_only_what_is_spent_and_happens_once(held: list[Standing]) -> None:
    left = after(held, movements.release(held))
    assert all(one.open == 0 for one in left)
    assert [one.spent for one in left] == [one.spent for one in held]
    assert movements.release(left) == ()


@given(standings, shares)
def test_releasing_a_part_gives_back_that_much_or_all_there_is(
    held: list[Standing], parts: dict[UUID, Decimal]
) -> None:
    left = after(held, movements.release(held, parts))
    assert is_possible(left)
    for budget_id in BUDGETS:
        before = total(held, budget_id, "open")
        given_back = min(parts.get(budget_id, ZERO), before)
        assert total(left, budget_id, "open") == before - given_back
        assert total(left, budget_id, "spent") == total(held, budget_id, "spent")


@given(held=standings, parts=shares, is_final=st.booleans())
def test_spending_takes_free_room_only_for_what_was_not_set_aside(
    *, held: list[Standing], parts: dict[UUID, Decimal], is_final: bool
) -> None:
    left = after(held, movements.spend(held, parts, is_final=is_final))
    assert is_possible(left)
    for budget_id in {one.budget_id for one in held}:
        amount = parts.get(budget_id, ZERO)
        before = total(held, budget_id, "open")
        rest = before if not amount else ZERO if is_final else max(before - amount, ZERO)
        assert total(left, budget_id, "open") == rest
        assert total(left, budget_id, "spent") == total(held, budget_id, "spent") + amount


def test_what_is_spent_of_a_rolled_order_comes_from_where_it_was_set_aside() -> None:
    former = Standing(uuid4(), BUDGETS[0], ZERO, ZERO, Decimal(40), has_left=True)
    current = Standing(uuid4(), BUDGETS[0], ZERO, Decimal(60), ZERO)
    (move,) = movements.spend([former, current], {BUDGETS[0]: Decimal(65)})
    assert move == Move(current.period_id, committed=Decimal(-60), spent=Decimal(65))


@given(standings, shares)
def test_a_credit_takes_back_what_was_spent_and_never_more(
    held: list[Standing], parts: dict[UUID, Decimal]
) -> None:
    touched = {one.budget_id for one in held} & parts.keys()
    parts = {one: parts[one] for one in touched}
    if any(parts[one] > total(held, one, "spent") for one in touched):
        with pytest.raises(ValueError, match="More cannot be credited"):
            movements.credit(held, parts)
        return
    left = after(held, movements.credit(held, parts))
    assert is_possible(left)
    for one in touched:
        assert total(left, one, "spent") == total(held, one, "spent") - parts[one]


def test_a_credit_reaches_back_to_budgets_that_the_order_has_left() -> None:
    left = Standing(uuid4(), BUDGETS[0], ZERO, ZERO, Decimal(40), has_left=True)
    here = Standing(uuid4(), BUDGETS[1], ZERO, ZERO, Decimal(60))
    above = Standing(uuid4(), BUDGETS[2], ZERO, ZERO, Decimal(100))
    held = [left, here, above]
    asked = dict.fromkeys(BUDGETS, Decimal(80))
    moves = {move.period_id: move.spent for move in movements.credit(held, asked)}
    assert moves == {left.period_id: -20, here.period_id: -60, above.period_id: -80}
    asked = dict.fromkeys(BUDGETS, Decimal(50))
    moves = {move.period_id: move.spent for move in movements.credit(held, asked)}
    assert moves == {here.period_id: -50, above.period_id: -50}
    with pytest.raises(ValueError, match="More cannot be credited"):
        movements.credit([left, here], dict.fromkeys(BUDGETS, Decimal(101)))


@pytest.mark.parametrize("step", [movements.spend, movements.credit])
def test_amounts_of_nothing_are_refused(step: type) -> None:
    with pytest.raises(ValueError, match="above zero"):
        step([], {BUDGETS[0]: ZERO})


@st.composite
def changes(draw: st.DrawFn) -> tuple[list[Standing], list[Target]]:
    """Draw what a document holds, and what it shall use on one period each of some budgets."""
    held = draw(standings)
    targets = []
    for budget_id in draw(st.lists(st.sampled_from(BUDGETS), unique=True)):
        known = [one.period_id for one in held if one.budget_id == budget_id]
        period_id = draw(st.sampled_from([*known, uuid4()]))
        targets.append(Target(period_id, budget_id, draw(cents)))
    return held, targets


@given(changes())
def test_a_change_leads_to_what_shall_be_used_and_happens_once(
    case: tuple[list[Standing], list[Target]],
) -> None:
    held, targets = case
    everywhere = [
        *held,
        *(
            Standing(one.period_id, one.budget_id, ZERO, ZERO, ZERO)
            for one in targets
            if all(one.period_id != each.period_id for each in held)
        ),
    ]
    moves = movements.change(held, targets)
    left = after(everywhere, moves)
    assert is_possible(left)
    assert movements.change(left, targets) == ()
    wanted = {target.budget_id: target for target in targets}
    for budget_id in BUDGETS:
        spent = total(held, budget_id, "spent")
        assert total(left, budget_id, "spent") == spent
        amount = wanted[budget_id].amount if budget_id in wanted else ZERO
        assert total(left, budget_id, "open") == max(amount - spent, ZERO)
    named = {target.period_id for target in targets}
    assert all(one.open == 0 for one in left if one.period_id not in named)


@given(changes())
def test_what_a_change_takes_more_is_reserved_until_the_order_is_placed(
    case: tuple[list[Standing], list[Target]],
) -> None:
    held, targets = case
    is_placed = any(one.committed or one.spent for one in held)
    for move in movements.change(held, targets):
        grown = move.reserved if is_placed else move.committed
        assert grown <= 0
        assert move.reserved <= 0 or move.committed == 0


def test_a_change_gives_back_what_is_reserved_before_what_is_committed() -> None:
    held = Standing(uuid4(), BUDGETS[0], Decimal(30), Decimal(50), ZERO)
    (move,) = movements.change([held], [Target(held.period_id, BUDGETS[0], Decimal(40))])
    assert move == Move(held.period_id, reserved=Decimal(-30), committed=Decimal(-10))


CHARGES = [Charge(Decimal(70), ("43230000",)), Charge(Decimal(30), ("27110000",))]


def test_a_budget_takes_along_what_another_of_its_scope_holds() -> None:
    held = [
        (Scope(), Standing(uuid4(), BUDGETS[0], ZERO, Decimal(50), Decimal(50))),
        (SOFTWARE, Standing(uuid4(), BUDGETS[1], ZERO, Decimal(25), Decimal(45))),
    ]
    take = movements.taken_along
    assert take(Scope(), CHARGES, held, is_placed=True) == (ZERO, Decimal(50))
    assert take(SOFTWARE, CHARGES, held, is_placed=True) == (ZERO, Decimal(25))
    # Nothing says how much of the tools is still open, but that it is no more than they cost.
    assert take(TOOLS, CHARGES, held, is_placed=True) == (ZERO, Decimal(30))


def test_a_budget_takes_its_share_of_an_order_that_nothing_has_held() -> None:
    share = Decimal(70)
    assert movements.taken_along(SOFTWARE, CHARGES, [], is_placed=False) == (share, ZERO)
    assert movements.taken_along(SOFTWARE, CHARGES, [], is_placed=True) == (ZERO, share)


def test_nothing_is_taken_along_of_an_order_that_is_spent() -> None:
    held = [(TOOLS, Standing(uuid4(), BUDGETS[0], ZERO, ZERO, Decimal(30)))]
    assert movements.taken_along(Scope(), CHARGES, held, is_placed=True) == (ZERO, ZERO)
