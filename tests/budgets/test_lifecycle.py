"""What a period hands on, decided without a database."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from budgets.fiscal import PeriodKind, period_of
from budgets.lifecycle import (
    EARMARK,
    Carry,
    Held,
    Step,
    after_step,
    carries,
    closes_by_itself,
    coming_back,
    handover,
    total,
)
from budgets.movements import Document
from budgets.rules import Covering, PeriodStatus

AMOUNTS = st.decimals("0", "1000", places=2)


def a_period(
    on: date = date(2026, 11, 24), cap: Decimal | int = 1000, used: Decimal | int = 0, **terms: Any
) -> Covering:
    group = uuid4()
    return Covering(
        budget_id=UUID(int=1),
        period_id=uuid4(),
        group_id=group,
        group_name="Facilities",
        group_path=(group,),
        period=period_of(PeriodKind.MONTH, on),
        cap=Decimal(cap),
        reserved=Decimal(0),
        committed=Decimal(used),
        spent=Decimal(0),
        overrun=Decimal(0),
        warn_percent=80,
        currency="USD",
        **terms,
    )


def holds(amount: Decimal | int, kind: str = "REQUISITION", day: int = 1) -> Held:
    document = Document(kind, uuid4(), f"R-{day}", date(2026, 11, day))
    return Held(document, Decimal(0), Decimal(amount))


@given(st.lists(AMOUNTS, max_size=6), AMOUNTS, AMOUNTS, st.booleans(), st.booleans())
def test_what_moves_on_always_fits_or_is_short_by_exactly_what_lacks(
    amounts: list[Decimal],
    cap: Decimal,
    used: Decimal,
    carries_over: bool,
    is_soft: bool,
) -> None:
    held = [holds(amount) for amount in amounts]
    closing = a_period(cap=cap + sum(amounts), used=sum(amounts))
    heir = a_period(cap=cap, used=min(used, cap), is_soft=is_soft)
    found = handover(closing, heir, held, carries_over=carries_over)
    free_after = heir.free + found.carried - found.amount
    assert found.amount == sum(amounts)
    assert found.carried == (closing.cap if carries_over else 0)
    assert found.short == (0 if is_soft else max(-free_after, 0))


def test_earmarks_end_with_their_period_and_orders_without_an_heir_have_nowhere_to_go() -> None:
    held = [holds(100), holds(50, EARMARK)]
    found = handover(a_period(used=150), a_period(), held, carries_over=False)
    assert [total(found.released), found.amount, found.short] == [50, 100, 0]
    nowhere = handover(a_period(used=150), None, held, carries_over=True)
    assert [nowhere.short, nowhere.carried] == [100, 0]
    assert handover(a_period(used=50), None, held[1:], carries_over=False).short == 0


def test_an_order_that_does_not_fit_stays_and_lets_a_smaller_one_come_back() -> None:
    large, small = holds(80, day=2), holds(30, day=3)
    assert coming_back([small, large, holds(10, day=1)], Decimal(50))[1:] == (small,)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=6))
def test_room_goes_from_month_to_month_and_none_is_made_or_lost(
    months: list[tuple[Decimal, Decimal]],
) -> None:
    chain = [
        a_period(date(2026, month + 1, 1), cap, min(used, cap))
        for month, (cap, used) in enumerate(months)
    ]
    running = a_period(date(2026, 12, 1))
    following = [one.period_id for one in (*chain[1:], running)]
    heirs = {
        one.period_id: heir
        for one, heir in zip(chain, following, strict=True)
        if one.period_id and heir
    }
    found = carries(chain, heirs)
    into = sum(one.amount for one in found if one.taker_id == running.period_id)
    assert into == sum(one.free for one in chain)
    assert all(one.amount > 0 for one in found)
    left = {one.period_id: one.free for one in chain}
    for one in found:
        left[one.giver_id] -= one.amount
        if one.taker_id in left:
            left[one.taker_id] += one.amount
    assert set(left.values()) == {0}


def test_a_month_beyond_its_cap_has_nothing_to_give_and_what_it_gets_fills_the_gap() -> None:
    first, over, running = a_period(used=400), a_period(used=1100), a_period()
    assert first.period_id
    assert over.period_id
    assert running.period_id
    heirs = {first.period_id: over.period_id, over.period_id: running.period_id}
    assert carries([first, over], heirs) == (
        Carry(first.period_id, over.period_id, Decimal(600)),
        Carry(over.period_id, running.period_id, Decimal(500)),
    )


def test_a_period_stays_open_for_as_many_whole_days_as_are_set() -> None:
    end = date(2026, 11, 30)
    assert not closes_by_itself(end, date(2026, 12, 5), after_days=5)
    assert closes_by_itself(end, date(2026, 12, 6), after_days=5)
    assert not closes_by_itself(end, end, after_days=0)


def steps_from(status: PeriodStatus) -> set[Step]:
    return {step for step in Step if after_step(status, step)}


def test_each_state_says_what_can_be_done_to_it() -> None:
    assert steps_from(PeriodStatus.OPEN) == {Step.FREEZE, Step.CLOSE}
    assert steps_from(PeriodStatus.FROZEN) == {Step.THAW, Step.CLOSE}
    assert steps_from(PeriodStatus.CLOSED) == {Step.REOPEN}
    assert steps_from(PeriodStatus.REOPENED) == {Step.CLOSE}
