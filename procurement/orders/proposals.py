"""What exceptions and restricted orders have in common, and the rule that would spare them (pure).

Where the same deviation has been agreed to each time, the question no longer decides anything. A
blocked target is then proposed as preferred for the groups that ask for it; a restriction that is
wanted stays, and fewer people are asked about it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median
from uuid import UUID

from approvals.routing import Conditions, InForce, PolicyDocument, Rule, RuleKind, Tier
from approvals.routing.specs import in_words
from catalogs.guidance import Effect, Guidance, ItemFacts, Outcome, RuleFacts, Ruleset, Target
from procurement.core.money import format_money

FEWEST = 3
_LONGEST_NAME = 120
_HYPOTHETICAL = UUID(int=0)


class Fate(StrEnum):
    """What became of an order that deviates from guided buying."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    PENDING = "PENDING"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, slots=True)
class Subject:
    """What deviations are grouped by: an item, a supplier or a category (by its code)."""

    target: Target
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """One line that guided buying blocked or restricted, on an order that was submitted.

    ``amount`` is the line's, ``total`` the order's, in the order's currency; ``took`` is the time
    from asking to the last word, None while it is open.
    """

    order_id: UUID
    order_number: str
    group_path: tuple[UUID, ...]
    outcome: Outcome
    fate: Fate
    subjects: tuple[Subject, ...]
    facts: ItemFacts
    amount: Decimal
    total: Decimal
    currency: str
    deciders: tuple[str, ...]
    took: timedelta | None


@dataclass(frozen=True, slots=True)
class DeviationGroup:
    """All deviations of one kind about one subject, with the nearest group above all of them."""

    outcome: Outcome
    subject: Subject
    group_path: tuple[UUID, ...]
    lines: tuple[Deviation, ...]

    @property
    def group_id(self) -> UUID:
        """Return the nearest group that all the orders have in common."""
        return self.group_path[-1]

    @property
    def orders(self) -> int:
        """Return how many orders there are."""
        return len({line.order_id for line in self.lines})

    def count(self, fate: Fate) -> int:
        """Return how many orders ended in a way."""
        return len({line.order_id for line in self.lines if line.fate is fate})

    @property
    def approved(self) -> int:
        """Return how many orders were agreed to."""
        return self.count(Fate.APPROVED)

    @property
    def rejected(self) -> int:
        """Return how many orders were rejected."""
        return self.count(Fate.REJECTED)

    @property
    def pending(self) -> int:
        """Return how many orders wait for a decision."""
        return self.count(Fate.PENDING)

    @property
    def undecided(self) -> int:
        """Return how many orders nobody decided in time."""
        return self.count(Fate.UNDECIDED)

    @property
    def amount(self) -> Decimal:
        """Return what the lines come to."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def currency(self) -> str:
        """Return the currency of the amounts."""
        return self.lines[0].currency

    @property
    def deciders(self) -> tuple[str, ...]:
        """Return who decided, by name."""
        return tuple(sorted({name for line in self.lines for name in line.deciders}))

    @property
    def median_hours(self) -> Decimal | None:
        """Return the median time to a decision in hours, with one decimal; None before any."""
        took = {line.order_id: line.took for line in self.lines if line.took is not None}
        if not took:
            return None
        seconds = median(one.total_seconds() for one in took.values())
        return (Decimal(round(seconds)) / 3600).quantize(Decimal("0.1"))

    @property
    def is_settled(self) -> bool:
        """Tell whether there were enough, and each was agreed to."""
        return self.orders >= FEWEST and self.approved == self.orders

    @property
    def sentence(self) -> str:
        """Return what happened: ``42 exceptions for this item, all approved.``."""
        one, many = (
            ("exception", "exceptions")
            if self.outcome is Outcome.BLOCKED
            else ("restricted order", "restricted orders")
        )
        preposition = {Target.ITEM: "for", Target.SUPPLIER: "to", Target.CATEGORY: "in"}
        target = self.subject.target
        counted = f"{self.orders} {one if self.orders == 1 else many}"
        said = f"{counted} {preposition[target]} this {target.value.lower()}"
        if self.approved == self.orders:
            return f"{said}, {'approved' if self.orders == 1 else 'all approved'}."
        parts = [
            f"{number} {word}"
            for number, word in (
                (self.approved, "approved"),
                (self.rejected, "rejected"),
                (self.pending, "waiting"),
                (self.undecided, "not decided in time"),
            )
            if number
        ]
        return f"{said}: {', '.join(parts)}."


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule that would spare the question.

    Either ``effect`` is set, for a buying rule about the group's subject on ``group_id``; or
    ``rule`` is, for the next version of ``policy``.
    """

    of: DeviationGroup
    group_id: UUID
    group_name: str
    sentence: str
    effect: Effect | None = None
    rule: Rule | None = None
    policy: InForce | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What proposals stand on: names of groups, buying rules and policies in force."""

    group_names: Mapping[UUID, str]
    rules: Sequence[RuleFacts]
    policies: Sequence[InForce]


def grouped(deviations: Iterable[Deviation], by: Target) -> list[DeviationGroup]:
    """Return deviations by what they are about, those with the most orders first."""
    found: dict[tuple[Outcome, str], list[Deviation]] = {}
    subjects: dict[str, Subject] = {}
    for line in deviations:
        for subject in line.subjects:
            if subject.target is by:
                subjects[subject.key] = subject
                found.setdefault((line.outcome, subject.key), []).append(line)
    groups = [
        DeviationGroup(outcome, subjects[key], _common(lines), tuple(lines))
        for (outcome, key), lines in found.items()
    ]
    return sorted(groups, key=_most_first)


def _most_first(group: DeviationGroup) -> tuple[int, str, str, str]:
    return -group.orders, group.subject.label, group.outcome, group.subject.key


def propose(group: DeviationGroup, ground: Ground) -> Proposal | None:
    """Return the rule that would spare a group's question; None where none would, or not yet."""
    if not group.is_settled:
        return None
    if group.outcome is Outcome.RESTRICTED and group.subject.target is not Target.ITEM:
        return _with_fewer(group, ground)
    return _preferred(group, ground)


def proposed_document(document: PolicyDocument, proposal: Proposal) -> PolicyDocument:
    """Return a policy document with a proposal's rule in it, in place of one of the same code.

    A proposal of a buying rule changes no policy, so the document stays as it is.
    """
    if proposal.rule is None:
        return document
    kept = tuple(rule for rule in document.rules if rule.code != proposal.rule.code)
    return replace(document, rules=(*kept, proposal.rule))


def _common(lines: Sequence[Deviation]) -> tuple[UUID, ...]:
    path = lines[0].group_path
    for line in lines:
        shared = zip(path, line.group_path, strict=False)
        path = tuple(one for one, other in shared if one == other)
    return path


def _preferred(group: DeviationGroup, ground: Ground) -> Proposal | None:
    """Propose to prefer the subject, where that would win over what stands in its way."""
    subject = group.subject
    name = ground.group_names[group.group_id]
    new = RuleFacts(
        rule_id=_HYPOTHETICAL,
        group_id=group.group_id,
        group_name=name,
        effect=Effect.PREFER,
        target=subject.target,
        target_key=subject.key,
        reason="",
        exception_allowed=False,
    )
    others = [rule for rule in ground.rules if not _says_the_same(rule, new)]
    if not all(_is_asked(line, ground.rules) for line in group.lines):
        return None
    if any(_is_asked(line, [*others, new]) for line in group.lines):
        return None
    return Proposal(
        of=group,
        group_id=group.group_id,
        group_name=name,
        sentence=(
            f"Prefer {subject.label} for {name} and every group below it, so that nobody has to "
            "ask for it any more."
        ),
        effect=Effect.PREFER,
    )


def _says_the_same(rule: RuleFacts, new: RuleFacts) -> bool:
    return (rule.group_id, rule.target, rule.target_key) == (
        new.group_id,
        new.target,
        new.target_key,
    )


def _is_asked(line: Deviation, rules: Sequence[RuleFacts]) -> bool:
    guidance: Guidance = Ruleset(rules, line.group_path).judge(line.facts)
    return guidance.needs_justification


def _with_fewer(group: DeviationGroup, ground: Ground) -> Proposal | None:
    """Propose that up to the largest amount agreed to, the tiers ask nobody besides."""
    by_group = {policy.group_id: policy for policy in ground.policies}
    policy = next((by_group[one] for one in reversed(group.group_path) if one in by_group), None)
    largest = max(line.total for line in group.lines)
    if policy is None or policy.document.currency != group.currency:
        return None
    document = policy.document
    at = document.tier_for(largest)
    # Where the tiers ask nobody at these amounts, there is nothing to spare.
    if at is None or not document.restricted or not document.tiers[at].stages:
        return None
    higher = tuple(tier for tier in document.tiers if tier.up_to is None or tier.up_to > largest)
    name = ground.group_names[group.group_id]
    rule = _rule(group, name, (Tier(largest, ()), *higher))
    # Of several tiers that a document knows, one counts alone: no proposal takes another's place.
    if any(one.kind is RuleKind.TIERS for one in document.rules):
        return None
    return Proposal(
        of=group,
        group_id=group.group_id,
        group_name=name,
        sentence=(
            f"Restricted orders {_PLACE[group.subject.target]} {group.subject.label} for {name} of "
            f"up to {format_money(largest, group.currency)} go to {in_words(document.restricted)} "
            f"alone, instead of on to {in_words(document.tiers[at].stages)}."
        ),
        rule=rule,
        policy=policy,
    )


_PLACE = {Target.ITEM: "of", Target.SUPPLIER: "to", Target.CATEGORY: "in"}


def _code(group: DeviationGroup) -> str:
    """Return the code of the rule about a subject and a group, the same each time."""
    about = f"{group.subject.target}:{group.subject.key}:{group.group_id}"
    return f"restricted-{hashlib.sha256(about.encode()).hexdigest()[:16]}"


def _rule(group: DeviationGroup, name: str, tiers: tuple[Tier, ...]) -> Rule:
    subject, group_id = group.subject, group.group_id
    is_category = subject.target is Target.CATEGORY
    return Rule(
        code=_code(group),
        name=f"Restricted orders {_PLACE[subject.target]} {subject.label}"[:_LONGEST_NAME],
        kind=RuleKind.TIERS,
        when=Conditions(
            categories=(subject.key,) if is_category else (),
            suppliers=() if is_category else (UUID(subject.key),),
            groups=(group_id,),
            guidance=(Outcome.RESTRICTED.value,),
            labels=tuple(sorted([(subject.key, subject.label), (str(group_id), name)])),
        ),
        tiers=tiers,
    )
