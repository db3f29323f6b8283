"""What keeps a policy document from being published (pure)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from approvals.routing.policy import PolicyDocument
from approvals.routing.rules import ASKING, Rule, RuleKind, Tier
from approvals.routing.specs import FOLLOWING, ApproverKind, ApproverSpec, Mode, StageSpec
from approvals.routing.tolerances import MOST_PERCENT, PERCENTS
from procurement.core.money import format_money, unit

LONGEST_WINDOW = 366  # days
_HUNDREDTH = Decimal("0.01")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """What keeps a document from being published, and where: ``tiers.1.up_to``."""

    where: str
    sentence: str


def check_document(document: PolicyDocument) -> tuple[PolicyProblem, ...]:
    """Return every reason not to publish a document: gaps, overlaps, stages without seats."""
    return (
        *_tier_problems("", document.tiers, document.currency),
        *_tiers_stage_problems("", document.tiers),
        *_addition_problems("restricted", document.restricted, "a restricted line"),
        *_addition_problems("exception", document.exception, "an exception for a blocked item"),
        *_stage_problems("over_budget", document.over_budget),
        *_rules_problems(document),
        *_aggregation_problems(document),
        *_tolerance_problems(document),
    )


def _tiers_stage_problems(prefix: str, tiers: Sequence[Tier]) -> Iterator[PolicyProblem]:
    for index, tier in enumerate(tiers):
        yield from _stage_problems(f"{prefix}tiers.{index}.stages", tier.stages)


def _tier_problems(prefix: str, tiers: Sequence[Tier], currency: str) -> Iterator[PolicyProblem]:
    if not tiers:
        sentence = "Add at least one tier: without one, no amount is covered."
        yield PolicyProblem(f"{prefix}tiers", sentence)
        return
    lower: Decimal | None = None
    for index, tier in enumerate(tiers):
        where = f"{prefix}tiers.{index}.up_to"
        if tier.up_to is None:
            if index < len(tiers) - 1:
                sentence = "Only the last tier is open-ended; the tiers after it are out of reach."
                yield PolicyProblem(where, sentence)
            continue
        if not tier.up_to.is_finite() or tier.up_to <= 0:
            yield PolicyProblem(where, "Enter an amount above zero.")
            continue
        if tier.up_to != tier.up_to.quantize(unit(currency)):
            yield PolicyProblem(where, f"Enter an amount that {currency} can express.")
        if lower is not None and tier.up_to <= lower:
            shown = format_money(lower, currency)
            yield PolicyProblem(where, f"Enter more than {shown}, where the tier before ends.")
        lower = tier.up_to if lower is None else max(lower, tier.up_to)
    last = tiers[-1].up_to
    if last is not None and last.is_finite():
        shown = format_money(last, currency)
        sentence = f"Nobody is asked above {shown}. Leave the last tier open-ended."
        yield PolicyProblem(f"{prefix}tiers.{len(tiers) - 1}.up_to", sentence)


def _addition_problems(
    where: str, stages: Sequence[StageSpec], what: str
) -> Iterator[PolicyProblem]:
    if not stages:
        yield PolicyProblem(where, f"Say who agrees to {what}: it always needs somebody.")
    yield from _stage_problems(where, stages)


def _stage_problems(where: str, stages: Sequence[StageSpec]) -> Iterator[PolicyProblem]:
    for index, stage in enumerate(stages):
        place = f"{where}.{index}"
        if not stage.name.strip():
            yield PolicyProblem(place, "Give the stage a name.")
        if not stage.approvers:
            yield PolicyProblem(place, "Name at least one seat: nobody could pass this stage.")
        seats = Counter((approver.kind, approver.value) for approver in stage.approvers)
        if any(count > 1 for count in seats.values()):
            yield PolicyProblem(place, "Name each seat once within a stage.")
        if any(not _is_complete(approver) for approver in stage.approvers):
            yield PolicyProblem(place, "Choose a position, role or person for each seat.")
        if stage.mode is Mode.AT_LEAST and not 1 <= stage.at_least <= len(stage.approvers):
            most = len(stage.approvers)
            yield PolicyProblem(place, f"Say how many have to agree: between 1 and {most}.")
        if stage.beside and not index:
            yield PolicyProblem(place, "The first stage has none before it to stand beside.")


def _is_complete(approver: ApproverSpec) -> bool:
    if approver.kind in FOLLOWING:
        return approver.value == ""
    if approver.kind is ApproverKind.PERSON:
        return _is_uuid(approver.value)
    return bool(approver.value.strip())


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _rules_problems(document: PolicyDocument) -> Iterator[PolicyProblem]:
    codes = Counter(rule.code for rule in document.rules)
    for index, rule in enumerate(document.rules):
        where = f"rules.{index}"
        if not rule.name.strip():
            yield PolicyProblem(f"{where}.name", "Give the rule a name.")
        if codes[rule.code] > 1 or not _CODE.fullmatch(rule.code):
            sentence = "Each rule needs a code of its own, in small letters, digits and hyphens."
            yield PolicyProblem(f"{where}.code", sentence)
        if not rule.when.names:
            sentence = "Say what the rule holds for: choose at least one condition."
            yield PolicyProblem(f"{where}.when", sentence)
        over, up_to = rule.when.over, rule.when.up_to
        if over is not None and up_to is not None and over >= up_to:
            shown = format_money(over, document.currency)
            yield PolicyProblem(f"{where}.when", f"Enter an upper amount of more than {shown}.")
        yield from _content_problems(where, rule, document.currency)


def _content_problems(where: str, rule: Rule, currency: str) -> Iterator[PolicyProblem]:
    """Yield what is wrong with what a rule asks."""
    if rule.kind in ASKING:
        if not rule.stages:
            yield PolicyProblem(f"{where}.stages", "Say who is asked: name at least one seat.")
        yield from _stage_problems(f"{where}.stages", rule.stages)
    elif rule.kind is RuleKind.TIERS:
        yield from _tier_problems(f"{where}.", rule.tiers, currency)
        yield from _tiers_stage_problems(f"{where}.", rule.tiers)
    elif not rule.refusal.strip():
        sentence = "Say in a sentence why it is refused, and what to do instead."
        yield PolicyProblem(f"{where}.refusal", sentence)


def _aggregation_problems(document: PolicyDocument) -> Iterator[PolicyProblem]:
    for index, one in enumerate(document.aggregations):
        where = f"aggregations.{index}"
        if not 1 <= one.days <= LONGEST_WINDOW:
            sentence = f"Enter a number of days between 1 and {LONGEST_WINDOW}."
            yield PolicyProblem(where, sentence)
        if any((one.by, one.to) == (other.by, other.to) for other in document.aggregations[:index]):
            yield PolicyProblem(where, "The same orders are counted together above already.")


def _tolerance_problems(document: PolicyDocument) -> Iterator[PolicyProblem]:
    for name in PERCENTS:
        value: Decimal = getattr(document.tolerances, name)
        if not value.is_finite() or not 0 <= value <= MOST_PERCENT:
            sentence = f"Enter a percentage between 0 and {MOST_PERCENT}."
            yield PolicyProblem(f"tolerances.{name}", sentence)
        elif value != value.quantize(_HUNDREDTH):
            sentence = "Enter a percentage with two decimals at most, such as 2.5."
            yield PolicyProblem(f"tolerances.{name}", sentence)
