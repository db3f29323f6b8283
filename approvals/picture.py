"""A policy as a picture: amount bands from left to right, and who is asked in each (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from approvals.routing import ApproverSpec, Mode, PolicyDocument, StageSpec, Tier
from approvals.routing.policy import heading
from approvals.routing.specs import in_words
from procurement.core.money import format_money

_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Occupants:
    """Who sits in a seat now. ``problem`` says why nobody does."""

    names: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SeatDrawn:
    """A seat in the picture, with the people in it; one that follows from the order names none."""

    title: str
    names: tuple[str, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: ``joint`` says how many of its seats agree, ``is_beside`` that it does not wait.

    ``number`` is the wave that it opens in, from 1.
    """

    number: int
    seats: tuple[SeatDrawn, ...]
    joint: str
    is_beside: bool


@dataclass(frozen=True, slots=True)
class Band:
    """An amount band. ``depth`` is how many seats have to agree, 3 for more; 0 is automatic.

    ``ends_at`` is the amount where it ends, empty for the open one; ``words`` says it all.
    """

    heading: str
    ends_at: str
    steps: tuple[Step, ...]
    depth: int
    words: str


def bands_of(
    tiers: Sequence[Tier], currency: str, people: Mapping[ApproverSpec, Occupants]
) -> tuple[Band, ...]:
    """Return the bands of tiers in rising order, with the people who sit in them now."""
    tiers = tuple(tiers)
    return tuple(
        _band(tiers, index, currency, steps_of(tier.stages, people))
        for index, tier in enumerate(tiers)
    )


def steps_of(
    stages: Iterable[StageSpec], people: Mapping[ApproverSpec, Occupants]
) -> tuple[Step, ...]:
    """Return stages one after the other, with the people who sit in them now."""
    steps: list[Step] = []
    for stage in stages:
        is_beside = stage.beside and bool(steps)
        last = steps[-1].number if steps else 0
        number = last if is_beside else last + 1
        steps.append(Step(number, _seats(stage, people), _joint(stage), is_beside))
    return tuple(steps)


def seats_named(document: PolicyDocument) -> list[ApproverSpec]:
    """Return every seat that a document names, each once."""
    return list(dict.fromkeys(seat for stage in document.stages() for seat in stage.approvers))


def _band(tiers: tuple[Tier, ...], index: int, currency: str, steps: tuple[Step, ...]) -> Band:
    tier = tiers[index]
    said = heading(tiers, index, currency)
    return Band(
        heading=said,
        ends_at="" if tier.up_to is None else format_money(tier.up_to, currency),
        steps=steps,
        depth=min(sum(map(_agreeing, tier.stages)), _DEEPEST),
        words=f"{said}: {in_words(tier.stages) or 'automatic'}",
    )


def _seats(stage: StageSpec, people: Mapping[ApproverSpec, Occupants]) -> tuple[SeatDrawn, ...]:
    drawn = []
    for seat in stage.approvers:
        there = people.get(seat, Occupants())
        names = () if there.names == (seat.title,) else there.names
        drawn.append(SeatDrawn(seat.title, names, there.problem))
    return tuple(drawn)


def _agreeing(stage: StageSpec) -> int:
    """Return how many seats of a stage have to agree."""
    match stage.mode:
        case Mode.ANY:
            return 1
        case Mode.ALL:
            return len(stage.approvers)
        case Mode.AT_LEAST:
            return stage.at_least


def _joint(stage: StageSpec) -> str:
    """Return what stands above the seats of a stage that has several."""
    if len(stage.approvers) < 2:  # noqa: PLR2004 – one seat simply agrees
        return ""
    match stage.mode:
        case Mode.ANY:
            return "Any one of"
        case Mode.ALL:
            return "All of"
        case Mode.AT_LEAST:
            return f"At least {stage.at_least} of"
