"""The content of a policy version: amount bands with their stages, rules, what is mandatory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from approvals.routing.holding import RuleIndex
from approvals.routing.rules import Aggregation, Rule, Tier
from approvals.routing.specs import StageSpec
from approvals.routing.tolerances import USUAL, Tolerances
from approvals.routing.usual import OVER_BUDGET
from procurement.core.money import format_money

SCHEMA = 2
_READABLE = (1, SCHEMA)


class DocumentError(ValueError):
    """A stored policy document cannot be read; nothing may be routed on it."""


class Part(StrEnum):
    """What an ancestor can make mandatory as a whole; rules are so one by one."""

    TIERS = "tiers"
    RESTRICTED = "restricted"
    EXCEPTION = "exception"
    OVER_BUDGET = "over_budget"
    AGGREGATIONS = "aggregations"
    TOLERANCES = "tolerances"


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """What a policy version says. Amounts are in ``currency``; tiers stand in rising order.

    ``restricted`` and ``exception`` are the stages that come first when a line is restricted, or
    when a blocked item is asked for as an exception; ``over_budget`` those for an order beyond a
    soft budget, where they are not the usual ones. ``tolerances`` say which changes let an
    approval stand. What is ``mandatory``, and each rule that is, holds below the group whatever a
    policy there says: it can add, never weaken.
    """

    currency: str
    tiers: tuple[Tier, ...]
    restricted: tuple[StageSpec, ...]
    exception: tuple[StageSpec, ...]
    rules: tuple[Rule, ...] = ()
    aggregations: tuple[Aggregation, ...] = ()
    mandatory: frozenset[Part] = frozenset()
    tolerances: Tolerances = USUAL
    over_budget: tuple[StageSpec, ...] = ()
    _index: RuleIndex | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def index(self) -> RuleIndex:
        """Return the rules by what they hold for; sorted out once, when they are first asked."""
        if self._index is None:
            object.__setattr__(self, "_index", RuleIndex.of(self.rules))
        assert self._index is not None
        return self._index

    @property
    def binds_below(self) -> bool:
        """Tell whether anything of it holds for groups below with policies of their own."""
        return bool(self.mandatory) or self.index.has_mandatory

    @property
    def beyond_budget(self) -> tuple[StageSpec, ...]:
        """Return who agrees to an order beyond a soft budget: as it says, or as is usual."""
        return self.over_budget or OVER_BUDGET

    def placed_stages(self) -> Iterator[tuple[str, StageSpec]]:
        """Yield every stage with its place: ``tiers.1.stages.0``, ``rules.2.tiers.0.stages.1``."""
        yield from _in_tiers("", self.tiers)
        for part in (Part.RESTRICTED, Part.EXCEPTION, Part.OVER_BUDGET):
            for index, stage in enumerate(getattr(self, part.value)):
                yield f"{part.value}.{index}", stage
        for number, rule in enumerate(self.rules):
            for index, stage in enumerate(rule.stages):
                yield f"rules.{number}.stages.{index}", stage
            yield from _in_tiers(f"rules.{number}.", rule.tiers)

    def stages(self) -> Iterator[StageSpec]:
        """Yield every stage, wherever it stands."""
        for _, stage in self.placed_stages():
            yield stage

    def tier_for(self, amount: Decimal) -> int | None:
        """Return the index of the first tier that covers an amount, None where none does."""
        return tier_for(self.tiers, amount)

    def band(self, index: int) -> str:
        """Return a tier's band in words: ``over $100.00 and up to $1,000.00``."""
        return band(self.tiers, index, self.currency)

    def heading(self, index: int) -> str:
        """Return a tier's band as it stands below the one before: ``Then up to $1,000.00``."""
        return heading(self.tiers, index, self.currency)

    def to_json(self) -> dict[str, Any]:
        """Return the document as a JSON object; `from_json` reads it back equal.

        The usual tolerances are not written, nor is who usually agrees beyond a soft budget:
        documents from before there were any stay as they are.
        """
        told: dict[str, Any] = {}
        if self.tolerances != USUAL:
            told["tolerances"] = self.tolerances.to_json()
        if self.over_budget:
            told["over_budget"] = [stage.to_json() for stage in self.over_budget]
        return {
            **told,
            "aggregations": [one.to_json() for one in self.aggregations],
            "currency": self.currency,
            "exception": [stage.to_json() for stage in self.exception],
            "mandatory": sorted(part.value for part in self.mandatory),
            "restricted": [stage.to_json() for stage in self.restricted],
            "rules": [rule.to_json() for rule in self.rules],
            "schema": SCHEMA,
            "tiers": [tier.to_json() for tier in self.tiers],
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "PolicyDocument":
        """Read what `to_json` wrote, of this schema or the first, which knew tiers alone.

        Raises `DocumentError` on anything it does not know.
        """
        try:
            if stored["schema"] not in _READABLE:
                raise DocumentError(f"Policy document of unknown schema {stored['schema']!r}.")
            if stored["schema"] == 1:
                stored = {**stored, "rules": [], "aggregations": [], "mandatory": []}
            return cls(
                currency=stored["currency"],
                tiers=tuple(Tier.from_json(tier) for tier in stored["tiers"]),
                restricted=tuple(StageSpec.from_json(stage) for stage in stored["restricted"]),
                exception=tuple(StageSpec.from_json(stage) for stage in stored["exception"]),
                rules=tuple(Rule.from_json(rule) for rule in stored["rules"]),
                aggregations=tuple(Aggregation.from_json(one) for one in stored["aggregations"]),
                mandatory=frozenset(Part(part) for part in stored["mandatory"]),
                tolerances=(
                    Tolerances.from_json(stored["tolerances"]) if "tolerances" in stored else USUAL
                ),
                over_budget=tuple(
                    StageSpec.from_json(stage) for stage in stored.get("over_budget", ())
                ),
            )
        except (KeyError, TypeError, InvalidOperation, ValueError, AttributeError) as error:
            raise DocumentError(f"Policy document cannot be read: {error}") from error


def tier_for(tiers: tuple[Tier, ...], amount: Decimal) -> int | None:
    """Return the index of the first tier that covers an amount, None where none does."""
    for index, tier in enumerate(tiers):
        if tier.up_to is None or amount <= tier.up_to:
            return index
    return None


def band(tiers: tuple[Tier, ...], index: int, currency: str) -> str:
    """Return a tier's band in words: ``over $100.00 and up to $1,000.00``."""
    upper = tiers[index].up_to
    lower = tiers[index - 1].up_to if index else None
    words = []
    if lower is not None:
        words.append(f"over {format_money(lower, currency)}")
    if upper is not None:
        words.append(f"up to {format_money(upper, currency)}")
    return " and ".join(words) or "of any amount"


def heading(tiers: tuple[Tier, ...], index: int, currency: str) -> str:
    """Return a tier's band as it stands below the one before: ``Then up to $1,000.00``."""
    upper = tiers[index].up_to
    if upper is not None:
        return f"{'Then up' if index else 'Up'} to {format_money(upper, currency)}"
    lower = tiers[index - 1].up_to if index else None
    return "Any amount" if lower is None else f"Above {format_money(lower, currency)}"


def _in_tiers(prefix: str, tiers: tuple[Tier, ...]) -> Iterator[tuple[str, StageSpec]]:
    for index, tier in enumerate(tiers):
        for number, stage in enumerate(tier.stages):
            yield f"{prefix}tiers.{index}.stages.{number}", stage
