"""What a new organization sets up first, and how far it is (pure).

Each floor contributes its steps; whether one is done follows from what is there, so the guide can
be left and taken up again at any time, and by somebody else.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One thing to set up: why, where that is done, and whether it has been.

    ``place`` orders the steps. ``route`` names the page; ``about_root`` says that its address asks
    for the root group. ``done`` says in a few words what is there.
    """

    code: str
    place: int
    title: str
    why: str
    action: str
    route: str
    is_done: bool
    done: str = ""
    about_root: bool = False


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "DONE"
    SKIPPED = "SKIPPED"
    NEXT = "NEXT"
    OPEN = "OPEN"


@dataclass(frozen=True, slots=True)
class Standing:
    """A step with where it stands."""

    step: SetupStep
    state: StepState


@dataclass(frozen=True, slots=True)
class Progress:
    """All steps in their order, with where each stands."""

    steps: tuple[Standing, ...]

    @property
    def done(self) -> int:
        """Return how many steps are done."""
        return sum(one.state is StepState.DONE for one in self.steps)

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is left to do: each step is done or was left out."""
        return all(one.state in (StepState.DONE, StepState.SKIPPED) for one in self.steps)

    @property
    def next(self) -> SetupStep | None:
        """Return the step to take next, if one is left."""
        return next((one.step for one in self.steps if one.state is StepState.NEXT), None)


def progress(steps: Iterable[SetupStep], skipped: Collection[str]) -> Progress:
    """Return where each step stands; what is done counts as done, skipped or not."""
    standings = []
    has_next = False
    for step in sorted(steps, key=lambda step: (step.place, step.code)):
        if step.is_done:
            state = StepState.DONE
        elif step.code in skipped:
            state = StepState.SKIPPED
        else:
            state = StepState.OPEN if has_next else StepState.NEXT
            has_next = True
        standings.append(Standing(step, state))
    return Progress(tuple(standings))
