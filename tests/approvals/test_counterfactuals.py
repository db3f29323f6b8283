from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.counterfactuals import Avoidance, ChangeKind, avoidances
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Earlier,
    Facts,
    Flag,
    PolicyDocument,
    Rule,
    RuleKind,
    Tier,
    route,
)
from tests.approvals.cast import (
    COMPANY,
    DIRECTOR,
    MANAGER,
    SUPERVISOR,
    TYPICAL,
    facts,
    in_force,
    key,
    stage,
)
from tests.approvals.strategies import documents, facts_of, stages

SOFTWARE = Rule(
    code="software",
    name="Design software",
    kind=RuleKind.ASK_AFTER,
    when=Conditions(categories=("4323",), labels=(("4323", "Design software"),)),
    stages=(stage(MANAGER),),
)
BY_SUPPLIER = Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)
EARLIER = Earlier("REQUESTER", "SUPPLIER", 30, Decimal("900.00"), 3, "Bosch Tools")


def found(subject: Facts, document: PolicyDocument = TYPICAL) -> tuple[Avoidance, ...]:
    policies = [in_force(document)]
    return avoidances(subject, policies, route(subject, policies))


def kinds(avoidance: Avoidance) -> list[ChangeKind]:
    return [change.kind for change in avoidance.changes]


def test_a_lower_amount_avoids_a_stage_of_a_tier() -> None:
    (supervisor,) = found(facts("640.00"))
    assert supervisor.sentence == "The supervisor would not be asked at or below $100.00."
    assert supervisor.changes[0].facts.amount == Decimal("100.00")


def test_the_amount_is_the_greatest_that_avoids_the_stage() -> None:
    (director_and_finance,) = found(facts("4800.00"))
    assert director_and_finance.sentence.endswith("would not be asked at or below $1,000.00.")


def test_a_stage_that_comes_back_at_lower_amounts_is_bounded_from_below() -> None:
    document = replace(
        TYPICAL,
        tiers=(
            Tier(Decimal(100), (stage(DIRECTOR),)),
            Tier(Decimal(1000), (stage(SUPERVISOR),)),
            Tier(None, (stage(DIRECTOR),)),
        ),
    )
    (director,) = found(facts("4800.00"), document)
    assert director.sentence == ("The director would not be asked between $100.00 and $1,000.00.")


def test_a_preferred_item_avoids_what_a_restriction_asks() -> None:
    subject = replace(
        facts("60.00"), guidance="RESTRICTED", flags=frozenset({Flag.RESTRICTED.value})
    )
    (restricted,) = found(subject)
    assert kinds(restricted) == [ChangeKind.RESTRICTED]
    assert "with a preferred item in place of what is restricted" in restricted.sentence


def test_no_exception_avoids_what_an_exception_asks() -> None:
    subject = replace(
        facts("60.00"), guidance="BLOCKED", flags=frozenset({Flag.BLOCKED_EXCEPTION.value})
    )
    assert [kinds(one) for one in found(subject)] == [[ChangeKind.EXCEPTION]]


def test_another_category_than_a_rule_names_avoids_what_it_asks() -> None:
    subject = replace(
        facts("60.00"), category_codes=("432321",), category_paths=(("43", "4323", "432321"),)
    )
    (manager,) = found(subject, replace(TYPICAL, rules=(SOFTWARE,)))
    assert kinds(manager) == [ChangeKind.CATEGORY]
    assert manager.sentence.endswith("would not be asked without anything in “Design software”.")


def test_another_supplier_than_a_rule_names_avoids_what_it_asks() -> None:
    bosch = key(900)
    rule = replace(SOFTWARE, when=Conditions(suppliers=(bosch,), labels=((str(bosch), "Bosch"),)))
    subject = replace(facts("60.00"), supplier_ids=(bosch, key(901)))
    (manager,) = found(subject, replace(TYPICAL, rules=(rule,)))
    assert manager.sentence.endswith("without anything from “Bosch”.")
    assert manager.changes[0].facts.supplier_ids == (key(901),)


def test_orders_that_count_along_are_named_as_what_could_be_missing() -> None:
    subject = replace(facts("150.00"), earlier=(EARLIER,))
    document = replace(TYPICAL, aggregations=(BY_SUPPLIER,))
    (asked,) = found(subject, document)
    assert kinds(asked) == [ChangeKind.AMOUNT, ChangeKind.EARLIER]
    assert asked.sentence.endswith(
        "would not be asked at or below $100.00 on top of what counts along or without the 3 "
        "earlier orders from Bosch Tools ($900.00), which count along for 30 days."
    )


def test_each_further_circumstance_that_a_rule_hears_can_be_what_is_different() -> None:
    home = replace(SOFTWARE, when=Conditions(is_home_delivery=True))
    first = replace(SOFTWARE, when=Conditions(is_first_order=True))
    tight = replace(SOFTWARE, when=Conditions(budget_states=("WARNING", "OVER")))
    card = replace(SOFTWARE, when=Conditions(payment_methods=(key(7),)))
    for rule, subject, kind in (
        (home, replace(facts("60.00"), is_home_delivery=True), ChangeKind.HOME_DELIVERY),
        (first, replace(facts("60.00"), is_first_order=True), ChangeKind.FIRST_ORDER),
        (tight, replace(facts("60.00"), budget_state="WARNING"), ChangeKind.BUDGET),
        (card, replace(facts("60.00"), payment_method_ids=(key(7),)), ChangeKind.PAYMENT_METHOD),
    ):
        (manager,) = found(subject, replace(TYPICAL, rules=(rule,)))
        assert kinds(manager) == [kind]


def test_what_is_asked_for_always_has_nothing_that_would_avoid_it() -> None:
    always = replace(TYPICAL, tiers=(Tier(None, (stage(DIRECTOR),)),))
    (director,) = found(facts("60.00"), always)
    assert director.changes == ()
    assert director.sentence == ""


def test_a_refused_subject_has_no_stages_to_avoid() -> None:
    assert avoidances(facts(), [], route(facts(), [])) == ()


conditions = st.builds(
    Conditions,
    over=st.none() | st.decimals("1", "5000", places=2),
    categories=st.sampled_from(((), ("27",), ("43", "44"))),
    suppliers=st.sampled_from(((), (key(900),), (key(901), key(902)))),
    guidance=st.sampled_from(((), ("RESTRICTED",), ("NEUTRAL", "RESTRICTED"))),
    is_first_order=st.sampled_from((None, True)),
)


@st.composite
def with_rules(draw: st.DrawFn) -> PolicyDocument:
    asking = st.sampled_from((RuleKind.ASK_BEFORE, RuleKind.ASK_BESIDE, RuleKind.ASK_AFTER))
    rules = tuple(
        Rule(
            code=f"rule-{number}",
            name=f"Rule {number}",
            kind=draw(asking),
            when=draw(conditions),
            stages=(draw(stages()),),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    return replace(draw(documents()), rules=rules, aggregations=(BY_SUPPLIER,))


subjects = st.builds(
    lambda subject, is_first, earlier: replace(subject, is_first_order=is_first, earlier=earlier),
    facts_of(),
    st.booleans(),
    st.sampled_from(((), (EARLIER,))),
)


@settings(max_examples=80)
@given(subject=subjects, document=with_rules(), share=st.decimals("0.01", "1", places=2))
def test_each_change_that_is_named_drops_the_stage(
    subject: Facts, document: PolicyDocument, share: Decimal
) -> None:
    policies = [in_force(document, group=COMPANY)]
    for avoidance in avoidances(subject, policies, route(subject, policies)):
        for change in avoidance.changes:
            tried = [change.facts]
            if change.phrase.startswith("at or below"):
                tried.append(replace(change.facts, amount=change.facts.amount * share))
            for again in (route(one, policies) for one in tried):
                assert again.is_routable
                asked = [(one.spec.mode, one.spec.approvers) for one in again.stages]
                assert (avoidance.spec.mode, avoidance.spec.approvers) not in asked


def test_both_seats_of_a_rule_and_a_tier_have_to_fall_for_the_stage_to_fall() -> None:
    rule = replace(SOFTWARE, stages=(stage(SUPERVISOR),))
    subject = replace(facts("640.00"), category_codes=("4323",))
    answers = found(subject, replace(TYPICAL, rules=(rule,)))
    assert [one.changes for one in answers] == [(), ()]
