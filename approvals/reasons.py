"""Which part of which version asked for each stage, and which rules hold at all (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from approvals.counterfactuals import Change, avoidances
from approvals.routing import Facts, InForce, Part, Route, Rule, RuleKind, aggregations_heard
from approvals.routing.counting import count
from approvals.routing.specs import in_words
from approvals.routing.stages import RoutedStage
from approvals.routing.usual import USUAL_PART

_PARTS = {
    Part.RESTRICTED.value: "Restricted lines",
    Part.EXCEPTION.value: "Exceptions",
    Part.OVER_BUDGET.value: "Orders beyond a soft budget",
    USUAL_PART: "What is usual without a rule",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A part of a version, in words, and the group on whose page it can be read."""

    words: str
    group_id: UUID
    version_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class StageReason:
    """Why a stage of a route is asked, and what would have avoided it, if anything.

    ``step`` is its place in the route, from 0; ``avoided`` a sentence, empty where nothing would.
    """

    step: int
    because: str
    origin: Origin | None
    avoided: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class HeldRule:
    """A rule whose conditions a subject meets, and what it does then."""

    name: str
    does: str
    origin: Origin


def stage_reasons(
    facts: Facts, policies: Sequence[InForce], found: Route
) -> tuple[StageReason, ...]:
    """Return why each stage of a route is asked; ``found`` is the route of these facts."""
    avoided = avoidances(facts, policies, found)
    return tuple(
        StageReason(
            step=step,
            because=stage.because,
            origin=_origin(stage, found),
            avoided=avoided[step].sentence,
            changes=avoided[step].changes,
        )
        for step, stage in enumerate(found.stages)
    )


def held_rules(facts: Facts, found: Route) -> tuple[HeldRule, ...]:
    """Return the rules that hold for a subject: what is mandatory above first, then by code."""
    if found.policy is None:
        return ()
    amount = count(facts, aggregations_heard(found.policy, found.above)).amount
    return tuple(
        HeldRule(rule.name, _does(rule), _place(policy, f"The rule “{rule.name}”"))
        for policy in (*found.above, found.policy)
        for rule in sorted(policy.document.rules, key=lambda one: one.code)
        if (policy is found.policy or rule.is_mandatory) and rule.when.are_met(facts, amount)
    )


def _origin(stage: RoutedStage, found: Route) -> Origin | None:
    source = stage.source
    if source is None:
        return None
    for policy in (found.policy, *found.above):
        if policy is not None and policy.version_id == source.version_id:
            words = part_in_words(source.part, policy)
            return _place(policy, words)
    return None


def _place(policy: InForce, words: str) -> Origin:
    said = f"{words} of {policy.source}, set by {policy.group_name}"
    return Origin(said, policy.group_id, policy.version_id, policy.number)


def part_in_words(part: str, policy: InForce) -> str:
    """Return a part of a version as people call it: ``Tier 2``, ``The rule “Bulk”``."""
    head, _, rest = part.partition(".")
    if head == "tiers":
        return f"Tier {int(rest) + 1}"
    if head == "rules":
        code, _, tier = rest.partition(".tiers.")
        names = {rule.code: rule.name for rule in policy.document.rules}
        rule = f"the rule “{names.get(code, code)}”"
        return f"Tier {int(tier) + 1} of {rule}" if tier else f"{rule[:1].upper()}{rule[1:]}"
    return _PARTS.get(head, head)


def _does(rule: Rule) -> str:
    if rule.kind is RuleKind.REFUSE:
        return rule.refusal
    if rule.kind is RuleKind.TIERS:
        return "Its own tiers take the place of the policy’s."
    place = {RuleKind.ASK_BEFORE: " first", RuleKind.ASK_AFTER: " last"}.get(rule.kind, " as well")
    return f"Asks {in_words(rule.stages)}{place}."
