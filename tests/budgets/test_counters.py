from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.counters import Break, Counters, Summed, why_not_rebuilt

SOUND = Counters(
    cap=Decimal(1000),
    reserved=Decimal(60),
    committed=Decimal("640.10"),
    spent=Decimal(0),
    overrun=Decimal(0),
    entries=4,
)
AMOUNTS = st.decimals(0, 10_000, places=2)


@pytest.mark.parametrize(
    ("summed", "reason"),
    [
        (
            Summed(SOUND, 5, Break(4, 3, Decimal(700), Decimal(700))),
            "entry 3 is missing before entry 4",
        ),
        (
            Summed(SOUND, 4, Break(4, 4, Decimal("700.09"), Decimal("700.10"))),
            "entry 4 says 700.09 are used after it, and the entries up to it come to 700.10",
        ),
        (
            Summed(replace(SOUND, entries=3), 3, None),
            "it ends with entry 3, and 4 have been written: those at the end are missing",
        ),
        (
            Summed(replace(SOUND, reserved=Decimal(-1)), 4, None),
            "its entries come to -1 reserved, which is below zero",
        ),
        (
            Summed(replace(SOUND, spent=Decimal(300)), 4, None),
            "its entries come to 1000.10 used, beyond the cap of 1000",
        ),
    ],
)
def test_a_ledger_that_is_not_whole_is_named(summed: Summed, reason: str) -> None:
    assert why_not_rebuilt(SOUND, summed) == reason


@given(AMOUNTS, AMOUNTS, st.decimals(-10_000, 10_000, places=2), st.integers(0, 4))
def test_whatever_the_counters_say_a_whole_ledger_corrects_them(
    reserved: Decimal, committed: Decimal, spent: Decimal, entries: int
) -> None:
    stored = Counters(Decimal(1), reserved, committed, spent, Decimal(0), entries)
    assert why_not_rebuilt(stored, Summed(SOUND, 4, None)) == ""
    changed: dict[str, Any] = {**stored.unlike(SOUND), **SOUND.unlike(stored)}
    assert replace(stored, **changed) == SOUND
