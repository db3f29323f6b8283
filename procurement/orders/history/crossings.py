"""When budgets would have warned, and when they would have stopped orders (pure).

A budget warns with the first order after which its warning mark is reached, and stops orders with
the first one that no longer fits. What was spent beyond it counts all the same, since it was spent:
a period has one such day of each, whatever came after.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from budgets.rules import reached
from procurement.orders.history.evaluation import Posting


@dataclass(slots=True)
class Crossing:
    """A budget in one period: the first order that would have been warned, and stopped, if any.

    Days are ISO dates and amounts decimal text, so that it is kept as it stands; ``numbers`` are
    the orders' own, and may be blank.
    """

    group: str
    period: str
    starts_on: str
    cap: str
    warned_on: str = ""
    warned_number: str = ""
    stopped_on: str = ""
    stopped_number: str = ""


@dataclass(slots=True)
class Crossings:
    """What budgets would have said, order by order; they come by date."""

    found: dict[str, Crossing] = field(default_factory=dict)

    def add(
        self, number: str, on: date, postings: Iterable[Posting], over: Iterable[Posting]
    ) -> None:
        """Take one order: what it spent, each budget as it stood before, and what had no room."""
        for posting in postings:
            covering = posting.span.covering
            used = covering.used + posting.amount
            if reached(used, covering.cap, covering.warn_percent):
                crossing = self._of(posting)
                if not crossing.warned_on:
                    crossing.warned_on, crossing.warned_number = on.isoformat(), number
        for posting in over:
            crossing = self._of(posting)
            if not crossing.stopped_on:
                crossing.stopped_on, crossing.stopped_number = on.isoformat(), number

    def to_json(self) -> list[dict[str, Any]]:
        """Return them as plain values, the earliest period first; `from_json` reads them back."""
        ordered = sorted(
            self.found.items(), key=lambda item: (item[1].starts_on, item[1].group, item[0])
        )
        return [{"key": key, **asdict(crossing)} for key, crossing in ordered]

    @classmethod
    def from_json(cls, stored: Iterable[dict[str, Any]]) -> "Crossings":
        """Read what `to_json` wrote."""
        found = {}
        for one in stored:
            values = {name: value for name, value in one.items() if name != "key"}
            found[one["key"]] = Crossing(**values)
        return cls(found)

    def _of(self, posting: Posting) -> Crossing:
        covering = posting.span.covering
        key = f"{covering.budget_id}:{covering.period.starts_on}"
        if key not in self.found:
            self.found[key] = Crossing(
                group=covering.title,
                period=covering.period.label,
                starts_on=covering.period.starts_on.isoformat(),
                cap=format(covering.cap, "f"),
            )
        return self.found[key]
