"""Dead ends in what a document says, whoever sits in its seats (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from approvals.checking.findings import Finding, FindingCode, Severity
from approvals.checking.staffing import Place
from approvals.routing import Conditions, PolicyDocument, Rule, RuleKind, StageSpec, Tier
from approvals.routing.rules import ASKING
from approvals.routing.words import enumerated
from procurement.core.money import format_money

# Of these a subject has one at most; of the others (suppliers, categories …) it can have several.
_SINGLE = ("cost_centres", "guidance", "budget_states", "kinds")
_SEVERAL = ("categories", "suppliers", "payment_methods", "requester_roles")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Reader:
    """A document with what is needed to judge it."""

    document: PolicyDocument
    group_id: UUID
    places: Mapping[UUID, Place]

    def money(self, amount: Decimal) -> str:
        return format_money(amount, self.document.currency)

    def covers(self, wide: Conditions, narrow: Conditions) -> bool:
        """Tell whether whatever meets the narrow conditions surely meets the wide ones."""
        always = {"over", "up_to", "subject_kinds"}
        if not _contains(wide, narrow) or not wide.names <= narrow.names | always:
            return False
        for name in (*_SINGLE, *_SEVERAL):
            wanted = getattr(wide, name)
            if wanted and not set(getattr(narrow, name)) <= set(wanted):
                return False
        for name in ("is_first_order", "is_home_delivery"):
            if getattr(wide, name) not in (None, getattr(narrow, name)):
                return False
        return not wide.groups or all(
            not set(wide.groups).isdisjoint(self.path(one)) for one in narrow.groups
        )

    def path(self, group: UUID) -> tuple[UUID, ...]:
        place = self.places.get(group)
        return place.path if place else (group,)


def content_findings(
    document: PolicyDocument,
    group_id: UUID,
    places: Mapping[UUID, Place],
    refusals: Sequence[Rule] = (),
) -> Iterator[Finding]:
    """Yield gaps, overlaps and what is out of reach in a group's document.

    ``refusals`` are mandatory rules of groups above that let nothing through.
    """
    reader = _Reader(document, group_id, places)
    yield from _tiers(reader, "", document.tiers, _ZERO, None)
    yield from _additions(document)
    for index, rule in enumerate(document.rules):
        where = f"rules.{index}"
        yield from _never(reader, where, rule, refusals)
        if rule.kind is RuleKind.TIERS:
            lower = rule.when.over or _ZERO
            yield from _tiers(reader, f"{where}.", rule.tiers, lower, rule.when.up_to)
    yield from _pairs(reader)
    yield from _aggregations(document)


def _tiers(
    reader: _Reader, prefix: str, tiers: Sequence[Tier], lower: Decimal, upper: Decimal | None
) -> Iterator[Finding]:
    """Yield the amounts between two bounds that no tier covers, and tiers outside of them."""
    covered: Decimal | None = _ZERO
    for index, tier in enumerate(tiers):
        before = covered
        if covered is not None:
            covered = None if tier.up_to is None else max(covered, tier.up_to)
        ends_too_low = tier.up_to is not None and (
            tier.up_to <= lower or (before is not None and tier.up_to <= before)
        )
        if before is None or ends_too_low or (upper is not None and before >= upper):
            yield Finding(
                FindingCode.UNREACHABLE_TIER,
                Severity.WARNS,
                f"{prefix}tiers.{index}.up_to",
                f"No amount reaches tier {index + 1}: what it covers is covered already or lies "
                "outside the rule’s own amounts.",
                "Remove the tier, or change where it ends.",
            )
    if covered is not None and (upper is None or covered < upper):
        beyond = f" and up to {reader.money(upper)}" if upper is not None else ""
        yield Finding(
            FindingCode.GAP,
            Severity.BLOCKS,
            f"{prefix}tiers.{len(tiers) - 1}.up_to" if tiers else f"{prefix}tiers",
            f"No tier covers amounts over {reader.money(max(covered, lower))}{beyond}: such orders "
            "could not be submitted.",
            "Leave the last tier open-ended.",
        )


def _additions(document: PolicyDocument) -> Iterator[Finding]:
    for where, what in (("restricted", "a restricted line"), ("exception", "an exception")):
        if not getattr(document, where):
            yield Finding(
                FindingCode.GAP,
                Severity.BLOCKS,
                where,
                f"Nobody is asked about {what}: such orders could not be submitted.",
                "Name the seat that agrees to it.",
            )


def _never(reader: _Reader, where: str, rule: Rule, refusals: Sequence[Rule]) -> Iterator[Finding]:
    """Yield why a rule can never have its say."""

    def never(about: str, sentence: str, way_out: str, severity: Severity) -> Finding:
        place = f"{where}.when"
        return Finding(FindingCode.UNREACHABLE_RULE, severity, place, sentence, way_out, about)

    when, name = rule.when, f"The rule “{rule.name}”"
    if when.up_to is not None and (when.over or _ZERO) >= when.up_to:
        yield never(
            "amounts",
            f"{name} never holds: no amount is over {reader.money(when.over or _ZERO)} and at most "
            f"{reader.money(when.up_to)}.",
            "Correct its amounts, or remove it.",
            Severity.BLOCKS,
        )
    elsewhere = [one for one in when.groups if not _is_within(reader, one)]
    if elsewhere:
        named = enumerated(sorted(when.label(one) for one in elsewhere))
        is_all = len(elsewhere) == len(when.groups)
        yield never(
            "groups",
            f"{name} {'never holds' if is_all else 'holds in part only'}: {named} "
            f"{'is' if len(elsewhere) == 1 else 'are'} not below this policy’s group, or closed.",
            "Choose groups below this one.",
            Severity.BLOCKS if is_all else Severity.WARNS,
        )
    if rule.kind is RuleKind.REFUSE:
        return
    own = [one for one in reader.document.rules if one.kind is RuleKind.REFUSE]
    for refusing in (*own, *refusals):
        if reader.covers(refusing.when, when):
            yield never(
                f"refused:{refusing.code}",
                f"{name} never has its say: whatever it holds for is refused by the rule "
                f"“{refusing.name}”.",
                "Remove one of the two, or narrow the one that refuses.",
                Severity.BLOCKS,
            )


def _is_within(reader: _Reader, group: UUID) -> bool:
    """Tell whether orders that a policy governs can come from a group or below it."""
    place = reader.places.get(group)
    if place is None or not place.is_open:
        return False
    return reader.group_id in place.path or group in reader.path(reader.group_id)


def _pairs(reader: _Reader) -> Iterator[Finding]:
    rules = list(enumerate(reader.document.rules))
    with_tiers = [one for one in rules if one[1].kind is RuleKind.TIERS]
    for (_, first), (index, second) in combinations(with_tiers, 2):
        if len(first.when.names) != len(second.when.names):
            continue
        if not _can_meet(reader, first.when, second.when):
            continue
        is_plain = _share_values(first.when, second.when)
        winner = min(first, second, key=lambda one: one.code)
        lines = "" if is_plain else " with several lines"
        yield Finding(
            FindingCode.OVERLAP,
            Severity.BLOCKS if is_plain else Severity.WARNS,
            f"rules.{index}",
            f"The rules “{first.name}” and “{second.name}” can both hold for one order{lines}, and "
            f"neither is more specific: “{winner.name}” would count only for its code.",
            "Add a condition to the one that should count first, or make them exclude each other.",
            first.code,
        )
    asking = [one for one in rules if one[1].kind in ASKING]
    for (_, first), (index, second) in combinations(asking, 2):
        if first.kind is not second.kind or _seats(first.stages) != _seats(second.stages):
            continue
        if reader.covers(first.when, second.when) or reader.covers(second.when, first.when):
            yield Finding(
                FindingCode.DUPLICATE,
                Severity.WARNS,
                f"rules.{index}",
                f"The rules “{first.name}” and “{second.name}” ask the same seats, and one of them "
                "holds wherever the other does.",
                "Remove the narrower one.",
                first.code,
            )


def _aggregations(document: PolicyDocument) -> Iterator[Finding]:
    for index, one in enumerate(document.aggregations):
        earlier = document.aggregations[:index]
        if any((one.by, one.to) == (other.by, other.to) for other in earlier):
            yield Finding(
                FindingCode.OVERLAP,
                Severity.BLOCKS,
                f"aggregations.{index}",
                "The same orders are counted together twice.",
                "Keep the one with the longer window.",
            )


def _contains(wide: Conditions, narrow: Conditions) -> bool:
    """Tell whether the amounts of the narrow conditions lie within those of the wide ones."""
    above = (narrow.over or _ZERO) >= (wide.over or _ZERO)
    below = wide.up_to is None or (narrow.up_to is not None and narrow.up_to <= wide.up_to)
    return above and below


def _can_meet(reader: _Reader, one: Conditions, other: Conditions) -> bool:
    """Tell whether some subject can meet both."""
    lower = max(one.over or _ZERO, other.over or _ZERO)
    uppers = [bound for bound in (one.up_to, other.up_to) if bound is not None]
    if uppers and lower >= min(uppers):
        return False
    for name in _SINGLE:
        mine, theirs = set(getattr(one, name)), set(getattr(other, name))
        if mine and theirs and mine.isdisjoint(theirs):
            return False
    for name in ("is_first_order", "is_home_delivery"):
        if {getattr(one, name), getattr(other, name)} == {True, False}:
            return False
    return not (one.groups and other.groups) or any(
        mine in reader.path(theirs) or theirs in reader.path(mine)
        for mine in one.groups
        for theirs in other.groups
    )


def _share_values(one: Conditions, other: Conditions) -> bool:
    """Tell whether an order of a single line could meet both."""
    return all(
        not (mine := set(getattr(one, name)))
        or not (theirs := set(getattr(other, name)))
        or not mine.isdisjoint(theirs)
        for name in _SEVERAL
    )


def _seats(stages: Sequence[StageSpec]) -> tuple[StageSpec, ...]:
    return tuple(replace(stage, name="") for stage in stages)
