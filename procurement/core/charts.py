"""Charts, drawn on the server by Vega-Lite: no script reaches the page.

Pure: figures and colours in, SVG out. The colours of a page are its own design tokens, which SVG
takes as presentation attributes (`fill="var(--c1)"`), so that a chart follows the theme of the page
it stands in and needs no style that a Content-Security-Policy would refuse.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import vl_convert

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_PADDING = {"left": 0, "right": 0, "top": 4, "bottom": 8}  # the page's font may be a taller one
_BASE = "https://chart.invalid/"  # Vega takes absolute addresses only; it comes off again below


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a chart, as CSS values."""

    ink: str
    label: str
    line: str
    series: tuple[str, ...]


PAGE = Palette(
    ink="var(--ink)",
    label="var(--ink-3)",
    line="var(--line)",
    series=("var(--c1)", "var(--c5)", "var(--c2)", "var(--c3)", "var(--c4)"),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of a column: amounts of one ``at`` are stacked, first series at the bottom.

    ``words`` say it to a reader who hears the page; ``href`` is where a click leads.
    """

    at: str
    series: str
    amount: Decimal
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Size:
    """The drawing's measures in its own units; it scales with its column on the page."""

    width: int
    height: int
    font: int
    labels_at_most: int


WIDE = Size(width=1000, height=210, font=12, labels_at_most=18)
NARROW = Size(width=290, height=180, font=13, labels_at_most=4)


def columns(
    bars: Sequence[Bar],
    *,
    label: str,
    at_labels: Sequence[tuple[str, str]],
    series: Sequence[str],
    symbol: str,
    size: Size = WIDE,
    palette: Palette = PAGE,
) -> str:
    """Return a column chart as SVG text: one column for each of ``at_labels``, stacked by series.

    ``at_labels`` are (key, words below the column) in their order; ``symbol`` is the currency's.
    Takes about 50 ms for new figures, nothing for the same ones again.
    """
    specification = _specification(bars, at_labels, series, symbol, size, palette)
    return _drawn(json.dumps(specification, sort_keys=True), label)


def _specification(
    bars: Sequence[Bar],
    at_labels: Sequence[tuple[str, str]],
    series: Sequence[str],
    symbol: str,
    size: Size,
    palette: Palette,
) -> dict[str, Any]:
    values = [
        {
            "at": bar.at,
            "series": bar.series,
            "order": series.index(bar.series),
            "amount": float(bar.amount),
            "words": bar.words,
            "href": f"{_BASE}{bar.href}",
        }
        for bar in bars
    ]
    axes = {
        "labelColor": palette.label,
        "labelFontSize": size.font,
        "gridColor": palette.line,
        "domainColor": palette.line,
        "labelPadding": 8,
        "ticks": False,
    }
    chart = (
        alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]
        .mark_bar()
        .encode(
            x=alt.X(
                "at:N",
                sort=None,
                title=None,
                scale=alt.Scale(
                    domain=[key for key, _ in at_labels], paddingInner=0.3, paddingOuter=0.15
                ),
                axis=alt.Axis(labelAngle=0, labelExpr=_labels(at_labels, size.labels_at_most)),
            ),
            y=alt.Y(
                "amount:Q",
                title=None,
                stack=True,
                axis=alt.Axis(tickCount=4, domain=False, labelExpr=_amounts(symbol)),
            ),
            color=alt.Color(
                "series:N",
                legend=None,
                scale=alt.Scale(domain=list(series), range=list(palette.series[: len(series)])),
            ),
            order=alt.Order("order:Q"),
            href="href:N",
            description="words:N",
        )
        .properties(
            width=size.width, height=size.height, background="transparent", padding=_PADDING
        )
        .configure(font="inherit")
        .configure_view(stroke=None)
        .configure_axis(**axes)
    )
    specification: dict[str, Any] = chart.to_dict()
    return specification


def _labels(at_labels: Sequence[tuple[str, str]], at_most: int) -> str:
    """Return the Vega expression that writes every n-th label, the last one always among them."""
    step = max(1, -(-len(at_labels) // at_most))
    shown = dict(list(reversed(at_labels))[::step])
    return f"{json.dumps(shown)}[datum.value] || ''"


def _amounts(symbol: str) -> str:
    """Return the Vega expression that writes an amount short, as only chart axes may: ``$4.8k``."""
    short = "replace(format(abs(datum.value), '~s'), 'G', 'B')"
    return f"(datum.value < 0 ? '\N{MINUS SIGN}' : '') + {json.dumps(symbol)} + {short}"


@lru_cache(maxsize=256)
def _drawn(specification: str, label: str) -> str:
    return _fit_for_page(vl_convert.vegalite_to_svg(specification), label)


def _fit_for_page(svg: str, label: str) -> str:
    """Return a drawing that scales, speaks through its links alone and refers to this page only."""
    root = ET.fromstring(svg)  # noqa: S314 – our own drawing, not a stranger's
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("class") == "foreground":
                parent.remove(child)
    for element in root.iter():
        for attribute in ("role", "aria-roledescription", "aria-hidden", "class"):
            element.attrib.pop(attribute, None)
        spoken = element.attrib.pop("aria-label", None)
        if element.tag == f"{{{_SVG}}}path" and spoken:
            element.set("aria-label", spoken)
        elif element.tag == f"{{{_SVG}}}text":
            element.set("aria-hidden", "true")
    for link in root.iter(f"{{{_SVG}}}a"):
        link.set("href", link.attrib.pop(f"{{{_XLINK}}}href").removeprefix(_BASE))
        link.set("aria-label", link[0].attrib.pop("aria-label"))
    del root.attrib["height"]
    root.set("width", "100%")
    root.set("class", "chart")
    root.set("role", "group")
    root.set("aria-label", label)
    return ET.tostring(root, encoding="unicode")


ET.register_namespace("", _SVG)
