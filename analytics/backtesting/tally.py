"""What a backtest adds up to: outcomes, approvals of each person and week, delays (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from analytics.backtesting.answers import Answer, Outcome

BEFORE, AFTER = 0, 1


@dataclass(slots=True)
class _Person:
    """Approvals of one person in each week, before and after."""

    name: str
    weeks: dict[date, list[int]]


class Tally:
    """Counts judged orders, one after the other; its size grows with people and weeks alone."""

    def __init__(self) -> None:
        self.judged = 0
        self.refunds = 0
        self.changed = 0
        self._delayed = 0
        self._quicker = 0
        self._steps: dict[tuple[Outcome, Outcome], list[Any]] = {}
        self._people: dict[str, _Person] = {}
        self._weeks: dict[date, list[int]] = {}

    def add(self, on: date, amount: Decimal, before: Answer, after: Answer) -> bool:
        """Count one order; tell whether it fares differently."""
        self.judged += 1
        step = self._steps.setdefault((before.outcome, after.outcome), [0, 0, Decimal(0)])
        step[0] += 1
        week = on - timedelta(days=on.weekday())
        for side, answer in ((BEFORE, before), (AFTER, after)):
            total = self._weeks.setdefault(week, [0, 0])
            for key, name in answer.asked:
                person = self._people.setdefault(key, _Person(name, {}))
                person.weeks.setdefault(week, [0, 0])[side] += 1
                total[side] += 1
        if before.is_as(after):
            return False
        self.changed += 1
        step[1] += 1
        step[2] += amount
        if both_ask(before, after):
            self._delayed += after.waves > before.waves
            self._quicker += after.waves < before.waves
        return True

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "changed": self.changed,
            "delayed": self._delayed,
            "judged": self.judged,
            "people": [
                {
                    "key": key,
                    "name": person.name,
                    "weeks": [
                        [week.isoformat(), *counts] for week, counts in sorted(person.weeks.items())
                    ],
                }
                for key, person in sorted(self._people.items(), key=lambda one: one[1].name)
            ],
            "quicker": self._quicker,
            "refunds": self.refunds,
            "steps": [
                [before.value, after.value, orders, changed, format(amount, "f")]
                for (before, after), (orders, changed, amount) in sorted(self._steps.items())
            ],
            "weeks": [[week.isoformat(), *counts] for week, counts in sorted(self._weeks.items())],
        }


def both_ask(before: Answer, after: Answer) -> bool:
    """Tell whether an order waits for somebody, or is let through, on both sides."""
    through = {Outcome.ASKED, Outcome.AUTOMATIC}
    return before.outcome in through and after.outcome in through


@dataclass(frozen=True, slots=True)
class PersonCount:
    """How often somebody would have been asked, before and after."""

    key: str
    name: str
    before: int
    after: int
    weeks: tuple[tuple[date, int, int], ...]

    @property
    def difference(self) -> int:
        """Return how many approvals more; fewer is below zero."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Step:
    """Orders that went from one outcome to another; ``amount`` is of those that ``changed``."""

    before: Outcome
    after: Outcome
    orders: int
    changed: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Findings:
    """What a finished backtest has found, read back."""

    judged: int
    refunds: int
    changed: int
    delayed: int
    quicker: int
    steps: tuple[Step, ...]
    people: tuple[PersonCount, ...]
    weeks: tuple[tuple[date, int, int], ...]

    @property
    def approvals(self) -> tuple[int, int]:
        """Return how many approvals there would have been, before and after."""
        return sum(one[1] for one in self.weeks), sum(one[2] for one in self.weeks)

    def orders(self, outcome: Outcome) -> tuple[int, int]:
        """Return how many orders have an outcome, before and after."""
        return (
            sum(step.orders for step in self.steps if step.before is outcome),
            sum(step.orders for step in self.steps if step.after is outcome),
        )


def findings(stored: Mapping[str, Any]) -> Findings:
    """Read what `Tally.to_json` wrote; the people whose work changes most come first."""
    people = [_person(one) for one in stored.get("people", ())]
    return Findings(
        judged=stored.get("judged", 0),
        refunds=stored.get("refunds", 0),
        changed=stored.get("changed", 0),
        delayed=stored.get("delayed", 0),
        quicker=stored.get("quicker", 0),
        steps=tuple(
            Step(Outcome(before), Outcome(after), orders, changed, Decimal(amount))
            for before, after, orders, changed, amount in stored.get("steps", ())
        ),
        people=tuple(sorted(people, key=lambda one: (-abs(one.difference), one.name))),
        weeks=_weeks(stored.get("weeks", ())),
    )


def _person(stored: Mapping[str, Any]) -> PersonCount:
    weeks = _weeks(stored["weeks"])
    return PersonCount(
        stored["key"],
        stored["name"],
        sum(one[1] for one in weeks),
        sum(one[2] for one in weeks),
        weeks,
    )


def _weeks(stored: Any) -> tuple[tuple[date, int, int], ...]:
    return tuple((date.fromisoformat(week), before, after) for week, before, after in stored)
