"""What holds of routing whatever the policy: rules, mandatory parts, limits, owners and all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.routing import (
    Conditions,
    Facts,
    InForce,
    Mode,
    Part,
    PolicyDocument,
    Route,
    RuleKind,
    Seats,
    StageSpec,
    Tier,
    is_passed,
    route,
    seat,
)
from approvals.routing.progress import seat_of
from approvals.routing.usual import ORDERS
from tests.approvals.cast import COMPANY, FIELD_SERVICE, OPERATIONS, in_force, key
from tests.approvals.strategies import (
    MEMBERS,
    full_documents,
    full_facts,
    full_seats,
    full_stages,
    growing_documents,
)

few = settings(max_examples=15)


def asked(found: Route) -> set[tuple[object, ...]]:
    """The questions of a route, however they are called and wherever they stand."""
    return {(one.spec.mode, one.spec.at_least, one.spec.approvers) for one in found.stages}


def one_above_the_other(above: PolicyDocument, own: PolicyDocument) -> list[InForce]:
    return [
        replace(in_force(above, COMPANY), version_id=key(101)),
        in_force(own, FIELD_SERVICE),
    ]


def below(subject: Facts) -> Facts:
    """The same subject, in the lowest group of the cast."""
    path = (COMPANY, OPERATIONS, FIELD_SERVICE)
    return replace(subject, group_id=FIELD_SERVICE, group_path=path)


@few
@given(full_facts(), full_documents(), full_documents(), full_seats())
def test_the_same_facts_policies_and_seats_give_the_same_plan(
    subject: Facts, above: PolicyDocument, own: PolicyDocument, filled: Seats
) -> None:
    policies = one_above_the_other(above, own)
    stored = [
        replace(one, document=PolicyDocument.from_json(one.document.to_json())) for one in policies
    ]
    once = seat(route(subject, policies), subject, filled)
    again = Facts.from_json(subject.to_json())
    assert again.to_json() == subject.to_json()
    repeated = seat(route(again, stored[::-1]), again, filled)
    assert (repeated.stages, repeated.refusals, repeated.sentences) == (
        once.stages,
        once.refusals,
        once.sentences,
    )


@few
@given(full_documents())
def test_documents_survive_being_stored(document: PolicyDocument) -> None:
    assert PolicyDocument.from_json(document.to_json()) == document


@few
@given(full_documents())
def test_documents_of_the_first_schema_read_as_before(document: PolicyDocument) -> None:
    plain = replace(document, rules=(), aggregations=(), mandatory=frozenset())
    stored = plain.to_json() | {"schema": 1}
    for name in ("rules", "aggregations", "mandatory"):
        del stored[name]
    assert PolicyDocument.from_json(stored) == plain


@few
@given(full_facts(), full_documents(), st.randoms(use_true_random=False))
def test_the_order_in_which_rules_are_stored_means_nothing(
    subject: Facts, document: PolicyDocument, random: Random
) -> None:
    rules = list(document.rules)
    random.shuffle(rules)
    counted = list(document.aggregations)
    random.shuffle(counted)
    shuffled = replace(document, rules=tuple(rules), aggregations=tuple(counted))
    found, other = route(subject, [in_force(document)]), route(subject, [in_force(shuffled)])
    assert (found.stages, found.sentences, found.refusal, found.rules) == (
        other.stages,
        other.sentences,
        other.refusal,
        other.rules,
    )


@few
@given(full_facts(), full_documents())
def test_the_rules_that_hold_are_those_that_a_look_at_each_finds(
    subject: Facts, document: PolicyDocument
) -> None:
    found = route(subject, [in_force(document)])
    if found.counted is None:
        return
    amount = found.counted.amount
    naive = [rule.code for rule in document.rules if rule.when.are_met(subject, amount)]
    if not found.refusal:
        assert list(found.rules) == sorted(naive)


@few
@given(full_facts(), growing_documents(), st.decimals("0", "200000", places=2))
def test_a_higher_amount_asks_no_less_where_tiers_grow_and_rules_only_set_in_above_an_amount(
    subject: Facts, document: PolicyDocument, more: Decimal
) -> None:
    higher = replace(subject, amount=subject.amount + more)
    policies = [in_force(document)]
    assert asked(route(subject, policies)) <= asked(route(higher, policies))


@few
@given(full_facts(), full_documents(), full_documents())
def test_a_policy_is_never_weaker_than_what_is_mandatory_above_it(
    subject: Facts, above: PolicyDocument, own: PolicyDocument
) -> None:
    subject = below(subject)
    found = route(subject, one_above_the_other(above, own))
    if found.refusal or found.counted is None:
        return
    amount = found.counted.amount
    binding = [rule for rule in above.rules if rule.is_mandatory]
    holding = [rule for rule in binding if rule.when.are_met(subject, amount)]
    wanted: list[StageSpec] = [spec for rule in holding for spec in rule.stages]
    assert all(rule.kind is not RuleKind.REFUSE for rule in holding)
    # What is no order is decided by the rules that name it alone.
    parts = above.mandatory if subject.subject_kind in ORDERS else frozenset[Part]()
    if Part.TIERS in parts and not any(one.kind is RuleKind.TIERS for one in holding):
        tier = above.tier_for(amount)
        assert tier is not None
        wanted += above.tiers[tier].stages
    if "RESTRICTED" in subject.flags and Part.RESTRICTED in parts:
        wanted += above.restricted
    if "BLOCKED_EXCEPTION" in subject.flags and Part.EXCEPTION in parts:
        wanted += above.exception
    if "OVER_BUDGET" in subject.flags and Part.OVER_BUDGET in parts:
        wanted += above.beyond_budget
    assert {(one.mode, one.at_least, one.approvers) for one in wanted} <= asked(found)
    if Part.AGGREGATIONS in parts:
        alone = route(subject, [replace(in_force(above), group_id=FIELD_SERVICE)])
        assert alone.counted is None or amount >= alone.counted.amount


@few
@given(full_facts(), full_documents(), full_documents())
def test_what_a_policy_alone_refuses_stays_refused_whatever_is_mandatory_above_it(
    subject: Facts, above: PolicyDocument, own: PolicyDocument
) -> None:
    subject = below(subject)
    # What is counted together above can lift an order over the end of a rule that refuses.
    above = replace(above, mandatory=above.mandatory - {Part.AGGREGATIONS})
    if route(subject, [in_force(own, FIELD_SERVICE)]).refusal:
        assert route(subject, one_above_the_other(above, own)).refusal


@few
@given(full_facts(), full_documents(), full_seats())
def test_nobody_sits_who_asks_has_no_access_or_too_low_a_limit(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    found = seat(route(subject, [in_force(document)]), subject, filled)
    for one in found.stages:
        for person in one.people:
            assert person.membership_id != subject.requester_id
            assert filled.people[person.membership_id].is_active
            limit = filled.limits.get(person.membership_id)
            assert found.route.counted is not None
            if limit is not None and limit < found.route.counted.amount:
                assert all(slot != seat_of(slot) for slot in person.slots)


@few
@given(full_facts(), full_documents(), full_seats())
def test_every_planned_stage_can_pass_and_their_numbers_and_waves_are_dense(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    found = seat(route(subject, [in_force(document)]), subject, filled)
    everybody = {person.membership_id for one in found.stages for person in one.people}
    assert [one.number for one in found.stages] == list(range(1, len(found.stages) + 1))
    waves = [one.wave for one in found.stages]
    assert waves == sorted(waves)
    assert set(waves) == set(range(1, len(set(waves)) + 1))
    for one in found.stages:
        slots = {person.membership_id: person.slots for person in one.people}
        assert is_passed(one.mode, slots, everybody, one.at_least)
        assert not is_passed(one.mode, slots, frozenset(), one.at_least)


@few
@given(full_facts(), full_documents(), full_seats())
def test_what_is_left_out_as_asked_already_is_answered_by_whoever_must_agree(
    subject: Facts, document: PolicyDocument, filled: Seats
) -> None:
    found = seat(route(subject, [in_force(document)]), subject, filled)
    if not found.is_ready:
        return
    agreed: set[UUID] = set()
    for one in found.stages:
        slots = {person.membership_id: person.slots for person in one.people}
        for member in slots:
            if is_passed(one.mode, slots, agreed, one.at_least):
                break
            agreed.add(member)
    for step in found.route.stages:
        alone = seat(replace(found.route, stages=(step,)), subject, filled).stages[0]
        slots = {person.membership_id: person.slots for person in alone.people}
        assert is_passed(step.spec.mode, slots, agreed, step.spec.at_least)


@st.composite
def seatings(draw: st.DrawFn) -> dict[UUID, tuple[int, ...]]:
    numbers = st.sampled_from((1, 2, 3, 1001, 1002, 2001))
    own = st.lists(numbers, min_size=1, max_size=3, unique=True).map(tuple)
    return draw(st.dictionaries(st.sampled_from(MEMBERS), own, max_size=5))


@given(seatings(), st.sets(st.sampled_from(MEMBERS)), st.sampled_from(Mode), st.integers(0, 4))
def test_a_stage_passes_as_trying_every_way_to_count_says(
    slots: dict[UUID, tuple[int, ...]], agreed: set[UUID], mode: Mode, at_least: int
) -> None:
    """Each seat is given to somebody who agreed in it; no person stands for two."""
    everything = {slot for own in slots.values() for slot in own}
    said = {slot for person, own in slots.items() if person in agreed for slot in own}
    seats = sorted({seat_of(slot) for slot in everything})
    whole = [one for one in seats if {slot for slot in everything if seat_of(slot) == one} <= said]
    able = [person for person in slots if person in agreed]
    most = max(
        sum(
            any(seat_of(slot) == one for slot in slots[person])
            for one, person in zip(order, able, strict=False)
        )
        for order in permutations([*whole, *[-1] * len(able)], len(able))
    )
    expected = {
        Mode.ALL: bool(slots) and everything == said,
        Mode.ANY: bool(whole),
        Mode.AT_LEAST: bool(slots) and 0 < at_least <= most,
    }
    assert is_passed(mode, slots, agreed, at_least) == expected[mode]


@given(full_stages())
def test_a_stage_reads_back_as_it_was_stored(one: StageSpec) -> None:
    assert StageSpec.from_json(one.to_json()) == one


def test_a_policy_without_tiers_of_its_own_lets_nothing_through() -> None:
    empty = PolicyDocument("USD", (), (), ())
    tiers = replace(empty, tiers=(Tier(None, ()),))
    subject = Facts(
        subject_kind="requisition",
        currency="USD",
        amount=Decimal(1),
        group_id=COMPANY,
        group_path=(COMPANY,),
        requester_id=MEMBERS[0],
        category_codes=(),
        supplier_ids=(),
        guidance="NEUTRAL",
        flags=frozenset(),
        on=date(2026, 11, 24),
    )
    assert route(subject, [in_force(empty)]).refusal
    assert route(subject, [in_force(tiers)]).is_automatic
    assert Conditions().are_met(subject, Decimal(1))
