"""What has always been agreed to, and the rule that would spare the question."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.routing import InForce, PolicyDocument, RuleKind, check_document
from catalogs.guidance import Effect, ItemFacts, Outcome, RuleFacts, Target
from procurement.orders.proposals import (
    Deviation,
    Fate,
    Ground,
    Proposal,
    Subject,
    grouped,
    propose,
    proposed_document,
)
from tests.factories.orders import TYPICAL

ROOT, FACILITIES, FIELD, OFFICE = (UUID(int=number) for number in range(1, 5))
NAMES = {
    ROOT: "Northwind Works",
    FACILITIES: "Facilities",
    FIELD: "Field Service",
    OFFICE: "Office",
}
ITEM, ACME = UUID(int=11), UUID(int=12)
SUBJECTS = (
    Subject(Target.ITEM, str(ITEM), "Consumer tablet"),
    Subject(Target.SUPPLIER, str(ACME), "Acme"),
    Subject(Target.CATEGORY, "43211509", "Tablets"),
)


def a_line(
    number: int = 1,
    *,
    outcome: Outcome = Outcome.BLOCKED,
    fate: Fate = Fate.APPROVED,
    group: UUID = FIELD,
    total: str = "300.00",
) -> Deviation:
    return Deviation(
        order_id=UUID(int=100 + number),
        order_number=f"R-{number}",
        group_path=(ROOT, FACILITIES, group),
        outcome=outcome,
        fate=fate,
        subjects=SUBJECTS,
        facts=ItemFacts(ITEM, ACME, ("43000000", "43211509")),
        amount=Decimal(total),
        total=Decimal(total),
        currency="USD",
        deciders=("Bob",),
        took=None if fate is Fate.PENDING else timedelta(hours=number),
    )


def a_rule(
    effect: Effect = Effect.BLOCK,
    group: UUID = ROOT,
    target: Target = Target.ITEM,
    key: str = str(ITEM),
) -> RuleFacts:
    return RuleFacts(UUID(int=50), group, NAMES[group], effect, target, key, "Why.", True)


def ground(*rules: RuleFacts, document: PolicyDocument = TYPICAL) -> Ground:
    policy = InForce(UUID(int=60), ROOT, NAMES[ROOT], document, "Purchases", 4)
    return Ground(NAMES, rules, (policy,))


def proposed(lines: list[Deviation], by: Target, on: Ground) -> Proposal | None:
    (group,) = grouped(lines, by)
    return propose(group, on)


THREE = [a_line(number) for number in (1, 2, 3)]
RESTRICTED = [replace(line, outcome=Outcome.RESTRICTED) for line in THREE]


def test_three_exceptions_that_were_all_approved_propose_to_prefer_the_item() -> None:
    found = proposed(THREE, Target.ITEM, ground(a_rule()))
    assert found is not None
    assert found.effect is Effect.PREFER
    assert found.sentence == (
        "Prefer Consumer tablet for Field Service and every group below it, so that nobody has to "
        "ask for it any more."
    )
    assert found.of.sentence == "3 exceptions for this item, all approved."
    assert found.of.median_hours == Decimal("2.0")


def test_two_are_too_few_and_one_that_was_not_approved_is_one_too_many() -> None:
    assert proposed(THREE[:2], Target.ITEM, ground(a_rule())) is None
    for fate in (Fate.REJECTED, Fate.PENDING):
        lines = [*THREE, a_line(4, fate=fate)]
        assert proposed(lines, Target.ITEM, ground(a_rule())) is None


def test_it_is_proposed_for_the_nearest_group_that_all_have_in_common() -> None:
    found = proposed([*THREE, a_line(4, group=OFFICE)], Target.ITEM, ground(a_rule()))
    assert found is not None
    assert found.group_id == FACILITIES


def test_a_preference_that_would_not_win_is_not_proposed() -> None:
    stronger = a_rule(group=FIELD, target=Target.CATEGORY, key="43211509")
    assert proposed(THREE, Target.ITEM, ground(stronger)) is None
    same = a_rule(group=FIELD)
    assert proposed(THREE, Target.ITEM, ground(same)) is not None


def test_what_nobody_is_asked_about_any_more_proposes_nothing() -> None:
    assert proposed(THREE, Target.ITEM, ground()) is None


def test_restricted_orders_propose_that_the_tiers_ask_nobody_besides() -> None:
    found = proposed(RESTRICTED, Target.CATEGORY, ground())
    assert found is not None
    assert found.rule is not None
    assert found.rule.kind is RuleKind.TIERS
    assert found.rule.tiers[0].up_to == Decimal("300.00")
    assert found.rule.tiers[1:] == TYPICAL.tiers[1:]
    assert found.of.sentence == "3 restricted orders in this category, all approved."
    document = proposed_document(TYPICAL, found)
    assert not check_document(document)
    assert proposed_document(document, found) == document


def test_small_restricted_orders_propose_nothing_where_the_tiers_ask_nobody_anyway() -> None:
    small = [replace(line, total=Decimal("80.00")) for line in RESTRICTED]
    assert proposed(small, Target.SUPPLIER, ground()) is None


def test_no_proposal_takes_the_place_of_tiers_that_somebody_wrote() -> None:
    first = proposed(RESTRICTED, Target.CATEGORY, ground())
    assert first is not None
    document = proposed_document(TYPICAL, first)
    assert proposed(RESTRICTED, Target.SUPPLIER, ground(document=document)) is None


def test_a_proposal_of_a_buying_rule_changes_no_policy() -> None:
    found = proposed(THREE, Target.ITEM, ground(a_rule()))
    assert found is not None
    assert proposed_document(TYPICAL, found) == TYPICAL


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.sampled_from(Fate),
            st.sampled_from([Outcome.BLOCKED, Outcome.RESTRICTED]),
        ),
        max_size=12,
    )
)
def test_every_line_is_in_one_group_and_only_what_is_settled_proposes(
    drawn: list[tuple[int, Fate, Outcome]],
) -> None:
    fates = {number: fate for number, fate, _ in drawn}
    lines = [a_line(number, fate=fates[number], outcome=outcome) for number, _, outcome in drawn]
    groups = grouped(lines, Target.ITEM)
    assert sum(len(group.lines) for group in groups) == len(lines)
    for group in groups:
        ended = group.approved + group.rejected + group.undecided
        assert ended + group.pending == group.orders
        if propose(group, ground(a_rule())) is not None:
            assert group.orders == group.approved >= 3
