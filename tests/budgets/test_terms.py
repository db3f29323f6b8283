from dataclasses import replace
from uuid import uuid4

import pytest

from budgets.terms import (
    BudgetTerms,
    Enforcement,
    lets_more_through,
    meaning,
    percents_in_words,
    problem_with,
    tidied,
)

USUAL = BudgetTerms()
SOFT = BudgetTerms(enforcement=Enforcement.SOFT)


def test_what_is_usual_has_no_problem() -> None:
    assert problem_with(USUAL) is None
    assert problem_with(SOFT) is None


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(USUAL, warn_percent=0), "warn_percent"),
        (replace(USUAL, warn_percent=100), "warn_percent"),
        (replace(USUAL, warn_percent=90, block_percent=90), "warn_percent"),
        (replace(USUAL, block_percent=101), "block_percent"),
        (replace(SOFT, block_percent=0), "block_percent"),
        (replace(USUAL, marks=(0,)), "marks"),
        (replace(SOFT, marks=(101,)), "marks"),
        (replace(USUAL, block_percent=90, marks=(95,)), "marks"),
        (replace(USUAL, marks=tuple(range(10, 100, 10))), "marks"),
        (replace(USUAL, children_percent=0), "children_percent"),
        (replace(USUAL, children_percent=1001), "children_percent"),
        (replace(USUAL, membership_id=uuid4(), position_id=uuid4()), "position"),
        (replace(USUAL, name="x" * 101), "name"),
    ],
)
def test_terms_that_cannot_be_are_refused_beside_their_field(
    terms: BudgetTerms, field: str
) -> None:
    problem = problem_with(terms)
    assert problem is not None
    assert problem.field == field


def test_marks_above_the_stop_make_sense_on_a_soft_budget_alone() -> None:
    assert problem_with(replace(SOFT, block_percent=90, marks=(95,))) is None


def test_terms_are_stored_tidily() -> None:
    untidy = replace(USUAL, name="  Laptops   and more ", marks=(90, 50, 80, 50, 100))
    assert tidied(untidy) == replace(USUAL, name="Laptops and more", marks=(50, 90))


def test_only_what_lets_more_through_wakes_orders_that_wait() -> None:
    assert lets_more_through(USUAL, SOFT)
    assert lets_more_through(replace(USUAL, block_percent=90), USUAL)
    assert not lets_more_through(SOFT, USUAL)
    assert not lets_more_through(USUAL, replace(USUAL, warn_percent=50, marks=(60,)))


def test_percents_read_as_people_say_them() -> None:
    assert percents_in_words((80,)) == "80%"
    assert percents_in_words((90, 50, 80)) == "50, 80 and 90%"


def test_a_budget_says_what_it_means() -> None:
    hard = replace(USUAL, marks=(50, 90), children_percent=120, carries_over=True)
    assert meaning(
        group="Field Service",
        kind="each quarter",
        cap="$20,000.00",
        scope="Software from Acme",
        terms=hard,
    ) == (
        "Field Service and all groups below it may use $20,000.00 each quarter for Software from "
        "Acme. People are told at 50, 80 and 90%; at 100% orders stop until there is room. The "
        "budgets below may together come to at most 120% of it. What is left goes over to the "
        "next period."
    )
    soft = meaning(group="X", kind="each year", cap="$1.00", scope="", terms=SOFT)
    assert soft.endswith("orders beyond 100% go on with one more approval.")
