"""Every stage of a document with what it is asked for: amounts, groups, categories (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from approvals.checking.staffing import Place, Reach
from approvals.routing import Part, PolicyDocument, Rule, StageSpec, Tier
from approvals.routing.phrases import noun_of
from approvals.routing.policy import band
from approvals.routing.words import uncapitalized

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A stage, its place in the document, and which orders pass it (in words, and as bounds).

    ``lower`` is excluded, ``upper`` included and None without an end; in the document's currency.
    """

    where: str
    stage: StageSpec
    orders: str
    lower: Decimal = _ZERO
    upper: Decimal | None = None
    is_mandatory: bool = False
    groups: tuple[UUID, ...] = ()
    categories: tuple[str, ...] = ()

    def places(self, reach: Reach) -> Iterator[Place]:
        """Yield the groups whose orders may have to pass it."""
        everywhere = (*reach.own, *reach.below) if self.is_mandatory else reach.own
        for place in everywhere:
            if not self.groups or not set(self.groups).isdisjoint(place.path):
                yield place


def asked_of(document: PolicyDocument) -> Iterator[Asked]:
    """Yield every stage that some order could come to."""
    is_mandatory = Part.TIERS in document.mandatory
    for one in _of_tiers("", document.tiers, document.currency):
        yield Asked(*one, is_mandatory)
    for part, orders in (
        (Part.RESTRICTED, "orders with a restricted line"),
        (Part.EXCEPTION, "orders with an exception for a blocked item"),
        (Part.OVER_BUDGET, "orders beyond a soft budget"),
    ):
        for index, stage in enumerate(getattr(document, part.value)):
            where = f"{part.value}.{index}"
            yield Asked(where, stage, orders, is_mandatory=part in document.mandatory)
    for number, rule in enumerate(document.rules):
        yield from _of_rule(f"rules.{number}.", rule, document.currency)


def _of_rule(prefix: str, rule: Rule, currency: str) -> Iterator[Asked]:
    lower, upper = rule.when.over or _ZERO, rule.when.up_to
    if upper is not None and lower >= upper:
        return
    holds = (rule.is_mandatory, rule.when.groups, rule.when.categories)
    noun = uncapitalized(noun_of(rule.when))
    under = f"under the rule “{rule.name}”"
    for index, stage in enumerate(rule.stages):
        where = f"{prefix}stages.{index}"
        yield Asked(where, stage, f"{noun} {under}", lower, upper, *holds)
    for where, stage, orders, start, end in _of_tiers(prefix, rule.tiers, currency, noun):
        starts = max(start, lower)
        ends = upper if end is None else end if upper is None else min(end, upper)
        if ends is None or starts < ends:
            yield Asked(where, stage, f"{orders} {under}", starts, ends, *holds)


def _of_tiers(
    prefix: str, tiers: tuple[Tier, ...], currency: str, noun: str = "orders"
) -> Iterator[tuple[str, StageSpec, str, Decimal, Decimal | None]]:
    lower: Decimal | None = _ZERO
    for index, tier in enumerate(tiers):
        if lower is None:
            return
        for number, stage in enumerate(tier.stages):
            where = f"{prefix}tiers.{index}.stages.{number}"
            yield where, stage, f"{noun} {band(tiers, index, currency)}", lower, tier.up_to
        lower = tier.up_to
