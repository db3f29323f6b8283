from decimal import Decimal
from typing import Any

import pytest

from approvals.routing import (
    Aggregation,
    ApproverKind,
    ApproverSpec,
    Conditions,
    CountedBy,
    CountedTo,
    PolicyDocument,
    Rule,
    RuleKind,
    StageSpec,
    Tier,
    aggregation_sentence,
    condition_phrase,
    rule_sentence,
    rules_in_short,
)
from tests.approvals.cast import DIRECTOR, FINANCE, SUPERVISOR, TYPICAL, key, stage

ACME = key(900)
OWNER = stage(ApproverSpec(ApproverKind.CATEGORY_OWNER))
SOFTWARE = Conditions(
    over=Decimal(500),
    categories=("43230000",),
    suppliers=(ACME,),
    labels=(("43230000", "Software"), (str(ACME), "Acme")),
)


def rule(kind: RuleKind, when: Conditions = SOFTWARE, *stages: StageSpec, **more: Any) -> Rule:
    return Rule("a-rule", "A rule", kind, when, stages, **more)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (SOFTWARE, "Orders in Software over $500.00 from Acme"),
        (Conditions(), "All orders"),
        (
            Conditions(up_to=Decimal(20), is_home_delivery=True),
            "Orders up to $20.00 delivered home",
        ),
        (Conditions(is_first_order=True), "Orders that are the first from a supplier"),
        (Conditions(is_first_order=False), "Orders from suppliers who had orders before"),
        (Conditions(cost_centres=("4100", "4200")), "Orders on cost centres 4100 or 4200"),
        (
            Conditions(requester_roles=("TECHNICIAN",), budget_states=("WARNING", "OVER")),
            (
                "Orders by somebody with the role Technician close to the end of a budget or "
                "over budget"
            ),
        ),
        (
            Conditions(guidance=("RESTRICTED", "BLOCKED"), is_home_delivery=False),
            "Orders with restricted or blocked lines not delivered home",
        ),
        (
            Conditions(
                groups=(key(3),), payment_methods=(key(7),), labels=((str(key(7)), "card"),)
            ),
            f"Orders of {key(3)} paid by card",
        ),
        (Conditions(subject_kinds=("requisition",)), "All orders"),
        (Conditions(subject_kinds=("access",)), "All requests of the kind access"),
        (Conditions(subject_kinds=("budget_increase",)), "All budget increases"),
    ],
)
def test_conditions_read_as_what_they_hold_for(when: Conditions, said: str) -> None:
    assert condition_phrase(when, "USD") == said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (RuleKind.ASK_BEFORE, "also ask the owner of each category first."),
        (RuleKind.ASK_BESIDE, "also ask the owner of each category beside the tiers."),
        (RuleKind.ASK_AFTER, "also ask the owner of each category at the end."),
    ],
)
def test_a_rule_that_asks_says_whom_and_when(kind: RuleKind, said: str) -> None:
    whole = f"Orders in Software over $500.00 from Acme {said}"
    assert rule_sentence(rule(kind, SOFTWARE, OWNER), "USD") == whole


def test_a_rule_that_asks_nobody_yet_says_so() -> None:
    assert "also ask nobody yet first." in rule_sentence(rule(RuleKind.ASK_BEFORE), "USD")


def test_a_rule_with_tiers_of_its_own_says_them() -> None:
    tiers = (
        Tier(Decimal(50), ()),
        Tier(Decimal(500), (stage(SUPERVISOR),)),
        Tier(None, (stage(DIRECTOR), stage(FINANCE))),
    )
    said = rule_sentence(rule(RuleKind.TIERS, Conditions(cost_centres=("1",)), tiers=tiers), "USD")
    assert said == (
        "Orders on cost centre 1 have tiers of their own: up to $50.00 automatic; then up to "
        "$500.00 the supervisor; above $500.00 the director, then finance."
    )


def test_a_rule_that_refuses_gives_its_reason() -> None:
    refusing = rule(RuleKind.REFUSE, refusal="Rent it from the depot instead.")
    assert rule_sentence(refusing, "USD").endswith("are refused: “Rent it from the depot instead”.")


def test_what_counts_together_is_a_sentence() -> None:
    assert aggregation_sentence(Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)) == (
        "Orders by the same person to the same supplier within 30 days count together towards "
        "the tiers."
    )
    assert "in the same category within a day" in aggregation_sentence(
        Aggregation(CountedBy.ADDRESS, CountedTo.CATEGORY, 1)
    )


@pytest.mark.parametrize(("count", "said"), [(0, ""), (1, "1 rule"), (2, "2 rules")])
def test_rules_are_counted_in_short(count: int, said: str) -> None:
    rules = (rule(RuleKind.ASK_BEFORE),) * count
    document = PolicyDocument("USD", TYPICAL.tiers, (), (), rules)
    assert rules_in_short(document) == said
