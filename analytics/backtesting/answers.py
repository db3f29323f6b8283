"""What a policy makes of an order of the past, so that two answers can be compared (pure)."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from approvals.routing import Plan, PlannedStage, RoutedStage


class Outcome(StrEnum):
    """What would have become of an order. Where several hold, the first named here is given."""

    BLOCKED = "BLOCKED"
    OVER_BUDGET = "OVER_BUDGET"
    REFUSED = "REFUSED"
    ASKED = "ASKED"
    AUTOMATIC = "AUTOMATIC"

    @property
    def label(self) -> str:
        """Return the outcome in words."""
        return _LABELS[self]


_LABELS = {
    Outcome.BLOCKED: "Blocked",
    Outcome.OVER_BUDGET: "Over budget",
    Outcome.REFUSED: "Refused by policy",
    Outcome.ASKED: "Somebody is asked",
    Outcome.AUTOMATIC: "Automatic",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A stage that an order has to pass; ``people`` is empty where nobody holds its seats."""

    wave: int
    name: str
    mode: str
    seats: tuple[str, ...]
    people: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the stage as a JSON object."""
        return {
            "mode": self.mode,
            "name": self.name,
            "people": list(self.people),
            "seats": list(self.seats),
            "wave": self.wave,
        }


# What makes a stage another one: when it opens, how many have to agree, whose seats, and who.
_Mark = tuple[int, str, int, tuple[tuple[str, str], ...], frozenset[str]]


@dataclass(frozen=True)
class Answer:
    """The outcome of one order under one set of policies, with the stages and their people.

    ``asked`` names by key everybody who would be asked; a seat that nobody holds counts as one.
    Answers are shared between orders that are alike, so what is derived is kept.
    """

    outcome: Outcome
    stages: tuple[Asked, ...] = ()
    marks: tuple[_Mark, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    sentences: tuple[str, ...] = ()

    @cached_property
    def waves(self) -> int:
        """Return how many times the order waits: stages that open together wait together."""
        return len({stage.wave for stage in self.stages})

    @cached_property
    def stored(self) -> str:
        """Return stages and sentences as JSON text."""
        return json.dumps(
            {
                "sentences": list(self.sentences),
                "stages": [stage.to_json() for stage in self.stages],
            }
        )

    def is_as(self, other: "Answer") -> bool:
        """Tell whether an order fares the same; how it is said does not matter."""
        return self.outcome is other.outcome and self.marks == other.marks


def objected(outcome: Outcome, sentences: tuple[str, ...]) -> Answer:
    """Return the answer for an order that never gets as far as the policy."""
    return Answer(outcome, sentences=sentences)


def answer_of(plan: Plan) -> Answer:
    """Return what a plan means for an order. A seat that nobody holds is still a seat to ask."""
    if not plan.route.is_routable:
        return Answer(Outcome.REFUSED, sentences=plan.sentences)
    if plan.route.is_automatic:
        return Answer(Outcome.AUTOMATIC, sentences=plan.sentences)
    planned = {stage.step: stage for stage in plan.stages}
    vacant = {dead_end.stage for dead_end in plan.dead_ends}
    stages: list[Asked] = []
    marks: list[_Mark] = []
    asked: dict[str, str] = {}
    for step, routed in enumerate(plan.route.stages):
        seated = planned.get(step)
        if seated is None and routed.spec.name not in vacant:
            continue
        stages.append(_stage(routed, seated))
        marks.append(_mark(routed, seated))
        asked.update(_whom(routed, seated))
    said = dict.fromkeys([*plan.sentences, *(end.sentence for end in plan.dead_ends)])
    return Answer(Outcome.ASKED, tuple(stages), tuple(marks), tuple(asked.items()), tuple(said))


def _stage(routed: RoutedStage, seated: PlannedStage | None) -> Asked:
    return Asked(
        wave=routed.wave,
        name=routed.spec.name,
        mode=routed.spec.mode.value,
        seats=tuple(approver.title for approver in routed.spec.approvers),
        people=tuple(person.name for person in seated.people) if seated else (),
    )


def _mark(routed: RoutedStage, seated: PlannedStage | None) -> _Mark:
    spec = routed.spec
    seats = tuple((approver.kind.value, approver.value) for approver in spec.approvers)
    people = frozenset(str(person.membership_id) for person in seated.people) if seated else ()
    # Of one seat, any one, all and one of one are the same.
    mode = spec.mode.value if len(spec.approvers) > 1 else ""
    return routed.wave, mode, spec.at_least if mode else 0, seats, frozenset(people)


def _whom(routed: RoutedStage, seated: PlannedStage | None) -> dict[str, str]:
    if seated is not None:
        return {str(person.membership_id): person.name for person in seated.people}
    return {
        f"{approver.kind.value}:{approver.value}": f"{approver.title} (nobody yet)"
        for approver in routed.spec.approvers
    }
