from datetime import date
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import periods
from analytics.filters import Dimension, Source, SpendFilter
from procurement.core.errors import DomainError

TODAY = date(2026, 11, 24)
GROUP = UUID(int=7)
codes = st.sampled_from(["12m", "all", "2026", "2026-Q3", "2026-10", "2026-02-01..2026-03-15"])
filters = st.builds(
    SpendFilter,
    period=codes.map(lambda code: periods.parse(code, today=TODAY)),
    group_id=st.none() | st.uuids(),
    supplier_id=st.none() | st.uuids(),
    category=st.none() | st.text(min_size=1).filter(lambda text: text.isprintable()),
    source=st.none() | st.sampled_from(Source),
)


@given(filters)
def test_a_view_reads_back_from_its_address(view: SpendFilter) -> None:
    assert SpendFilter.parse(dict(parse_qsl(view.query)), today=TODAY) == view


def test_without_parameters_the_last_twelve_months_are_shown() -> None:
    view = SpendFilter.parse({}, today=TODAY)
    assert view.period.code == "12m"
    assert view.query == ""
    assert not view.is_narrowed


def test_two_days_overrule_the_period() -> None:
    view = SpendFilter.parse(
        {"period": "2025", "since": "2026-02-01", "until": "2026-02-14"}, today=TODAY
    )
    assert (view.period.since, view.period.until) == (date(2026, 2, 1), date(2026, 2, 14))


@pytest.mark.parametrize(
    "parameters",
    [{"period": "soon"}, {"group": "x"}, {"supplier": "7"}, {"source": "elsewhere"}],
)
def test_what_cannot_be_used_is_named(parameters: dict[str, str]) -> None:
    with pytest.raises(DomainError) as refused:
        SpendFilter.parse(parameters, today=TODAY)
    assert refused.value.field == next(iter(parameters))


def test_a_bar_leads_to_the_narrower_view() -> None:
    view = SpendFilter.parse({"period": "2026", "source": "LIVE"}, today=TODAY)
    assert view.narrowed(Dimension.GROUP, str(GROUP)).group_id == GROUP
    assert view.narrowed(Dimension.SUPPLIER, str(GROUP)).supplier_id == GROUP
    assert view.narrowed(Dimension.CATEGORY, "44000000").category == "44000000"
    assert view.narrowed(Dimension.MONTH, "2026-03-01").period.code == "2026-03"
    assert view.narrowed(Dimension.MONTH, "2026-03-01").source is Source.LIVE


def test_a_month_that_the_period_cuts_stays_cut() -> None:
    view = SpendFilter.parse({"period": "2026-03-10..2026-11-24"}, today=TODAY)
    first = view.narrowed(Dimension.MONTH, "2026-03-01").period
    last = view.narrowed(Dimension.MONTH, "2026-11-01").period
    assert (first.since, first.until) == (date(2026, 3, 10), date(2026, 3, 31))
    assert (last.since, last.until) == (date(2026, 11, 1), date(2026, 11, 24))
