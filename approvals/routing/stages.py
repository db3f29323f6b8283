"""From a subject's facts and the policies above its group to the stages that it has to pass."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from approvals.routing.facts import Facts, Flag
from approvals.routing.policy import PolicyDocument, StageSpec

# How pages call a subject of each kind, in the plural.
_NOUNS = {"requisition": "Orders"}
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
        """Return what it is called: ``policy “Facilities”, version 7``."""
        return f"policy “{self.policy_name}”, version {self.number}"


@dataclass(frozen=True, slots=True)
class RoutedStage:
    """A stage to pass, with the sentence that says what asked for it."""

    spec: StageSpec
    because: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where a subject has to go. ``refusal`` is empty unless policy gives no answer at all."""

    policy: InForce | None
    tier: int | None
    stages: tuple[RoutedStage, ...]
    sentences: tuple[str, ...]
    refusal: str = ""

    @property
    def is_routable(self) -> bool:
        """Tell whether policy answers; what it does not answer is refused, never let through."""
        return not self.refusal

    @property
    def is_automatic(self) -> bool:
        """Tell whether policy asks nobody."""
        return self.is_routable and not self.stages


def route(facts: Facts, policies: Sequence[InForce]) -> Route:
    """Return the stages that the nearest group's policy in force asks for.

    ``policies`` are those in force on the group's ancestors, in any order; others are ignored.
    """
    policy = _nearest(facts.group_path, policies)
    if policy is None:
        return _refused(None, NO_POLICY)
    document = policy.document
    refusal = _unanswerable(facts, policy)
    if refusal:
        return _refused(policy, refusal)
    tier = document.tier_for(facts.amount)
    if tier is None:
        return _refused(policy, f"No tier of {policy.source} covers this amount. {_FIX}")
    noun = _NOUNS.get(facts.subject_kind, "Requests")
    in_tier = _tier_sentence(document, tier, noun)
    stages = (
        *_additions(facts, document),
        *(RoutedStage(spec, in_tier) for spec in document.tiers[tier].stages),
    )
    source = f"Tier {tier + 1} of {policy.source}, set by {policy.group_name}."
    because = dict.fromkeys([*(stage.because for stage in stages), in_tier])
    return Route(policy, tier, stages, (*because, source))


_FIX = "Ask an administrator to publish a version that does."


def _nearest(path: Sequence[UUID], policies: Sequence[InForce]) -> InForce | None:
    by_group = {policy.group_id: policy for policy in policies}
    return next((by_group[group] for group in reversed(path) if group in by_group), None)


def _refused(policy: InForce | None, sentence: str) -> Route:
    return Route(policy, None, (), (sentence,), refusal=sentence)


def _unanswerable(facts: Facts, policy: InForce) -> str:
    """Return why a policy has no answer to these facts, or nothing."""
    document = policy.document
    if facts.currency != document.currency:
        return (
            f"The {policy.source} speaks of {document.currency}, "
            f"this amount is in {facts.currency}. {_FIX}"
        )
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


def _additions(facts: Facts, document: PolicyDocument) -> Iterator[RoutedStage]:
    """Yield what deviations from guided buying ask for, before the tier has its say."""
    if Flag.BLOCKED_EXCEPTION in facts.flags:
        for spec in document.exception:
            yield RoutedStage(spec, f"An exception for a blocked item goes to {spec.phrase} first.")
    if Flag.RESTRICTED in facts.flags:
        for spec in document.restricted:
            yield RoutedStage(spec, f"A restricted line goes to {spec.phrase} first.")


def _tier_sentence(document: PolicyDocument, tier: int, noun: str) -> str:
    """Return what a tier says, as in ``Orders over $1,000.00 go to the director.``."""
    stages = document.tiers[tier].stages
    band = document.band(tier)
    if not stages:
        return f"{noun} {band} are approved at once."
    return f"{noun} {band} go to {', then '.join(spec.phrase for spec in stages)}."
