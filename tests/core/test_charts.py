import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from procurement.core.charts import NARROW, WIDE, Bar, Size, columns

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [(f"2026-{month:02}-01", f"M{month}") for month in range(1, 13)]


def drawing(size: Size = WIDE, amount: str = "1234.50") -> str:
    bars = [
        Bar(key, "Placed here", Decimal(amount), f"{words}: $1", f"?period={key[:7]}&source=LIVE")
        for key, words in MONTHS
    ]
    return columns(
        bars,
        label="Spend by month",
        at_labels=MONTHS,
        series=["Placed here"],
        symbol="$",
        size=size,
    )


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_chart_needs_no_style_and_no_script(size: Size) -> None:
    svg = drawing(size)
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "path", "line", "text", "a", "defs", "clipPath"}
    assert not re.search(r"\b(style|on\w+)=", svg)


def test_a_chart_takes_its_colours_from_the_page() -> None:
    svg = drawing()
    assert 'fill="var(--c1)"' in svg
    assert not re.search(r'(fill|stroke)="(?!var\(|none|transparent)', svg)


def test_every_bar_is_a_link_that_says_its_figure() -> None:
    links = list(ET.fromstring(drawing()).iter(f"{SVG}a"))
    assert [link.get("aria-label") for link in links] == [f"{words}: $1" for _, words in MONTHS]
    assert links[2].get("href") == "?period=2026-03&source=LIVE"
    assert "chart.invalid" not in drawing()


def test_labels_thin_out_where_there_is_little_room_and_keep_the_last() -> None:
    def labels(svg: str) -> list[str]:
        texts = ET.fromstring(svg).iter(f"{SVG}text")
        return [text.text for text in texts if text.text and text.text.startswith("M")]

    assert labels(drawing(WIDE)) == [words for _, words in MONTHS]
    assert labels(drawing(NARROW)) == ["M3", "M6", "M9", "M12"]


def test_refunds_hang_below_the_line() -> None:
    assert "−$" in drawing(amount="-250.00")


def test_text_cannot_break_out_of_the_drawing() -> None:
    svg = columns(
        [Bar("x", "s", Decimal(1), '"><script>alert(1)</script>', '?q="><b>')],
        label='<b>"',
        at_labels=[("x", "</text><script>")],
        series=["s"],
        symbol="$",
    )
    assert "<script" not in svg
    assert "<b>" not in svg
