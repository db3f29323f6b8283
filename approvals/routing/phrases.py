"""Conditions, rules and what counts together, each said in one plain English sentence (pure)."""

from collections.abc import Iterable
from decimal import Decimal

from approvals.routing.conditions import BudgetStanding, Conditions, Guided
from approvals.routing.policy import PolicyDocument, heading
from approvals.routing.rules import Aggregation, CountedBy, CountedTo, Rule, RuleKind, Tier
from approvals.routing.specs import in_words
from approvals.routing.usual import NOUNS
from approvals.routing.words import enumerated, uncapitalized
from procurement.core.money import format_money

_GUIDED: dict[str, str] = {
    Guided.PREFERRED: "preferred",
    Guided.NEUTRAL: "neither preferred nor restricted",
    Guided.RESTRICTED: "restricted",
    Guided.BLOCKED: "blocked",
}
_BUDGETS: dict[str, str] = {
    BudgetStanding.WITHIN: "within budget",
    BudgetStanding.WARNING: "close to the end of a budget",
    BudgetStanding.OVER: "over budget",
}
_WHERE_ASKED = {
    RuleKind.ASK_BEFORE: "first",
    RuleKind.ASK_BESIDE: "beside the tiers",
    RuleKind.ASK_AFTER: "at the end",
}
_BY = {
    CountedBy.REQUESTER: "the same person",
    CountedBy.GROUP: "the same group",
    CountedBy.ADDRESS: "the same delivery address",
}
_TO = {CountedTo.SUPPLIER: "to the same supplier", CountedTo.CATEGORY: "in the same category"}


def condition_phrase(when: Conditions, currency: str) -> str:
    """Return what conditions hold for: ``Orders in Software over $500.00 from Acme``.

    Amounts are in ``currency``. Conditions that ask nothing hold for ``All orders``.
    """
    parts = [part for part in _parts(when, currency) if part]
    noun = noun_of(when)
    return " ".join((noun, *parts) if parts else (f"All {uncapitalized(noun)}",))


def noun_of(when: Conditions) -> str:
    """Return what conditions are about, in the plural: ``Orders``, ``Budget increases``."""
    said = [
        NOUNS[kind][1] if kind in NOUNS else f"Requests of the kind {when.label(kind)}"
        for kind in when.kinds
    ]
    first, *others = said
    return enumerated([first, *map(uncapitalized, others)], "and")


def rule_sentence(rule: Rule, currency: str) -> str:
    """Return what a rule says, as one sentence with its full stop.

    ``Orders in Software over $500.00 from Acme also ask the owner of each category first.``
    """
    held = condition_phrase(rule.when, currency)
    if rule.kind is RuleKind.REFUSE:
        why = f": “{rule.refusal.rstrip('.')}”" if rule.refusal else ""
        return f"{held} are refused{why}."
    if rule.kind is RuleKind.TIERS:
        return f"{held} have tiers of their own: {tiers_phrase(rule.tiers, currency)}."
    who = in_words(rule.stages) or "nobody yet"
    return f"{held} also ask {who} {_WHERE_ASKED[rule.kind]}."


def tiers_phrase(tiers: tuple[Tier, ...], currency: str) -> str:
    """Return tiers in a line: ``up to $100.00 automatic; above $100.00 the director``."""
    return "; ".join(
        f"{uncapitalized(heading(tiers, index, currency))} {in_words(tier.stages) or 'automatic'}"
        for index, tier in enumerate(tiers)
    )


def aggregation_sentence(one: Aggregation) -> str:
    """Return which orders count together, as one sentence."""
    days = "a day" if one.days == 1 else f"{one.days} days"
    return f"Orders by {_BY[one.by]} {_TO[one.to]} within {days} count together towards the tiers."


def rules_in_short(document: PolicyDocument) -> str:
    """Return how many rules a document has beside its tiers: ``2 rules``; nothing for none."""
    count = len(document.rules)
    return f"{count} {'rule' if count == 1 else 'rules'}" if count else ""


def _parts(when: Conditions, currency: str) -> Iterable[str]:
    yield f"in {_either(when, when.categories)}" if when.categories else ""
    yield _amounts(when.over, when.up_to, currency)
    yield f"from {_either(when, when.suppliers)}" if when.suppliers else ""
    if when.is_first_order is not None:
        yield (
            "that are the first from a supplier"
            if when.is_first_order
            else "from suppliers who had orders before"
        )
    yield f"of {_either(when, when.groups)}" if when.groups else ""
    if when.cost_centres:
        centre = "cost centre" if len(when.cost_centres) == 1 else "cost centres"
        yield f"on {centre} {_either(when, when.cost_centres)}"
    if when.requester_roles:
        roles = [role.replace("_", " ").capitalize() for role in when.requester_roles]
        yield f"by somebody with the role {enumerated(roles, 'or')}"
    if when.guidance:
        guided = [_GUIDED.get(one, one.lower()) for one in when.guidance]
        yield f"with {enumerated(guided, 'or')} lines"
    if when.budget_states:
        standings = [_BUDGETS.get(one, one.lower()) for one in when.budget_states]
        yield enumerated(standings, "or")
    yield f"paid by {_either(when, when.payment_methods)}" if when.payment_methods else ""
    if when.is_home_delivery is not None:
        yield "delivered home" if when.is_home_delivery else "not delivered home"


def _either(when: Conditions, values: Iterable[object]) -> str:
    return enumerated([when.label(value) for value in values], "or")


def _amounts(over: Decimal | None, up_to: Decimal | None, currency: str) -> str:
    words = []
    if over is not None:
        words.append(f"over {format_money(over, currency)}")
    if up_to is not None:
        words.append(f"up to {format_money(up_to, currency)}")
    return " and ".join(words)
