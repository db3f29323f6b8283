"""Which of a policy's rules hold for a subject, found without trying each (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from approvals.routing.facts import Facts
from approvals.routing.rules import Rule

# Conditions that name values, one of which has to be among a subject's.
_NAMING = (
    "categories",
    "suppliers",
    "groups",
    "payment_methods",
    "cost_centres",
    "requester_roles",
    "guidance",
    "budget_states",
    "subject_kinds",
)
_Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """A document's rules by what they hold for.

    Each rule stands under the values of one of its conditions, the one that fewest other rules
    share; those that name no values stand apart and are always tried. ``rules`` are in the order of
    their codes, whatever order they are stored in.
    """

    rules: tuple[Rule, ...]
    under: dict[_Key, tuple[int, ...]]
    apart: tuple[int, ...]
    has_mandatory: bool

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Self:
        """Sort rules into an index."""
        ordered = tuple(sorted(rules, key=lambda rule: rule.code))
        shared = Counter(key for rule in ordered for keys in _named(rule) for key in keys)
        under: defaultdict[_Key, list[int]] = defaultdict(list)
        apart: list[int] = []
        for place, rule in enumerate(ordered):
            named = list(_named(rule))
            if not named:
                apart.append(place)
                continue
            for key in min(named, key=lambda keys: sum(shared[key] for key in keys)):
                under[key].append(place)
        return cls(
            rules=ordered,
            under={key: tuple(places) for key, places in under.items()},
            apart=tuple(apart),
            has_mandatory=any(rule.is_mandatory for rule in ordered),
        )

    def holding(self, facts: Facts, amount: Decimal) -> Iterator[Rule]:
        """Yield the rules that hold, by their codes. ``amount`` is what counts towards tiers."""
        places = set(self.apart)
        if self.under:
            for key in _values(facts):
                places.update(self.under.get(key, ()))
        for place in sorted(places):
            rule = self.rules[place]
            if rule.when.are_met(facts, amount):
                yield rule


def _named(rule: Rule) -> Iterator[list[_Key]]:
    """Yield the values of each condition that names some; the same value once."""
    for name in _NAMING:
        values: Sequence[object] = getattr(rule.when, name)
        if values:
            yield [(name, value) for value in dict.fromkeys(values)]


def _values(facts: Facts) -> Iterator[_Key]:
    """Yield each value of a subject, under the condition that asks for it."""
    for code in facts.all_categories:
        yield "categories", code
    for supplier in facts.supplier_ids:
        yield "suppliers", supplier
    for group in facts.group_path:
        yield "groups", group
    for method in facts.payment_method_ids:
        yield "payment_methods", method
    for role in facts.requester_roles:
        yield "requester_roles", role
    yield "cost_centres", facts.cost_centre
    yield "guidance", facts.guidance
    yield "budget_states", facts.budget_state
    yield "subject_kinds", facts.subject_kind
