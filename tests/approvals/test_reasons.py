from dataclasses import replace
from decimal import Decimal

from approvals.reasons import held_rules, part_in_words, stage_reasons
from approvals.routing import Conditions, InForce, Rule, RuleKind, Tier, route
from tests.approvals.cast import (
    COMPANY,
    DIRECTOR,
    FACILITIES,
    MANAGER,
    TYPICAL,
    facts,
    in_force,
    key,
    stage,
)

BULK = Rule(
    code="bulk",
    name="Bulk orders",
    kind=RuleKind.ASK_AFTER,
    when=Conditions(over=Decimal(500)),
    stages=(stage(DIRECTOR),),
    is_mandatory=True,
)
OWN_TIERS = Rule(
    code="tools",
    name="Tools",
    kind=RuleKind.TIERS,
    when=Conditions(categories=("27",)),
    tiers=(Tier(Decimal(50), ()), Tier(None, (stage(MANAGER),))),
)


def two_policies() -> list[InForce]:
    above = replace(in_force(replace(TYPICAL, rules=(BULK,))), version_id=key(101), number=3)
    return [above, in_force(replace(TYPICAL, rules=(OWN_TIERS,)), group=FACILITIES)]


def test_each_stage_says_which_part_of_which_version_asked_for_it() -> None:
    policies = two_policies()
    reasons = stage_reasons(facts("640.00"), policies, route(facts("640.00"), policies))
    origins = [one.origin for one in reasons if one.origin is not None]
    assert [origin.words for origin in origins] == [
        (
            "The rule “Bulk orders” of policy “Northwind Works orders”, version 3, "
            "set by Northwind Works"
        ),
        "Tier 2 of the rule “Tools” of policy “Facilities orders”, version 7, set by Facilities",
    ]
    assert [origin.group_id for origin in origins] == [COMPANY, FACILITIES]
    assert [one.avoided for one in reasons] == [
        "The director would not be asked at or below $500.00.",
        (
            "The requester’s manager would not be asked at or below $50.00 or without anything "
            "in “27”."
        ),
    ]


def test_rules_that_hold_are_named_and_those_that_do_not_are_not() -> None:
    policies = two_policies()
    held = held_rules(facts("640.00"), route(facts("640.00"), policies))
    assert [(one.name, one.does) for one in held] == [
        ("Bulk orders", "Asks the director last."),
        ("Tools", "Its own tiers take the place of the policy’s."),
    ]
    few = held_rules(facts("60.00"), route(facts("60.00"), policies))
    assert [one.name for one in few] == ["Tools"]


def test_a_rule_that_refuses_is_among_those_that_hold() -> None:
    refusing = replace(BULK, kind=RuleKind.REFUSE, stages=(), refusal="Ask for a tender instead.")
    policies = [in_force(replace(TYPICAL, rules=(refusing,)))]
    found = route(facts("640.00"), policies)
    assert not found.is_routable
    assert [one.does for one in held_rules(facts("640.00"), found)] == [refusing.refusal]


def test_without_a_policy_no_rule_holds() -> None:
    assert held_rules(facts(), route(facts(), [])) == ()


def test_what_is_asked_of_deviations_is_called_by_its_name() -> None:
    policy = in_force()
    assert part_in_words("restricted", policy) == "Restricted lines"
    assert part_in_words("exception", policy) == "Exceptions"
    assert part_in_words("tiers.0", policy) == "Tier 1"
