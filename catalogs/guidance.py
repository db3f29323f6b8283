"""Guided buying, decided (pure): which rule speaks for an item, what it says and why.

The nearest rule wins: the one whose group lies closest above the group that buys. At the same
distance block beats restrict beats prefer. Nothing else weighs: a rule on one item does not beat
a rule on its category. The search puts the same order into SQL; a test holds the two together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from catalogs import unspsc


class Outcome(StrEnum):
    """What guidance says of an item for a group."""

    PREFERRED = "PREFERRED"
    NEUTRAL = "NEUTRAL"
    RESTRICTED = "RESTRICTED"
    BLOCKED = "BLOCKED"


class Effect(StrEnum):
    """What a rule does."""

    PREFER = "PREFER"
    RESTRICT = "RESTRICT"
    BLOCK = "BLOCK"


class Target(StrEnum):
    """What a rule is about."""

    CATEGORY = "CATEGORY"
    SUPPLIER = "SUPPLIER"
    ITEM = "ITEM"

    @property
    def label(self) -> str:
        """Return the kind in words."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What guidance looks at: the codes from the category's root down to it, supplier and item.

    An imported or free-text line has no item; its ``item_id`` is None.
    """

    item_id: UUID | None
    supplier_id: UUID | None
    category_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One buying rule. ``target_key`` is a category's code, or the id of a supplier or item."""

    rule_id: UUID
    group_id: UUID
    group_name: str
    effect: Effect
    target: Target
    target_key: str
    reason: str
    exception_allowed: bool
    target_name: str = ""
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """The outcome for one item, the rule that decided (None where none applies) and why."""

    outcome: Outcome
    rule: RuleFacts | None
    sentence: str

    @property
    def is_orderable(self) -> bool:
        """Tell whether the item may be ordered at all, be it with a justification."""
        return self.outcome is not Outcome.BLOCKED or self.exception_allowed

    @property
    def exception_allowed(self) -> bool:
        """Tell whether a block lets people ask for an exception."""
        return self.rule is not None and self.rule.exception_allowed

    @property
    def needs_justification(self) -> bool:
        """Tell whether whoever orders the item has to say why."""
        return self.outcome in (Outcome.RESTRICTED, Outcome.BLOCKED)


OUTCOME_OF = {
    Effect.PREFER: Outcome.PREFERRED,
    Effect.RESTRICT: Outcome.RESTRICTED,
    Effect.BLOCK: Outcome.BLOCKED,
}
_SEVERITY = {Effect.BLOCK: 0, Effect.RESTRICT: 1, Effect.PREFER: 2}
_SPECIFICITY = {Target.ITEM: 0, Target.SUPPLIER: 1, Target.CATEGORY: 2}
_WORST_FIRST = (Outcome.BLOCKED, Outcome.RESTRICTED, Outcome.NEUTRAL, Outcome.PREFERRED)
UNGUIDED = Guidance(Outcome.NEUTRAL, None, "No buying rule covers this item.")


class Ruleset:
    """The rules that apply to one group, in the order in which they win.

    Built once for a group, it judges each item in a few dictionary look-ups.
    """

    def __init__(self, rules: Sequence[RuleFacts], group_path: Sequence[UUID]) -> None:
        """Rank ``rules`` for the group at the end of ``group_path`` (ancestors from the root down).

        Rules of groups that are not on the path do not apply.
        """
        self._path = tuple(group_path)
        distance = {group_id: place for place, group_id in enumerate(reversed(self._path))}
        self.ranked: tuple[RuleFacts, ...] = tuple(
            sorted(
                (rule for rule in rules if rule.group_id in distance),
                key=lambda rule: (
                    distance[rule.group_id],
                    _SEVERITY[rule.effect],
                    # From here on only the sentence is chosen. Among blocks the strict one speaks.
                    rule.exception_allowed,
                    _SPECIFICITY[rule.target],
                    rule.rule_id,
                ),
            )
        )
        self._rank: dict[tuple[Target, str], int] = {}
        for rank, rule in enumerate(self.ranked):
            self._rank.setdefault((rule.target, rule.target_key), rank)

    def ranks(self, target: Target) -> dict[str, int]:
        """Return, by target key, the rank of the best rule about each target of one kind."""
        return {key: rank for (kind, key), rank in self._rank.items() if kind is target}

    def judge(self, item: ItemFacts) -> Guidance:
        """Return what the winning rule says of an item."""
        candidates = [
            (Target.CATEGORY, ancestor)
            for code in item.category_path
            for ancestor in unspsc.lineage(code)
        ]
        if item.supplier_id is not None:
            candidates.append((Target.SUPPLIER, str(item.supplier_id)))
        if item.item_id is not None:
            candidates.append((Target.ITEM, str(item.item_id)))
        found = [rank for key in candidates if (rank := self._rank.get(key)) is not None]
        return self.guidance(min(found)) if found else UNGUIDED

    def guidance(self, rank: int | None) -> Guidance:
        """Return the guidance of the rule at a rank; None stands for "no rule"."""
        if rank is None:
            return UNGUIDED
        rule = self.ranked[rank]
        return Guidance(OUTCOME_OF[rule.effect], rule, _sentence(rule, self._path))


def judge(item: ItemFacts, rules: Sequence[RuleFacts], group_path: Sequence[UUID]) -> Guidance:
    """Return what the rules say of an item for the group at the end of ``group_path``."""
    return Ruleset(rules, group_path).judge(item)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that an order of several items has: the strictest; neutral for none."""
    return min(outcomes, key=_WORST_FIRST.index, default=Outcome.NEUTRAL)


def _sentence(rule: RuleFacts, path: Sequence[UUID]) -> str:
    reason = rule.reason.strip()
    if reason and reason[-1] not in ".!?":
        reason += "."
    until = f" until {rule.valid_to:%b} {rule.valid_to.day}" if rule.valid_to else ""
    says = f"{OUTCOME_OF[rule.effect].capitalize()} {_scope(rule, path)}{until}"
    return f"{reason} {says}{_way_out(rule)}".strip()


def _scope(rule: RuleFacts, path: Sequence[UUID]) -> str:
    if rule.group_id == path[0]:
        return f"for everyone by {rule.group_name}"
    if rule.group_id == path[-1]:
        return f"by {rule.group_name}"
    return f"by {rule.group_name} for all its groups"


def _way_out(rule: RuleFacts) -> str:
    if rule.effect is Effect.PREFER:
        return "."
    if rule.effect is Effect.RESTRICT:
        return ": it needs a reason and one more approval."
    if rule.exception_allowed:
        return "; you may ask for an exception and say why."
    return f". No exceptions: an administrator of {rule.group_name} can change the rule."
