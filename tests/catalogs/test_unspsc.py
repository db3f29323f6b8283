"""The shape of UNSPSC codes."""

import pytest

from catalogs import unspsc
from catalogs.unspsc import Level


@pytest.mark.parametrize(
    ("code", "level", "ancestors"),
    [
        ("43000000", Level.SEGMENT, ("43000000",)),
        ("43210000", Level.FAMILY, ("43000000", "43210000")),
        ("43211500", Level.CLASS, ("43000000", "43210000", "43211500")),
        ("43211509", Level.COMMODITY, ("43000000", "43210000", "43211500", "43211509")),
        ("10101510", Level.COMMODITY, ("10000000", "10100000", "10101500", "10101510")),
        ("30000000", Level.SEGMENT, ("30000000",)),
        ("GL-4415", Level.OWN, ("GL-4415",)),
        ("4321150", Level.OWN, ("4321150",)),
    ],
)
def test_a_code_says_its_level_and_its_ancestors(
    code: str, level: Level, ancestors: tuple[str, ...]
) -> None:
    assert unspsc.level_of(code) == level
    assert unspsc.lineage(code) == ancestors


def test_every_shipped_segment_is_a_segment_with_a_name() -> None:
    assert len(unspsc.SEGMENTS) == 58
    for code, name in unspsc.SEGMENTS.items():
        assert unspsc.level_of(code) == Level.SEGMENT
        assert name == name.strip() != ""
    assert len(set(unspsc.SEGMENTS.values())) == len(unspsc.SEGMENTS)
