"""A buying rule that is tried: what guided buying would have said of orders of the past (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from approvals.routing import Facts, Flag
from catalogs.guidance import Effect, ItemFacts, Outcome, RuleFacts, Ruleset, Target, worst

_HYPOTHETICAL = UUID(int=0)
_BY_GUIDANCE = frozenset({Flag.RESTRICTED.value, Flag.BLOCKED_EXCEPTION.value})


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A buying rule that nobody has set yet. ``key`` is a category's code, or an id as text."""

    effect: Effect
    target: Target
    key: str
    label: str

    @property
    def title(self) -> str:
        """Return what is tried: ``Prefer Kestrel IT``."""
        return f"{self.effect.value.capitalize()} {self.label}"

    def facts(self, group_id: UUID, group_name: str) -> RuleFacts:
        """Return it as it would stand on a group."""
        return RuleFacts(
            rule_id=_HYPOTHETICAL,
            group_id=group_id,
            group_name=group_name,
            effect=self.effect,
            target=self.target,
            target_key=self.key,
            reason="",
            exception_allowed=False,
            target_name=self.label,
        )

    def to_json(self) -> dict[str, str]:
        """Return the rule as a JSON object."""
        return {
            "effect": self.effect.value,
            "target": self.target.value,
            "key": self.key,
            "label": self.label,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; raises KeyError or ValueError on anything else."""
        return cls(
            Effect(stored["effect"]), Target(stored["target"]), stored["key"], stored["label"]
        )


@dataclass(frozen=True, slots=True)
class GuidedLine:
    """A line of an order of the past, for the group at the end of ``group_path``.

    ``stored`` is what guided buying said then, None where nobody asked it.
    """

    item: ItemFacts
    group_path: tuple[UUID, ...]
    stored: Outcome | None = None


def with_rule(rules: Iterable[RuleFacts], new: RuleFacts) -> tuple[RuleFacts, ...]:
    """Return rules with a new one, which takes the place of one about the same on its group."""
    about = (new.group_id, new.target, new.target_key)
    kept = (one for one in rules if (one.group_id, one.target, one.target_key) != about)
    return (*kept, new)


class Guide:
    """Says what guided buying would have said with a rule beside those of today."""

    def __init__(self, rules: Sequence[RuleFacts], new: RuleFacts) -> None:
        self._rules = {False: tuple(rules), True: with_rule(rules, new)}
        self._rulesets: dict[tuple[bool, tuple[UUID, ...]], Ruleset] = {}

    def guided(self, facts: Facts, lines: Sequence[GuidedLine]) -> tuple[Facts, tuple[str, ...]]:
        """Return an order's facts with the rule in force, and what then speaks against the order.

        A line on which the rule changes nothing keeps what was said of it at the time.
        """
        outcomes: list[Outcome] = []
        objections: dict[str, None] = {}
        for line in lines:
            was = self._ruleset(line, is_after=False).judge(line.item)
            becomes = self._ruleset(line, is_after=True).judge(line.item)
            is_kept = line.stored is not None and becomes.outcome is was.outcome
            outcome = line.stored if is_kept and line.stored else becomes.outcome
            outcomes.append(outcome)
            if outcome is Outcome.BLOCKED:
                objections[becomes.sentence] = None
        flags = set(facts.flags - _BY_GUIDANCE)
        if Outcome.RESTRICTED in outcomes:
            flags.add(Flag.RESTRICTED.value)
        if Outcome.BLOCKED in outcomes and Flag.BLOCKED_EXCEPTION in facts.flags:
            flags.add(Flag.BLOCKED_EXCEPTION.value)
        guided = replace(facts, guidance=worst(outcomes).value, flags=frozenset(flags))
        return guided, tuple(objections)

    def _ruleset(self, line: GuidedLine, *, is_after: bool) -> Ruleset:
        key = (is_after, line.group_path)
        found = self._rulesets.get(key)
        if found is None:
            found = self._rulesets[key] = Ruleset(self._rules[is_after], line.group_path)
        return found
