from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import selectors
from approvals.timeliness import duration_words, spread_of
from tests.factories.accounts import NOW, Company
from tests.factories.approvals import answering, ask, decide, make_governed_company

durations = st.lists(st.timedeltas(timedelta(0), timedelta(days=60)), min_size=1, max_size=40)


@given(durations)
def test_nine_of_ten_stay_within_the_ninetieth_and_no_shorter_one_says_so(
    took: list[timedelta],
) -> None:
    found = spread_of(took)
    assert found is not None
    assert found.count == len(took)
    assert sum(one <= found.ninetieth for one in took) * 10 >= len(took) * 9
    assert sum(one < found.ninetieth for one in took) * 10 < len(took) * 9
    assert min(took) <= found.median <= max(took)


def test_nothing_has_no_spread() -> None:
    assert spread_of([]) is None


@pytest.mark.parametrize(
    ("hours", "words"), [(0.2, "an hour"), (1.5, "2 hours"), (48, "48 hours"), (49, "3 days")]
)
def test_a_bound_is_rounded_up(hours: float, words: str) -> None:
    assert duration_words(timedelta(hours=hours)) == words


@pytest.mark.django_db
@pytest.mark.database
def test_a_group_says_how_long_it_takes_once_enough_was_decided() -> None:
    company: Company = make_governed_company()
    with company.scope(), answering():
        group = company.groups["Field Service"].id
        for hours in (1, 2, 3, 4):
            decide(company, ask(company), "Bob", now=NOW + timedelta(hours=hours))
        ask(company, "50.00")
        assert selectors.usual_time(group, now=NOW + timedelta(days=1)) is None
        decide(company, ask(company), "Bob", now=NOW + timedelta(hours=30))
        found = selectors.usual_time(group, now=NOW + timedelta(days=2))
        assert found is not None
        assert found.sentence == "Usually decided within 3 hours, nine of ten within 30 hours."
        assert selectors.usual_time(group, now=NOW + timedelta(days=400)) is None
