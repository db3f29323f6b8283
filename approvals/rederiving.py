"""Routing a stored request again from its facts and versions, and comparing the outcome (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from approvals.routing import Facts, InForce, Route, route

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class StoredStage:
    """A stage as a request went through it; ``step`` is its place in the route, from 0."""

    step: int
    name: str
    mode: str
    because: str


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """What is stored of a request's way: JSON objects as they stand in the database."""

    id: UUID
    label: str
    facts: dict[str, Any]
    explanation: dict[str, Any]
    version_id: UUID
    stages: tuple[StoredStage, ...]

    @property
    def above(self) -> tuple[UUID, ...]:
        """Return the versions above whose mandatory parts were heard."""
        return tuple(UUID(str(one)) for one in self.explanation.get("above", ()))

    @property
    def called(self) -> Mapping[str, str]:
        """Return how the group of each version was called then, by the version's id."""
        found: dict[str, str] = self.explanation.get("called", {})
        return found


@dataclass(frozen=True, slots=True)
class Derivation:
    """A request's facts, the versions it was routed on, and the route they lead to."""

    facts: Facts
    policies: tuple[InForce, ...]
    route: Route


def derive(stored: StoredRequest, versions: Mapping[UUID, InForce]) -> Derivation:
    """Route a request again from what is stored with it, and nothing else.

    ``versions`` holds the request's own and those above it. Raises one of `UNREADABLE` where what
    is stored cannot be read.
    """
    facts = Facts.from_json(stored.facts)
    policies = tuple(
        # Groups may have been renamed since; sentences say what they were called.
        replace(found, group_name=stored.called.get(str(version_id), found.group_name))
        for version_id in (stored.version_id, *stored.above)
        for found in (versions[version_id],)
    )
    return Derivation(facts, policies, route(facts, policies))


def differences(stored: StoredRequest, again: Route) -> tuple[str, ...]:
    """Return in what a request differs from the route that its facts lead to.

    Compared are the stages (name, mode, step, why), the tier, and the sentences that do not depend
    on who sits where. A stage that was left out, since its people were asked already, is accounted
    for by its step.
    """
    if not again.is_routable:
        return (f"policy refuses it: {again.refusal}",)
    return (*_tier(stored, again), *_stages(stored, again), *_sentences(stored, again))


def _tier(stored: StoredRequest, again: Route) -> Iterator[str]:
    kept = stored.explanation.get("tier")
    if kept != again.tier:
        yield f"tier: stored {_place(kept)}, derived {_place(again.tier)}"


def _place(tier: int | None) -> str:
    return "none" if tier is None else str(tier + 1)


def _stages(stored: StoredRequest, again: Route) -> Iterator[str]:
    derived = {
        step: StoredStage(step, stage.spec.name, stage.spec.mode.value, stage.because)
        for step, stage in enumerate(again.stages)
    }
    left_out = set(stored.explanation.get("left_out", ()))
    passed = {stage.step: stage for stage in stored.stages}
    for step in sorted(derived.keys() | passed.keys() | left_out):
        if step not in derived:
            yield f"stage {step + 1}: stored, not derived"
        elif step not in passed and step not in left_out:
            yield f"stage {step + 1}: derived ({derived[step].name}), not stored"
        elif step in passed:
            for part in ("name", "mode", "because"):
                kept, found = getattr(passed[step], part), getattr(derived[step], part)
                if kept != found:
                    yield f"stage {step + 1}, {part}: stored “{kept}”, derived “{found}”"


def _sentences(stored: StoredRequest, again: Route) -> Iterator[str]:
    kept = list(stored.explanation.get("sentences", ()))
    derived = list(again.sentences)
    if not stored.called:
        # The last one names the group that set the policy, which may have been renamed since.
        derived = derived[:-1]
    for number, sentence in enumerate(derived):
        found = kept[number] if number < len(kept) else ""
        if found != sentence:
            yield f"sentence {number + 1}: stored “{found}”, derived “{sentence}”"
