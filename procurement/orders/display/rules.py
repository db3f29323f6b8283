"""What a proposed rule says, line by line, before it is put in force."""

from approvals.routing import PolicyDocument
from approvals.routing.policy import band
from approvals.routing.specs import in_words
from procurement.orders.proposals import Proposal


def rule_lines(proposal: Proposal) -> tuple[str, ...]:
    """Return the new rule in words: a buying rule in one line, an approval rule by its tiers."""
    label, name = proposal.of.subject.label, proposal.group_name
    if proposal.rule is None or proposal.policy is None:
        return (
            f"{label} is preferred for {name} and every group below it, from today on.",
            "Whoever finds it there orders it without a reason of their own.",
        )
    document, rule = proposal.policy.document, proposal.rule
    return (
        (
            f"{proposal.policy.policy_name} of {proposal.policy.group_name} gets one more rule, "
            f"“{rule.name}”. It holds for {name} and every group below it."
        ),
        f"First, as before: {in_words(document.restricted)}.",
        *(
            f"Orders {band(rule.tiers, index, document.currency)}: "
            f"{_then(document, index, proposal)}."
            for index in range(len(rule.tiers))
        ),
    )


def _then(document: PolicyDocument, index: int, proposal: Proposal) -> str:
    assert proposal.rule is not None
    tier = proposal.rule.tiers[index]
    if not tier.stages:
        return "nobody else"
    said = f"then {in_words(tier.stages)}"
    return f"{said}, as before" if tier in document.tiers else said
