"""Splitting an order buys nothing where orders count together."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Earlier,
    Facts,
    InForce,
    Mode,
    Needs,
    Part,
    PolicyDocument,
    Route,
    Rule,
    RuleKind,
    Tier,
    needs_of,
    route,
)
from tests.approvals.strategies import facts_of
from tests.factories.orders import SUPERVISOR, TYPICAL

COUNTED = Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30)
DOCUMENT = replace(TYPICAL, aggregations=(COUNTED,))


def in_force(facts: Facts, document: PolicyDocument, *, at: int = -1) -> InForce:
    group = facts.group_path[at]
    return InForce(group, group, "Facilities", document, "Purchases", 1)


def plain(facts: Facts, amount: Decimal) -> Facts:
    return replace(facts, currency="USD", amount=amount, flags=frozenset(), guidance="NEUTRAL")


def stages(found: Route) -> set[object]:
    assert found.is_routable
    return {stage.spec for stage in found.stages}


@st.composite
def documents_with_counting(draw: st.DrawFn) -> PolicyDocument:
    """Make a policy whose tiers ask more and more, with orders that count together."""
    bounds = sorted(draw(st.sets(st.integers(1, 2000), min_size=1, max_size=3)))
    names = [SUPERVISOR, *(replace(SUPERVISOR, name=f"Look {n}", mode=Mode.ALL) for n in (1, 2))]
    tiers = tuple(
        Tier(Decimal(bound) if bound else None, tuple(names[:count]))
        for count, bound in enumerate([*bounds, 0])
    )
    return replace(DOCUMENT, tiers=tiers)


@settings(max_examples=60)
@given(
    facts_of(),
    documents_with_counting(),
    st.lists(st.decimals("0.01", "900", places=2), min_size=2, max_size=5),
)
def test_the_last_of_the_parts_is_asked_about_like_the_whole(
    facts: Facts, document: PolicyDocument, parts: list[Decimal]
) -> None:
    policies = [in_force(facts, document)]
    *before, last = parts
    earlier = Earlier("REQUESTER", "SUPPLIER", 30, sum(before, Decimal(0)), len(before), "Acme")
    split = route(replace(plain(facts, last), earlier=(earlier,)), policies)
    whole = route(replace(plain(facts, sum(parts, Decimal(0))), earlier=()), policies)
    assert stages(split) >= stages(whole)
    assert split.tier == whole.tier


def test_only_what_a_policy_asks_for_is_needed() -> None:
    facts = Facts.from_json(_FACTS)
    assert not needs_of(facts.group_path, [in_force(facts, TYPICAL)])
    assert needs_of(facts.group_path, [in_force(facts, DOCUMENT)]) == Needs((COUNTED,))
    rule = Rule("first", "First", RuleKind.REFUSE, Conditions(is_first_order=False), refusal="No.")
    asking = replace(TYPICAL, rules=(rule,))
    assert needs_of(facts.group_path, [in_force(facts, asking)]) == Needs((), is_first_order=True)


def test_what_is_mandatory_above_is_needed_below_and_nothing_else_of_it() -> None:
    facts = Facts.from_json(_FACTS)
    rule = Rule("first", "First", RuleKind.REFUSE, Conditions(is_first_order=True), refusal="No.")
    above = replace(DOCUMENT, rules=(rule,), mandatory=frozenset({Part.AGGREGATIONS}))
    policies = [in_force(facts, TYPICAL), in_force(facts, above, at=0)]
    assert needs_of(facts.group_path, policies) == Needs((COUNTED,))
    free = replace(above, mandatory=frozenset())
    assert not needs_of(facts.group_path, [policies[0], in_force(facts, free, at=0)])


_FACTS = {
    "amount": "10.00",
    "category_codes": [],
    "currency": "USD",
    "flags": [],
    "group_id": "00000000-0000-0000-0000-000000000002",
    "group_path": [
        "00000000-0000-0000-0000-000000000001",
        "00000000-0000-0000-0000-000000000002",
    ],
    "guidance": "NEUTRAL",
    "on": "2026-11-20",
    "requester_id": "00000000-0000-0000-0000-000000000003",
    "subject_kind": "requisition",
    "supplier_ids": [],
}
