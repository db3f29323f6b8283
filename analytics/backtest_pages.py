"""Puts the pages of backtests together: figures, the chart, and what leads where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from analytics.backtesting.answers import Outcome
from analytics.backtesting.tally import Findings, PersonCount, Step
from analytics.display import MonthChart
from analytics.models import BacktestRun
from analytics.selectors import Differences
from procurement.core.charts import NARROW, PAGE, WIDE, Bar, columns

PEOPLE_SHOWN = 25
_MOST_WEEKS = 60
_SAME, _MORE, _FEWER = "As before", "More", "Fewer"
_SERIES = (_SAME, _MORE, _FEWER)
_SHOWN = (Outcome.AUTOMATIC, Outcome.ASKED, Outcome.REFUSED, Outcome.BLOCKED, Outcome.OVER_BUDGET)

Link = Callable[[date, date], str]


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How many orders have an outcome on either side."""

    label: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        """Return how many more; fewer is below zero."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class StepRow:
    """Changed orders that went from one outcome to another."""

    step: Step

    @property
    def key(self) -> str:
        """Return what addresses the step: ``ASKED-AUTOMATIC``."""
        return f"{self.step.before.value}-{self.step.after.value}"

    @property
    def label(self) -> str:
        """Return the step in words."""
        if self.step.before is self.step.after:
            return f"{self.step.before.label}: others, or in another order"
        return f"{self.step.before.label} → {self.step.after.label}"


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """What a finished run shows."""

    found: Findings
    outcomes: tuple[OutcomeRow, ...]
    steps: tuple[StepRow, ...]
    people: tuple[PersonCount, ...]
    hidden: int
    person: PersonCount | None
    chart: MonthChart | None
    by: str

    @property
    def approvals_difference(self) -> int:
        """Return how many approvals more there would have been; fewer is below zero."""
        before, after = self.found.approvals
        return after - before


def findings_page(found: Findings, *, person_key: str, link: Link) -> FindingsPage:
    """Lay out the findings; the chart is of one person where one is named. No SQL."""
    person = next((one for one in found.people if one.key == person_key), None)
    chart, by = _chart(person.weeks if person else found.weeks, link)
    return FindingsPage(
        found=found,
        outcomes=tuple(OutcomeRow(one.label, *found.orders(one)) for one in _SHOWN),
        steps=tuple(
            StepRow(step)
            for step in sorted(found.steps, key=lambda one: -one.changed)
            if step.changed
        ),
        people=found.people[:PEOPLE_SHOWN],
        hidden=max(len(found.people) - PEOPLE_SHOWN, 0),
        person=person,
        chart=chart,
        by=by,
    )


def _chart(weeks: Sequence[tuple[date, int, int]], link: Link) -> tuple[MonthChart | None, str]:
    """Draw approvals by week, or by month where a year of weeks would not fit."""
    if not weeks:
        return None, "week"
    is_by_week = (weeks[-1][0] - weeks[0][0]).days // 7 < _MOST_WEEKS
    spans = _spans(weeks, is_by_week=is_by_week)
    bars: list[Bar] = []
    for first, (last, before, after) in spans.items():
        parts = (min(before, after), max(after - before, 0), max(before - after, 0))
        words = f"{first:%b} {first.day}, {first.year}: {before} approvals before, {after} after"
        bars.extend(
            Bar(first.isoformat(), series, Decimal(part), words, link(first, last))
            for series, part in zip(_SERIES, parts, strict=True)
            if part
        )
    if not bars:
        return None, "week"
    labels = [
        (
            first.isoformat(),
            f"{first:%b} {first.day}" if is_by_week else f"{first:%b} {first:%y}",
        )
        for first in spans
    ]
    wide, narrow = (
        columns(
            bars,
            label=f"Approvals by {'week' if is_by_week else 'month'}",
            at_labels=labels,
            series=_SERIES,
            symbol="",
            size=size,
        )
        for size in (WIDE, NARROW)
    )
    legend = list(zip(_SERIES, PAGE.series, strict=False))
    return MonthChart(wide, narrow, legend), "week" if is_by_week else "month"


def _spans(
    weeks: Sequence[tuple[date, int, int]], *, is_by_week: bool
) -> dict[date, tuple[date, int, int]]:
    """Return counts by their first day, those without any between them too, with the last day."""
    spans: dict[date, tuple[date, int, int]] = {}
    day = weeks[0][0] if is_by_week else weeks[0][0].replace(day=1)
    while day <= weeks[-1][0]:
        following = (
            day + timedelta(days=7) if is_by_week else (day + timedelta(days=32)).replace(day=1)
        )
        spans[day] = (following - timedelta(days=1), 0, 0)
        day = following
    for week, before, after in weeks:
        key = week if is_by_week else week.replace(day=1)
        last, so_far, so_far_after = spans[key]
        spans[key] = (last, so_far + before, so_far_after + after)
    return spans


def route_stages(stored: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the stages of a stored answer as the route on a page takes them."""
    return [
        {
            "state": "next",
            "rule": stage["name"],
            "side": stage["mode"] == "ALL",
            "people": [
                {"name": name, "seat": ", ".join(stage["seats"])} for name in stage["people"]
            ]
            or [
                {"name": seat, "seat": "nobody holds this seat", "kind": "warn"}
                for seat in stage["seats"]
            ],
        }
        for stage in stored["stages"]
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side."""

    one: BacktestRun
    other: BacktestRun
    differences: Differences
    notes: tuple[str, ...]


def comparison(one: BacktestRun, other: BacktestRun) -> Comparison:
    """Put two finished runs side by side, and say what they do not have in common. No SQL."""
    notes: list[str] = []
    if one.group_id != other.group_id:
        notes.append("They were tried on different groups.")
    if (one.first_on, one.last_on) != (other.first_on, other.last_on):
        notes.append("They were tried on different days; those in common are compared.")
    if sorted(one.sources) != sorted(other.sources):
        notes.append("They were tried on different sources of orders.")
    if one.basis != other.basis:
        notes.append(f"Another policy was in force: {one.basis}, then {other.basis}.")
    return Comparison(one, other, Differences(one, other), tuple(notes))
