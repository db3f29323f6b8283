"""From a subject's facts and the policies above its group to the stages that it has to pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from approvals.routing.counting import Counted, count
from approvals.routing.facts import Facts, Flag
from approvals.routing.policy import Part, PolicyDocument, band, tier_for
from approvals.routing.rules import ASKING, Aggregation, Rule, RuleKind, Tier
from approvals.routing.specs import StageSpec, in_words
from approvals.routing.tolerances import Tolerances, strictest
from approvals.routing.usual import ORDERS, USUAL_PART, WAYS, one_of, several_of

_BLOCKED = "BLOCKED"

NO_POLICY = (
    "No approval policy is in force for this group or any group above it, so nobody could agree. "
    "Ask an administrator to publish one under Policies."
)


@dataclass(frozen=True, slots=True)
class InForce:
    """A published policy version that is in force on a group."""

    version_id: UUID
    group_id: UUID
    group_name: str
    document: PolicyDocument
    policy_name: str
    number: int

    @property
    def source(self) -> str:
        """Return what it is called: ``policy “Facilities”, version 7``. One tried has no number."""
        if not self.number:
            return f"what is tried, “{self.policy_name}”"
        return f"policy “{self.policy_name}”, version {self.number}"


@dataclass(frozen=True, slots=True)
class Source:
    """What asked for a stage: a part of a version, such as ``tiers.1`` or ``rules.bulk-ppe``.

    A ``usual`` one follows from no part: who agrees to such a thing where no rule has tiers for it.
    ``is_from_above`` holds for what an ancestor has made mandatory for a group that has a policy of
    its own.
    """

    version_id: UUID
    part: str
    is_from_above: bool = False


@dataclass(frozen=True, slots=True)
class RoutedStage:
    """A stage to pass, with the sentence that says what asked for it.

    Stages of one ``wave`` open together; waves follow each other from 1.
    """

    spec: StageSpec
    because: str
    wave: int = 1
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Where a subject has to go. ``refusal`` is empty unless policy gives no answer at all.

    ``counted`` says which amount the tiers were asked about, and which orders count with it;
    ``rules`` are the codes of the policy's own rules that hold; ``above`` are the policies of
    groups above whose mandatory parts were heard, too.
    """

    policy: InForce | None
    tier: int | None
    stages: tuple[RoutedStage, ...]
    sentences: tuple[str, ...]
    refusal: str = ""
    counted: Counted | None = None
    rules: tuple[str, ...] = ()
    above: tuple[InForce, ...] = ()

    @property
    def is_routable(self) -> bool:
        """Tell whether policy answers; what it does not answer is refused, never let through."""
        return not self.refusal

    @property
    def is_automatic(self) -> bool:
        """Tell whether policy asks nobody."""
        return self.is_routable and not self.stages


def route(facts: Facts, policies: Sequence[InForce]) -> Route:
    """Return the stages that the nearest group's policy in force asks for, and what is mandatory.

    ``policies`` are those in force on the group's ancestors, in any order; others are ignored. What
    an ancestor of the nearest one has made mandatory comes first, from the root downwards; a stage
    that is asked for already is not asked for twice.

    Tiers, additions and what counts together are about orders. Of what is no order, those rules
    decide that name its kind; where none has tiers for it, who usually agrees to it does.
    """
    own, *above = _upwards(facts.group_path, policies) or (None,)
    if own is None:
        return _refused(None, NO_POLICY)
    binding = [policy for policy in reversed(above) if policy.document.binds_below]
    for policy in (own, *binding):
        refusal = _in_other_currency(facts, policy)
        if not refusal and policy is own:
            refusal = _unanswerable(facts, policy)
        if refusal:
            return _refused(own, refusal, tuple(binding))
    counted = count(facts, aggregations_heard(own, binding))
    found: list[_Asked] = []
    for policy in binding:
        answer = _ask(facts, policy, counted, is_own=False)
        if answer.refusal:
            return _refused(own, answer.refusal, tuple(binding))
        found.append(answer)
    answer = _ask(facts, own, counted, is_own=True)
    if answer.refusal:
        return _refused(own, answer.refusal, tuple(binding))
    stages = _merged([*found, answer])
    part = f"{answer.part_title} of" if answer.part_title else "As is usual, under"
    source = f"{part} {own.source}, set by {own.group_name}."
    because = [stage.because for stage in stages]
    said = dict.fromkeys([*because, *counted.sentences, *answer.sentences, source])
    return Route(
        policy=own,
        tier=answer.tier,
        stages=stages,
        sentences=tuple(said),
        counted=counted,
        rules=answer.rules,
        above=tuple(binding),
    )


def aggregations_heard(own: InForce, binding: Sequence[InForce]) -> list[Aggregation]:
    """Return which earlier orders count for a policy: as it says, and as is mandatory above it."""
    mandatory = [
        one
        for policy in binding
        if Part.AGGREGATIONS in policy.document.mandatory
        for one in policy.document.aggregations
    ]
    return sorted({*own.document.aggregations, *mandatory})


def tolerances_heard(own: InForce, binding: Sequence[InForce]) -> Tolerances:
    """Return which changes let an approval stand: what the policy and all mandatory above allow."""
    mandatory = (one.document for one in binding if Part.TOLERANCES in one.document.mandatory)
    return strictest([own.document.tolerances, *(document.tolerances for document in mandatory)])


_FIX = "Ask an administrator to publish a version that does."


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one policy asks, before it is put together with others."""

    stages: tuple[RoutedStage, ...] = ()
    sentences: tuple[str, ...] = ()
    tier: int | None = None
    part_title: str = ""
    rules: tuple[str, ...] = ()
    refusal: str = ""


def _upwards(path: Sequence[UUID], policies: Sequence[InForce]) -> list[InForce]:
    """Return the policies on a path, the nearest first."""
    by_group = {policy.group_id: policy for policy in policies}
    return [by_group[group] for group in reversed(path) if group in by_group]


def _refused(policy: InForce | None, sentence: str, above: tuple[InForce, ...] = ()) -> Route:
    return Route(policy, None, (), (sentence,), refusal=sentence, above=above)


def _in_other_currency(facts: Facts, policy: InForce) -> str:
    if facts.currency == policy.document.currency:
        return ""
    return (
        f"The {policy.source} speaks of {policy.document.currency}, "
        f"this amount is in {facts.currency}. {_FIX}"
    )


def _unanswerable(facts: Facts, policy: InForce) -> str:
    """Return why a group's own policy has no answer to these facts, or nothing."""
    document = policy.document
    unknown = sorted(facts.flags - set(Flag))
    if unknown:
        return f"The {policy.source} has no answer to {', '.join(unknown)}. {_FIX}"
    if facts.guidance == _BLOCKED and Flag.BLOCKED_EXCEPTION not in facts.flags:
        return (
            "A line is blocked by a buying rule. Remove it, or ask for an exception where the "
            "rule allows one."
        )
    if Flag.BLOCKED_EXCEPTION in facts.flags and not document.exception:
        return f"The {policy.source} does not say who agrees to an exception. {_FIX}"
    if Flag.RESTRICTED in facts.flags and not document.restricted:
        return f"The {policy.source} does not say who agrees to a restriction. {_FIX}"
    return ""


def _ask(facts: Facts, policy: InForce, counted: Counted, *, is_own: bool) -> _Asked:
    """Return what a policy asks of a subject; of an ancestor's, what is mandatory."""
    document = policy.document
    holding = document.index.holding(facts, counted.amount)
    rules = [rule for rule in holding if is_own or rule.is_mandatory]
    refusing = next((rule for rule in rules if rule.kind is RuleKind.REFUSE), None)
    if refusing is not None:
        return _Asked(refusal=f"{refusing.refusal} {_origin(refusing, policy)}")
    tiers, prefix, title = _tiers(facts, document, rules, is_own=is_own)
    tier = tier_for(tiers, counted.amount)
    middle = _usual(facts) if is_own and not tiers else []
    # Of an ancestor that makes no tiers mandatory there are none to look in; a group's own that has
    # none covers nothing, unless somebody usually agrees.
    if tier is None and (tiers or is_own) and not middle:
        return _Asked(refusal=f"No tier of {policy.source} covers this amount. {_FIX}")
    in_tier = ""
    if tier is not None:
        noun = several_of(facts.subject_kind)
        in_tier = _tier_sentence(tiers, tier, noun, document.currency)
        middle = [(spec, in_tier, f"{prefix}tiers.{tier}") for spec in tiers[tier].stages]
    first = [
        *_additions(facts, document, is_own=is_own),
        *_of_rules(rules, RuleKind.ASK_BEFORE, policy),
    ]
    beside = list(_of_rules(rules, RuleKind.ASK_BESIDE, policy))
    last = list(_of_rules(rules, RuleKind.ASK_AFTER, policy))
    placed: list[tuple[int, StageSpec, str, str]] = []
    wave = _in_waves(placed, first, 0)
    end = max(_in_waves(placed, middle, wave), _in_waves(placed, beside, wave))
    _in_waves(placed, last, end)
    return _Asked(
        stages=tuple(
            RoutedStage(
                spec,
                because if is_own else f"{because} {policy.group_name} makes this mandatory.",
                wave,
                Source(policy.version_id, part, is_from_above=not is_own),
            )
            for wave, spec, because, part in sorted(placed, key=lambda one: one[0])
        ),
        sentences=(in_tier,) if in_tier else (),
        tier=tier,
        part_title=f"Tier {tier + 1}{title}" if tier is not None else title,
        rules=tuple(rule.code for rule in rules),
    )


def _tiers(
    facts: Facts, document: PolicyDocument, rules: Sequence[Rule], *, is_own: bool
) -> tuple[tuple[Tier, ...], str, str]:
    """Return the tiers that count, the place of what they stand in, and its name in words."""
    with_own = [rule for rule in rules if rule.kind is RuleKind.TIERS]
    if with_own:
        rule = min(with_own, key=lambda one: (-len(one.when.names), one.code))
        return rule.tiers, f"rules.{rule.code}.", f" of the rule “{rule.name}”"
    if _is_order(facts) and (is_own or Part.TIERS in document.mandatory):
        return document.tiers, "", ""
    return (), "", ""


def _is_order(facts: Facts) -> bool:
    return facts.subject_kind in ORDERS


_Placed = tuple[StageSpec, str, str]


def _usual(facts: Facts) -> list[_Placed]:
    """Return who agrees to what is no order, where no rule has tiers for it; nobody to an order."""
    way = WAYS.get(facts.subject_kind, ())
    one = one_of(facts.subject_kind)
    said = f"{one[:1].upper()}{one[1:]}"
    return [(spec, f"{said} goes to {spec.phrase}.", USUAL_PART) for spec in way]


def _additions(facts: Facts, document: PolicyDocument, *, is_own: bool) -> Iterator[_Placed]:
    """Yield what an order's deviations ask for, before the tier has its say."""
    if not _is_order(facts):
        return
    if Flag.BLOCKED_EXCEPTION in facts.flags and (is_own or Part.EXCEPTION in document.mandatory):
        for spec in document.exception:
            said = f"An exception for a blocked item goes to {spec.phrase} first."
            yield spec, said, Part.EXCEPTION.value
    if Flag.RESTRICTED in facts.flags and (is_own or Part.RESTRICTED in document.mandatory):
        for spec in document.restricted:
            yield spec, f"A restricted line goes to {spec.phrase} first.", Part.RESTRICTED.value
    if Flag.OVER_BUDGET in facts.flags and (is_own or Part.OVER_BUDGET in document.mandatory):
        for spec in document.beyond_budget:
            said = f"An order beyond a soft budget goes to {spec.phrase} first."
            yield spec, said, Part.OVER_BUDGET.value


def _of_rules(rules: Sequence[Rule], kind: RuleKind, policy: InForce) -> Iterator[_Placed]:
    """Yield the stages that rules of a kind ask, each with the rule that did."""
    assert kind in ASKING
    for rule in rules:
        if rule.kind is kind:
            said = f"The rule “{rule.name}” of {policy.source} asks {in_words(rule.stages)}."
            for spec in rule.stages:
                yield spec, said, f"rules.{rule.code}"


def _origin(rule: Rule, policy: InForce) -> str:
    return f"So says the rule “{rule.name}” of {policy.source}."


def _in_waves(
    placed: list[tuple[int, StageSpec, str, str]], stages: Sequence[_Placed], after: int
) -> int:
    """Place stages in the waves after one; return the last. One may stand beside the one before."""
    wave = after
    for index, (spec, because, part) in enumerate(stages):
        if not (spec.beside and index and stages[index - 1][2] == part):
            wave += 1
        placed.append((wave, spec, because, part))
    return wave


def _merged(found: Sequence[_Asked]) -> tuple[RoutedStage, ...]:
    """Put one after the other what several policies ask, each stage once."""
    if len(found) == 1:
        return found[0].stages
    stages: list[RoutedStage] = []
    seen: set[tuple[object, ...]] = set()
    after = 0
    for asked in found:
        waves: dict[int, int] = {}
        keys = [_key(stage.spec) for stage in asked.stages]
        for key, stage in zip(keys, asked.stages, strict=True):
            if key in seen:
                continue
            wave = waves.setdefault(stage.wave, after + len(waves) + 1)
            stages.append(replace(stage, wave=wave))
        seen.update(keys)
        after += len(waves)
    return tuple(stages)


def _key(spec: StageSpec) -> tuple[object, ...]:
    """Return what makes two stages the same question, however they are called."""
    return spec.mode, spec.at_least, spec.approvers


def _tier_sentence(tiers: tuple[Tier, ...], tier: int, noun: str, currency: str) -> str:
    """Return what a tier says, as in ``Orders over $1,000.00 go to the director.``."""
    stages = tiers[tier].stages
    amounts = band(tiers, tier, currency)
    if not stages:
        return f"{noun} {amounts} are approved at once."
    return f"{noun} {amounts} go to {in_words(stages)}."
