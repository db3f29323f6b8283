"""The policy that holds on a group, line by line, and where each line comes from (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from approvals.routing import (
    USUAL,
    InForce,
    Part,
    Rule,
    StageSpec,
    Tier,
    aggregation_sentence,
    rule_sentence,
    tolerances,
)
from approvals.routing.policy import heading
from approvals.routing.specs import in_words


class LinePart(StrEnum):
    """What kind of thing a line says."""

    TIER = "TIER"
    RESTRICTED = "RESTRICTED"
    EXCEPTION = "EXCEPTION"
    OVER_BUDGET = "OVER_BUDGET"
    RULE = "RULE"
    COUNTING = "COUNTING"
    CHANGE = "CHANGE"


_TITLES = {
    LinePart.RESTRICTED: "Restricted line",
    LinePart.EXCEPTION: "Exception",
    LinePart.OVER_BUDGET: "Beyond a soft budget",
}


# What is asked before the tier has its say, at any amount.
ADDITIONS = tuple(_TITLES)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which version of which group's policy says a line.

    ``is_own`` holds for the group itself; ``is_mandatory`` for what a group above has made so for a
    group that follows a nearer policy.
    """

    version_id: UUID
    group_id: UUID
    group_name: str
    number: int
    is_own: bool
    is_mandatory: bool

    @property
    def words(self) -> str:
        """Return it as people read it beside a line."""
        if self.is_mandatory:
            return f"mandatory, from {self.group_name}"
        return "own" if self.is_own else f"inherited from {self.group_name}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the effective policy.

    ``place`` is where it stands in its version: ``tiers.1``, ``restricted``, ``rules.bulk-ppe``,
    ``aggregations.0``, ``tolerances.note``. ``sentence`` says it in words. ``binds_below`` holds
    where its version makes it mandatory for the groups below.
    """

    part: LinePart
    place: str
    title: str
    sentence: str
    origin: Origin
    binds_below: bool
    stages: tuple[StageSpec, ...] = ()
    tier: Tier | None = None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class EffectivePolicy:
    """What holds on a group: the nearest policy, and the mandatory parts of those above it."""

    nearest: InForce
    lines: tuple[Line, ...]

    @property
    def binding(self) -> tuple[Line, ...]:
        """Return what groups above have made mandatory."""
        return tuple(line for line in self.lines if line.origin.is_mandatory)

    def of(self, part: LinePart) -> tuple[Line, ...]:
        """Return the lines of a part that the nearest policy says."""
        return tuple(
            line for line in self.lines if line.part is part and not line.origin.is_mandatory
        )


def effective_policy(
    group_path: Sequence[UUID], policies: Sequence[InForce]
) -> EffectivePolicy | None:
    """Return the policy that holds at the end of a path from the root, None where there is none.

    ``policies`` are those in force on the path, in any order; others are ignored. What is mandatory
    comes first, from the root downwards, as it does in routing.
    """
    by_group = {policy.group_id: policy for policy in policies}
    found = [by_group[group] for group in group_path if group in by_group]
    if not found:
        return None
    *above, nearest = found
    lines = [
        line
        for policy in above
        for line in _lines(policy, is_own=False, is_mandatory=True)
        if line.binds_below
    ]
    lines += _lines(nearest, is_own=nearest.group_id == group_path[-1], is_mandatory=False)
    return EffectivePolicy(nearest, tuple(lines))


def _lines(policy: InForce, *, is_own: bool, is_mandatory: bool) -> Iterator[Line]:
    document = policy.document
    origin = Origin(
        policy.version_id,
        policy.group_id,
        policy.group_name,
        policy.number,
        is_own=is_own,
        is_mandatory=is_mandatory,
    )
    for index, tier in enumerate(document.tiers):
        said = heading(document.tiers, index, document.currency)
        yield Line(
            LinePart.TIER,
            f"tiers.{index}",
            said,
            f"{said}: {in_words(tier.stages) or 'automatic'}.",
            origin,
            Part.TIERS in document.mandatory,
            tier.stages,
            tier=tier,
        )
    for part, line_part, stages in (
        (Part.RESTRICTED, LinePart.RESTRICTED, document.restricted),
        (Part.EXCEPTION, LinePart.EXCEPTION, document.exception),
        (Part.OVER_BUDGET, LinePart.OVER_BUDGET, document.beyond_budget),
    ):
        title = _TITLES[line_part]
        said = f"{title}: first {in_words(stages)}."
        yield Line(line_part, part.value, title, said, origin, part in document.mandatory, stages)
    for rule in document.rules:
        said = rule_sentence(rule, document.currency)
        yield Line(
            LinePart.RULE,
            f"rules.{rule.code}",
            rule.name,
            said,
            origin,
            rule.is_mandatory,
            rule.stages,
            rule=rule,
        )
    for index, one in enumerate(document.aggregations):
        yield Line(
            LinePart.COUNTING,
            f"aggregations.{index}",
            "Orders that count together",
            aggregation_sentence(one),
            origin,
            Part.AGGREGATIONS in document.mandatory,
        )
    binds = Part.TOLERANCES in document.mandatory
    if binds or document.tolerances != USUAL:
        for name, what in tolerances.WHAT.items():
            said = f"{what}: {tolerances.in_words(name, document.tolerances)}."
            yield Line(LinePart.CHANGE, f"tolerances.{name}", what, said, origin, binds)
