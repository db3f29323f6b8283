import json
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.routing import Facts, Flag, InForce, PolicyDocument, Tier, route
from approvals.routing.stages import NO_POLICY, RoutedStage
from tests.approvals.cast import (
    COMPANY,
    DIRECTOR,
    FACILITIES,
    FIELD_SERVICE,
    OPERATIONS,
    PATH,
    TYPICAL,
    facts,
    in_force,
    key,
    stage,
)
from tests.approvals.strategies import documents, facts_of

ONLY_DIRECTOR = replace(TYPICAL, tiers=(Tier(None, (stage(DIRECTOR),)),))


def names(route_stages: Iterable[RoutedStage]) -> list[str]:
    return [found.spec.name for found in route_stages]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.01", []),
        ("100.00", []),
        ("100.01", ["Supervisor"]),
        ("1000.00", ["Supervisor"]),
        ("1000.01", ["Director and finance"]),
        ("4800.00", ["Director and finance"]),
        ("-50.00", []),
    ],
)
def test_the_amount_decides_the_tier(amount: str, expected: list[str]) -> None:
    assert names(route(facts(amount), [in_force()]).stages) == expected


def test_a_route_says_what_asked_for_it() -> None:
    assert route(facts(), [in_force()]).sentences == (
        "Orders over $100.00 and up to $1,000.00 go to the supervisor.",
        "Tier 2 of policy “Northwind Works orders”, version 7, set by Northwind Works.",
    )


def test_an_automatic_route_says_so() -> None:
    found = route(facts("60.00"), [in_force()])
    assert found.is_automatic
    assert found.sentences[0] == "Orders up to $100.00 are approved at once."


def test_the_nearest_group_decides() -> None:
    policies = [in_force(), in_force(ONLY_DIRECTOR, FACILITIES)]
    assert names(route(facts("10.00"), policies).stages) == ["Director"]
    above = facts("10.00", path=PATH[:2])
    assert route(above, policies).is_automatic


def test_without_any_policy_nothing_passes() -> None:
    found = route(facts("1.00"), [])
    assert (found.is_routable, found.is_automatic, found.refusal) == (False, False, NO_POLICY)


def test_policies_of_other_groups_do_not_count() -> None:
    stranger = replace(in_force(), group_id=key(77))
    assert not route(facts("1.00"), [stranger]).is_routable


def test_a_restricted_line_is_asked_about_first() -> None:
    found = route(facts("4800.00", flags=frozenset({"RESTRICTED"})), [in_force()])
    assert names(found.stages) == ["Supervisor", "Director and finance"]
    assert found.stages[0].because == "A restricted line goes to the supervisor first."


def test_a_restricted_line_is_never_automatic() -> None:
    found = route(facts("5.00", flags=frozenset({"RESTRICTED"})), [in_force()])
    assert names(found.stages) == ["Supervisor"]


def test_an_exception_comes_before_a_restriction() -> None:
    flags = frozenset({"RESTRICTED", "BLOCKED_EXCEPTION"})
    found = route(facts("640.00", flags=flags, guidance="BLOCKED"), [in_force()])
    assert names(found.stages) == ["Director", "Supervisor", "Supervisor"]


def test_a_blocked_line_without_an_exception_is_refused() -> None:
    assert "blocked" in route(facts("5.00", guidance="BLOCKED"), [in_force()]).refusal


@pytest.mark.parametrize(
    "unanswered",
    [
        (facts(flags=frozenset({"HOME_ADDRESS"})), TYPICAL),
        (facts(currency="CAD"), TYPICAL),
        (facts(flags=frozenset({"RESTRICTED"})), replace(TYPICAL, restricted=())),
        (facts(flags=frozenset({"BLOCKED_EXCEPTION"})), replace(TYPICAL, exception=())),
        (facts("4800.00"), replace(TYPICAL, tiers=TYPICAL.tiers[:2])),
        (facts("1.00"), replace(TYPICAL, tiers=())),
    ],
)
def test_what_policy_has_no_answer_to_is_refused_with_a_way_out(
    unanswered: tuple[Facts, PolicyDocument],
) -> None:
    subject, document = unanswered
    found = route(subject, [in_force(document)])
    assert not found.is_routable
    assert found.stages == ()
    assert "administrator" in found.refusal
    assert "“Northwind Works orders”" in found.refusal


@given(facts_of())
def test_facts_read_back_equal_from_canonical_json(subject: Facts) -> None:
    written = json.dumps(subject.to_json())
    assert written == json.dumps(subject.to_json(), sort_keys=True)
    again = Facts.from_json(json.loads(written))
    assert again.to_json() == subject.to_json()
    assert (again.amount, again.flags, again.group_path) == (
        subject.amount,
        subject.flags,
        subject.group_path,
    )


@given(facts_of(), documents(), documents(), st.randoms(use_true_random=False))
def test_routing_is_deterministic_and_blind_to_the_order_of_policies(
    subject: Facts, one: PolicyDocument, other: PolicyDocument, random: Random
) -> None:
    policies = [in_force(one), in_force(other, OPERATIONS), in_force(TYPICAL, FIELD_SERVICE)]
    expected = route(subject, policies)
    random.shuffle(policies)
    assert route(subject, policies) == expected


@given(facts_of(), documents())
def test_the_same_facts_and_document_from_storage_route_the_same(
    subject: Facts, document: PolicyDocument
) -> None:
    stored = replace(in_force(), document=PolicyDocument.from_json(document.to_json()))
    again = Facts.from_json(subject.to_json())
    assert route(again, [stored]).stages == route(subject, [in_force(document)]).stages


@given(facts_of(), documents())
def test_deviations_only_ever_add_stages(subject: Facts, document: PolicyDocument) -> None:
    subject = replace(subject, subject_kind="requisition")
    plain = route(replace(subject, flags=frozenset()), [in_force(document)])
    flagged = route(subject, [in_force(document)])
    added = len(flagged.stages) - len(plain.stages)
    kept = [(stage.spec, stage.because) for stage in flagged.stages[added:]]
    assert kept == [(stage.spec, stage.because) for stage in plain.stages]
    assert (added > 0) == bool(subject.flags)


@given(facts_of(), st.sampled_from(Flag))
def test_a_flagged_subject_is_never_automatic(subject: Facts, flag: Flag) -> None:
    flagged = replace(subject, flags=frozenset({flag.value}))
    assert not route(flagged, [in_force()]).is_automatic


@given(facts_of(), documents())
def test_a_policy_on_the_way_always_answers_known_facts(
    subject: Facts, document: PolicyDocument
) -> None:
    assert route(subject, [in_force(document)]).is_routable


def test_the_typical_policy_never_asks_less_for_more() -> None:
    weight = {"Supervisor": 1, "Director and finance": 2}

    @given(st.decimals("0.01", "9999", places=2), st.decimals("0.01", "9999", places=2))
    def asked(one: Decimal, other: Decimal) -> None:
        lower, higher = sorted((one, other))
        policies: list[InForce] = [in_force()]
        below = [weight[name] for name in names(route(facts(str(lower)), policies).stages)]
        above = [weight[name] for name in names(route(facts(str(higher)), policies).stages)]
        assert below <= above

    asked()


def test_facts_end_their_path_with_the_group_itself() -> None:
    with pytest.raises(ValueError, match="path"):
        replace(facts(), group_id=COMPANY)


def test_facts_refuse_an_amount_that_is_no_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        facts("NaN")
