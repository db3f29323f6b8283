"""Charts, drawn on the server by Vega-Lite: no script reaches the page.

Pure: figures and colours in, SVG out. The colours of a page are its own design tokens, which SVG
takes as presentation attributes (`fill="var(--c1)"`), so that a chart follows the theme of the page
it stands in and needs no style that a Content-Security-Policy would refuse.
"""

import json
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A day of a course: what was, or what is expected between two amounts."""

    at: str
    low: Decimal
    middle: Decimal
    high: Decimal
    is_past: bool


def course(
    readings: Sequence[Reading],
    *,
    label: str,
    at_labels: Mapping[int, str],
    symbol: str,
    size: Size = WIDE,
    palette: Palette = PAGE,
) -> str:
    """Return a course over time as SVG text: a line so far, a dashed one and a band from there on.

    ``at_labels`` are the words below some of the readings, by their place. The line at nothing is
    drawn strong. The drawing says its ``label`` alone; the page has a table with the figures.
    """
    specification = _course(readings, at_labels, symbol, size, palette)
    return _drawn(json.dumps(specification, sort_keys=True), label, "img")


def _course(
    readings: Sequence[Reading],
    at_labels: Mapping[int, str],
    symbol: str,
    size: Size,
    palette: Palette,
) -> dict[str, Any]:
    values = [
        {
            "at": place,
            "low": float(one.low),
            "middle": float(one.middle),
            "high": float(one.high),
            "is_past": one.is_past,
        }
        for place, one in enumerate(readings)
    ]
    past = [value for value in values if value["is_past"]]
    ahead = past[-1:] + [value for value in values if not value["is_past"]]
    first, second = palette.series[:2]
    x = alt.X(
        "at:Q",
        title=None,
        scale=alt.Scale(domain=[0, max(len(values) - 1, 1)], nice=False),
        axis=alt.Axis(
            values=list(at_labels),
            grid=False,
            labelFlush=True,
            labelExpr=f"{json.dumps(dict(at_labels))}[datum.value]",
        ),
    )
    axis = alt.Axis(tickCount=4, domain=False, labelExpr=_amounts(symbol))
    middle = alt.Y("middle:Q", title=None, axis=axis)

    def of(rows: Sequence[Mapping[str, Any]]) -> Any:
        return alt.Chart(alt.Data(values=list(rows)))  # type: ignore[no-untyped-call]  # altair has no types for it

    layers = [
        of(ahead)
        .mark_area(aria=False, fill=second, fillOpacity=0.22)
        .encode(x=x, y=alt.Y("low:Q", title=None, axis=axis), y2="high:Q"),
        of([{"zero": 0}]).mark_rule(aria=False, stroke=palette.ink).encode(y="zero:Q"),
        of(past).mark_line(aria=False, stroke=first, strokeWidth=2.5).encode(x=x, y=middle),
        of(ahead)
        .mark_line(aria=False, stroke=first, strokeWidth=2, strokeDash=[5, 4])
        .encode(x=x, y=middle),
    ]
    return _styled(alt.layer(*layers), size, palette)


def _styled(chart: Any, size: Size, palette: Palette) -> dict[str, Any]:
    """Return a chart's specification with measures, font and axes as all our charts have them."""
    specification: dict[str, Any] = (
        chart.properties(
            width=size.width, height=size.height, background="transparent", padding=_PADDING
        )
        .configure(font="inherit")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=palette.label,
            labelFontSize=size.font,
            gridColor=palette.line,
            domainColor=palette.line,
            labelPadding=8,
            ticks=False,
        )
        .to_dict()
    )
    return specification


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
    chart = (
        alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # altair has no types for it
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
    )
    return _styled(chart, size, palette)


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
def _drawn(specification: str, label: str, role: str = "group") -> str:
    return _fit_for_page(vl_convert.vegalite_to_svg(specification), label, role)


def _fit_for_page(svg: str, label: str, role: str) -> str:
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
    root.set("role", role)
    root.set("aria-label", label)
    return ET.tostring(root, encoding="unicode")


ET.register_namespace("", _SVG)
