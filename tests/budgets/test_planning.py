"""The arithmetic of plans: nothing is lost to the cent, and sums hold at every level."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.fiscal import PeriodKind, period_of
from budgets.planning import (
    PlannedCap,
    Slot,
    grow,
    own_shares,
    roll_up,
    split,
    weigh,
)
from budgets.ratio import Cap, next_below
from budgets.rules import ZERO, Covering, PeriodStatus

YEAR = period_of(PeriodKind.YEAR, date(2027, 1, 1))
TODAY = date(2026, 11, 24)
cents = st.integers(0, 10**12).map(lambda number: Decimal(number) / 100)


def key(number: int) -> UUID:
    return UUID(int=number + 1)


@st.composite
def trees(draw: st.DrawFn) -> list[Cap]:
    """Draw budgets on some groups of a tree."""
    size = draw(st.integers(1, 12))
    paths: list[tuple[UUID, ...]] = [(key(0),)]
    for number in range(1, size):
        paths.append((*paths[draw(st.integers(0, number - 1))], key(number)))
    return [
        Cap(key(100 + number), "all", path, f"Group {number}", draw(cents))
        for number, path in enumerate(paths)
        if draw(st.booleans())
    ]


def slot(
    number: int = 0,
    cap: int = 100,
    *,
    used: int = 0,
    path: tuple[int, ...] = (0,),
    children_percent: int | None = None,
    status: PeriodStatus = PeriodStatus.OPEN,
    is_opened: bool = True,
) -> Slot:
    covering = Covering(
        budget_id=key(100 + number),
        period_id=key(200 + number) if is_opened else None,
        group_id=key(path[-1]),
        group_name=f"Group {path[-1]}",
        group_path=tuple(key(one) for one in path),
        period=YEAR,
        cap=Decimal(cap),
        reserved=Decimal(used),
        committed=ZERO,
        spent=ZERO,
        overrun=ZERO,
        warn_percent=80,
        currency="USD",
        status=status,
    )
    return Slot(covering, "all", date(2026, 1, 1), None, children_percent)


def planned(number: int, cap: str) -> PlannedCap:
    return PlannedCap(key(100 + number), YEAR, Decimal(cap))


@given(cents, st.decimals(-100, 1000, places=1))
def test_growth_is_exact_to_the_cent_and_never_falls_below_nothing(
    amount: Decimal, percent: Decimal
) -> None:
    grown = grow(amount, percent, "USD")
    assert grown >= 0
    assert abs(grown - amount * (100 + percent) / 100) <= Decimal("0.005")
    assert grow(amount, Decimal(0), "USD") == amount


@given(cents, st.lists(st.decimals(-5, 1000, places=2), min_size=1, max_size=30))
def test_shares_come_to_exactly_what_is_split(total: Decimal, weights: list[Decimal]) -> None:
    shares = split(total, weights, "USD")
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)
    assert all(share == share.quantize(Decimal("0.01")) for share in shares)
    positive = [max(weight, ZERO) for weight in weights]
    fair = positive if any(positive) else [Decimal(1)] * len(weights)
    for share, weight in zip(shares, fair, strict=True):
        assert abs(share - total * weight / sum(fair)) < Decimal("0.01")


def test_an_amount_is_split_equally_where_no_weight_says_otherwise() -> None:
    assert split(Decimal(100), [ZERO, ZERO, ZERO], "USD") == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert split(Decimal(100), [ZERO, ZERO, ZERO], "JPY") == [34, 33, 33]


@given(trees(), st.data())
def test_rolled_up_every_cap_is_the_sum_of_those_next_below_and_its_own_share(
    caps: list[Cap], data: st.DataObject
) -> None:
    own = {cap.budget_id: data.draw(cents) for cap in caps}
    rolled = roll_up(caps, own)
    children = next_below(caps)
    for cap in caps:
        below = children.get(cap.budget_id)
        if below is None:
            assert rolled[cap.budget_id] == cap.amount
        else:
            together = sum(rolled[child.budget_id] for child in below)
            assert rolled[cap.budget_id] == together + own[cap.budget_id]


@given(trees())
def test_rolling_up_twice_changes_nothing_more(caps: list[Cap]) -> None:
    once = roll_up(caps, own_shares(caps))
    again = [
        Cap(cap.budget_id, cap.family, cap.path, cap.title, once[cap.budget_id]) for cap in caps
    ]
    assert roll_up(again, own_shares(again)) == once


def test_a_plan_says_what_changes_and_counts_what_does_not() -> None:
    plan = weigh(
        [slot(0, 100), slot(1, 50, path=(0, 1), is_opened=False)],
        [planned(0, "120.50"), planned(1, "50")],
        today=TODAY,
        currency="USD",
    )
    (change,) = plan.changes
    assert (change.before, change.cap) == (Decimal(100), Decimal("120.50"))
    assert change.percent == Decimal("20.5")
    assert (plan.unchanged, plan.refusals, plan.difference) == (1, (), Decimal("20.50"))


@pytest.mark.parametrize(
    ("standing", "cap", "sentence"),
    [
        (slot(used=90), "89.99", "$90.00 is used already"),
        (slot(status=PeriodStatus.CLOSED), "120", "is closed"),
        (slot(), "-1", "zero or more"),
        (slot(), "1.005", "to the cent"),
        (slot(7), "120", "no such budget"),
    ],
)
def test_a_cap_that_cannot_be_is_refused_with_the_reason(
    standing: Slot, cap: str, sentence: str
) -> None:
    plan = weigh([standing], [planned(0, cap)], today=TODAY, currency="USD")
    assert not plan.changes
    assert sentence in plan.refusals[0].sentence


def test_lowering_a_period_to_what_is_used_is_allowed() -> None:
    plan = weigh([slot(used=90)], [planned(0, "90")], today=TODAY, currency="USD")
    assert not plan.refusals


def test_a_plan_that_names_a_cap_twice_is_refused() -> None:
    plan = weigh([slot()], [planned(0, "1"), planned(0, "2")], today=TODAY, currency="USD")
    assert "planned twice" in plan.refusals[0].sentence


def test_children_are_weighed_together_with_the_cap_above_that_changes_too() -> None:
    above = slot(0, 100, children_percent=100)
    left, right = slot(1, 50, path=(0, 1)), slot(2, 50, path=(0, 2))
    slots = [above, left, right]
    raised = [planned(1, "80"), planned(2, "60")]
    refused = weigh(slots, raised, today=TODAY, currency="USD")
    assert "come to $140.00 together" in refused.refusals[0].sentence
    agreed = weigh(slots, [planned(0, "140"), *raised], today=TODAY, currency="USD")
    assert not agreed.refusals


def test_the_fingerprint_follows_every_figure() -> None:
    def digest(before: int, after: str) -> str:
        return weigh([slot(0, before)], [planned(0, after)], today=TODAY, currency="USD").digest

    assert digest(100, "120") == digest(100, "120.00")
    assert len({digest(100, "120"), digest(101, "120"), digest(100, "121")}) == 3
