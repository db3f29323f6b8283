"""Each kind of dead end is found where it is planted, and a clean policy stays silent."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from approvals.checking import (
    FindingCode,
    Place,
    Severity,
)
from approvals.routing import (
    Aggregation,
    ApproverKind,
    ApproverSpec,
    Conditions,
    CountedBy,
    CountedTo,
    Mode,
    PolicyDocument,
    Tier,
)
from tests.approvals.cast import (
    BOB,
    COMPANY,
    DANA,
    DIRECTOR,
    ERIN,
    FACILITIES,
    FIELD_SERVICE,
    FINANCE,
    GRACE,
    MANAGER,
    SUPERVISOR,
    TYPICAL,
    key,
    stage,
)
from tests.approvals.staff import (
    CLEAN,
    GLOVES,
    LIMIT,
    PLACES,
    REFUSAL,
    SHOES,
    STAFF,
    asking,
    check,
    only,
    through,
    tiers_of,
    with_rules,
)


@pytest.mark.parametrize(
    "document",
    [
        TYPICAL,
        CLEAN,
        through(MANAGER),
        through(LIMIT),
        through(SUPERVISOR, DIRECTOR, mode=Mode.ANY),
        through(SUPERVISOR, DIRECTOR, FINANCE, mode=Mode.AT_LEAST, at_least=2),
        through(ApproverSpec(ApproverKind.PERSON, str(DANA), "Dana Finance")),
    ],
)
def test_a_clean_policy_stays_silent(document: PolicyDocument) -> None:
    staff = replace(
        STAFF, limits={GRACE: Decimal(500), ERIN: None}, owners={"27": {COMPANY: (BOB,)}}
    )
    assert check(document, staff) == ()


def test_amounts_that_no_tier_covers_are_a_gap() -> None:
    document = replace(TYPICAL, tiers=TYPICAL.tiers[:2])
    found = only(check(document), FindingCode.GAP, "tiers.1.up_to")
    assert found.is_blocking
    assert "over $1,000.00" in found.sentence


def test_a_rule_whose_own_tiers_end_before_its_amounts_has_a_gap() -> None:
    when = Conditions(guidance=("NEUTRAL",), over=Decimal(100), up_to=Decimal(900))
    rule = tiers_of("own", when, Tier(Decimal(400), ()))
    found = only(check(with_rules(rule)), FindingCode.GAP, "rules.0.tiers.0.up_to")
    assert "over $400.00 and up to $900.00" in found.sentence


@pytest.mark.parametrize("part", ["restricted", "exception"])
def test_nobody_asked_about_a_deviation_is_a_gap(part: str) -> None:
    changed: dict[str, Any] = {part: ()}
    document = replace(TYPICAL, **changed)
    assert only(check(document), FindingCode.GAP, part).is_blocking


def test_tiers_that_no_amount_reaches_are_named() -> None:
    director = (stage(DIRECTOR),)
    document = replace(TYPICAL, tiers=(*TYPICAL.tiers, Tier(None, director)))
    found = only(check(document), FindingCode.UNREACHABLE_TIER, "tiers.3.up_to")
    assert found.severity is Severity.WARNS


@pytest.mark.parametrize(
    ("when", "tier"),
    [
        (Conditions(guidance=("NEUTRAL",), up_to=Decimal(100)), 1),
        (Conditions(guidance=("NEUTRAL",), over=Decimal(200)), 0),
    ],
)
def test_own_tiers_outside_the_rules_amounts_are_named(when: Conditions, tier: int) -> None:
    rule = tiers_of("own", when, Tier(Decimal(100), ()), Tier(None, (stage(DIRECTOR),)))
    where = f"rules.0.tiers.{tier}.up_to"
    found = only(check(with_rules(rule)), FindingCode.UNREACHABLE_TIER, where)
    assert found.severity is Severity.WARNS


def test_equal_rules_with_own_tiers_for_one_order_overlap() -> None:
    one = tiers_of("cheap", Conditions(up_to=Decimal(500)))
    other = tiers_of("new", Conditions(is_first_order=True))
    found = only(check(with_rules(one, other)), FindingCode.OVERLAP, "rules.1")
    assert found.is_blocking
    assert "“Cheap” would count only for its code" in found.sentence


def test_rules_that_meet_only_in_an_order_of_several_lines_are_a_warning() -> None:
    one = tiers_of("shoes", Conditions(suppliers=(SHOES,)))
    other = tiers_of("gloves", Conditions(suppliers=(GLOVES,)))
    found = only(check(with_rules(one, other)), FindingCode.OVERLAP, "rules.1")
    assert found.severity is Severity.WARNS
    assert "with several lines" in found.sentence


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (Conditions(up_to=Decimal(500)), Conditions(over=Decimal(500))),
        (Conditions(guidance=("NEUTRAL",)), Conditions(guidance=("PREFERRED",))),
        (Conditions(is_first_order=True), Conditions(is_first_order=False)),
        (Conditions(up_to=Decimal(500)), Conditions(is_first_order=True, over=Decimal(1))),
    ],
)
def test_rules_that_exclude_or_outrank_each_other_do_not_overlap(
    mine: Conditions, theirs: Conditions
) -> None:
    document = with_rules(tiers_of("mine", mine), tiers_of("theirs", theirs))
    assert FindingCode.OVERLAP not in {one.code for one in check(document)}


def test_orders_counted_together_twice_overlap() -> None:
    twice = (
        Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30),
        Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 60),
    )
    document = replace(TYPICAL, aggregations=twice)
    assert only(check(document), FindingCode.OVERLAP, "aggregations.1").is_blocking


def test_rules_that_ask_the_same_where_one_holds_anyway_are_said_twice() -> None:
    wide = asking("wide", Conditions(over=Decimal(100)))
    narrow = asking("narrow", Conditions(over=Decimal(500), suppliers=(SHOES,)))
    found = only(check(with_rules(wide, narrow)), FindingCode.DUPLICATE, "rules.1")
    assert found.severity is Severity.WARNS
    other = replace(narrow, stages=(stage(FINANCE),))
    assert check(with_rules(wide, other)) == ()


def test_amounts_that_exclude_each_other_never_hold() -> None:
    rule = asking("never", Conditions(over=Decimal(500), up_to=Decimal(100)))
    assert only(check(with_rules(rule)), FindingCode.UNREACHABLE_RULE, "rules.0.when").is_blocking


def test_groups_that_are_not_below_the_policys_never_hold() -> None:
    elsewhere = Place(key(5), "Engineering", (COMPANY, key(5)))
    staff = replace(STAFF, places={**PLACES, elsewhere.id: elsewhere})
    labels = ((str(elsewhere.id), "Engineering"),)
    rule = asking("far", Conditions(groups=(elsewhere.id,), labels=labels))
    found = check(with_rules(rule), staff, FACILITIES)
    assert (
        "Engineering is not below"
        in only(found, FindingCode.UNREACHABLE_RULE, "rules.0.when").sentence
    )
    partly = replace(rule, when=replace(rule.when, groups=(elsewhere.id, FIELD_SERVICE)))
    found = check(with_rules(partly), staff, FACILITIES)
    assert only(found, FindingCode.UNREACHABLE_RULE, "rules.0.when").severity is Severity.WARNS


def test_a_rule_that_another_refuses_anyway_never_has_its_say() -> None:
    rule = asking("shoes", Conditions(suppliers=(SHOES,), over=Decimal(100)))
    found = only(check(with_rules(rule, REFUSAL)), FindingCode.UNREACHABLE_RULE, "rules.0.when")
    assert "refused by the rule “No shoes”" in found.sentence


def test_a_mandatory_refusal_above_counts_and_an_ordinary_one_does_not() -> None:
    rule = asking("shoes", Conditions(suppliers=(SHOES,)))
    mandatory = with_rules(replace(REFUSAL, is_mandatory=True))
    found = check(with_rules(rule), group=FACILITIES, others={COMPANY: mandatory})
    assert only(found, FindingCode.UNREACHABLE_RULE, "rules.0.when").is_blocking
    ordinary = with_rules(REFUSAL)
    assert check(with_rules(rule), group=FACILITIES, others={COMPANY: ordinary}) == ()
