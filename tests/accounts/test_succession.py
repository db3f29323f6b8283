"""Which roles a merge carries over: nothing ends later, and nothing is lost."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from accounts.succession import Succession, Term, succeed
from tests.factories.accounts import NOW

NOTHING = Decimal(-1)
_numbers = count(1)


def day(number: int) -> timedelta:
    return timedelta(days=number)


def term(start: int, end: int | None, limit: int | None) -> Term:
    return Term(
        UUID(int=next(_numbers)),
        NOW + day(start),
        None if end is None else NOW + day(start + end),
        None if limit is None else Decimal(limit),
    )


limits = st.one_of(st.none(), st.integers(0, 3))
passing = st.lists(st.builds(term, st.integers(0, 6), st.integers(1, 6), limits), max_size=3)
lasting = st.lists(st.builds(term, st.integers(0, 6), st.none(), limits), max_size=1)
sides = st.builds(lambda some, one: [*some, *one], passing, lasting)


def allowed(terms: list[Term], on: int) -> Decimal:
    """Return the most that an order may come to on a day: less than nothing without any role."""
    at = NOW + day(on)
    holding = [
        one.limit
        for one in terms
        if one.starts_at <= at and (one.ends_at is None or at < one.ends_at)
    ]
    if not holding:
        return NOTHING
    return max(Decimal(99) if limit is None else limit for limit in holding)


def result(there: list[Term], done: Succession) -> list[Term]:
    """Return what stands on the other group in the end, as the service writes it."""
    ends = {was.grant_id: max(was.starts_at, term.starts_at) for was, term in done.replaced}
    kept = [
        Term(one.grant_id, one.starts_at, ends.get(one.grant_id, one.ends_at), one.limit)
        for one in there
    ]
    return [*kept, *done.fresh]


@given(sides, sides)
def test_on_every_day_the_more_generous_of_both_counts_and_no_more(
    there: list[Term], coming: list[Term]
) -> None:
    stands = result(there, succeed(there, coming))
    for on in range(14):
        assert allowed(stands, on) == max(allowed(there, on), allowed(coming, on))


@given(sides, sides)
def test_no_more_than_one_goes_on_for_good(there: list[Term], coming: list[Term]) -> None:
    stands = result(there, succeed(there, coming))
    assert sum(one.ends_at is None for one in stands) <= 1


def test_what_is_there_already_is_not_granted_again() -> None:
    there, coming = [term(0, None, None)], [term(0, 3, 2)]
    assert succeed(there, coming) == Succession((), ())
