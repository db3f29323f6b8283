"""Merchant category codes find a segment, or none."""

import itertools

import pytest

from catalogs.merchant_codes import _RANGES, segment_for
from catalogs.unspsc import SEGMENTS


@pytest.mark.parametrize(
    ("code", "segment"),
    [
        ("5943", "44000000"),
        ("3001", "78000000"),
        ("3650", "90000000"),
        ("0742", "70000000"),
        ("5310", None),
        ("9999", None),
        ("", None),
        ("12a4", None),
        ("²", None),
    ],
)
def test_a_code_finds_the_segment_of_what_is_sold_there(code: str, segment: str | None) -> None:
    assert segment_for(code) == segment


def test_the_ranges_lie_in_order_apart_and_lead_to_shipped_segments() -> None:
    assert all(first <= last for first, last, _segment in _RANGES)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(_RANGES))
    assert {segment for _first, _last, segment in _RANGES} <= SEGMENTS.keys()
