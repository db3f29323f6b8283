from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Mode,
    PolicyDocument,
    StageSpec,
    Tier,
    check_document,
)
from approvals.routing.policy import DocumentError
from tests.approvals.cast import DIRECTOR, FINANCE, SUPERVISOR, TYPICAL, key, stage
from tests.approvals.strategies import documents

EMPTY_STAGE = StageSpec("Nobody", Mode.ALL, ())


def problems(document: PolicyDocument) -> dict[str, str]:
    return {problem.where: problem.sentence for problem in check_document(document)}


def test_the_typical_policy_has_no_problem() -> None:
    assert check_document(TYPICAL) == ()


@given(documents())
def test_a_document_reads_back_equal_from_json(document: PolicyDocument) -> None:
    assert PolicyDocument.from_json(document.to_json()) == document


@given(documents())
def test_well_formed_documents_have_no_problem(document: PolicyDocument) -> None:
    assert check_document(document) == ()


@given(documents(), st.decimals("-1000000", "1000000000", places=2))
def test_a_well_formed_document_covers_every_amount_exactly_once(
    document: PolicyDocument, amount: Decimal
) -> None:
    covering = []
    lower: Decimal | None = None
    for index, tier in enumerate(document.tiers):
        if (lower is None or amount > lower) and (tier.up_to is None or amount <= tier.up_to):
            covering.append(index)
        lower = tier.up_to
    assert covering == [document.tier_for(amount)]


def test_a_document_without_tiers_covers_nothing() -> None:
    assert "no amount is covered" in problems(replace(TYPICAL, tiers=()))["tiers"]


def test_amounts_above_the_last_tier_are_a_gap() -> None:
    found = problems(replace(TYPICAL, tiers=TYPICAL.tiers[:2]))
    assert found == {
        "tiers.1.up_to": "Nobody is asked above $1,000.00. Leave the last tier open-ended."
    }


def test_a_tier_that_ends_before_the_one_below_overlaps_it() -> None:
    first, second, last = TYPICAL.tiers
    found = problems(replace(TYPICAL, tiers=(second, first, last)))
    assert found == {"tiers.1.up_to": "Enter more than $1,000.00, where the tier before ends."}


def test_two_tiers_with_the_same_end_overlap() -> None:
    first, _, last = TYPICAL.tiers
    assert "tiers.1.up_to" in problems(replace(TYPICAL, tiers=(first, first, last)))


def test_tiers_after_an_open_ended_one_are_out_of_reach() -> None:
    first, second, last = TYPICAL.tiers
    assert (
        "out of reach" in problems(replace(TYPICAL, tiers=(first, last, second)))["tiers.1.up_to"]
    )


@pytest.mark.parametrize("up_to", ["0", "-5", "NaN", "Infinity", "10.005"])
def test_a_tier_ends_at_an_amount_that_the_currency_can_express(up_to: str) -> None:
    tiers = (Tier(Decimal(up_to), ()), TYPICAL.tiers[-1])
    assert "tiers.0.up_to" in problems(replace(TYPICAL, tiers=tiers))


def test_a_stage_without_seats_is_named() -> None:
    tiers = (Tier(None, (stage(SUPERVISOR), EMPTY_STAGE)),)
    assert "at least one seat" in problems(replace(TYPICAL, tiers=tiers))["tiers.0.stages.1"]


@pytest.mark.parametrize("part", ["restricted", "exception"])
def test_deviations_from_guided_buying_always_need_somebody(part: str) -> None:
    without: dict[str, Any] = {part: ()}
    assert "always needs somebody" in problems(replace(TYPICAL, **without))[part]
    empty: dict[str, Any] = {part: (EMPTY_STAGE,)}
    assert f"{part}.0" in problems(replace(TYPICAL, **empty))


@pytest.mark.parametrize(
    "seat",
    [
        ApproverSpec(ApproverKind.POSITION, ""),
        ApproverSpec(ApproverKind.ROLE, " "),
        ApproverSpec(ApproverKind.PERSON, "Bob"),
        ApproverSpec(ApproverKind.MANAGER, "x"),
    ],
)
def test_an_incomplete_seat_is_named(seat: ApproverSpec) -> None:
    assert "restricted.0" in problems(replace(TYPICAL, restricted=(stage(seat, name="x"),)))


def test_a_seat_stands_once_within_a_stage() -> None:
    assert "restricted.0" in problems(replace(TYPICAL, restricted=(stage(DIRECTOR, DIRECTOR),)))


def test_a_stage_has_a_name() -> None:
    unnamed = StageSpec(" ", Mode.ALL, (DIRECTOR,))
    assert "restricted.0" in problems(replace(TYPICAL, restricted=(unnamed,)))


@pytest.mark.parametrize(
    "spoil",
    [
        {"schema": 3},
        {"tiers": [{"up_to": "a lot", "stages": []}]},
        {"tiers": None},
        {"restricted": [{"name": "x", "mode": "MOST", "approvers": []}]},
        {"exception": [{"name": "x", "mode": "ALL", "approvers": [{"kind": "CROWN"}]}]},
    ],
)
def test_a_document_that_cannot_be_read_is_refused(spoil: dict[str, object]) -> None:
    with pytest.raises(DocumentError):
        PolicyDocument.from_json({**TYPICAL.to_json(), **spoil})


def test_bands_and_seats_read_like_sentences() -> None:
    assert [TYPICAL.band(index) for index in range(3)] == [
        "up to $100.00",
        "over $100.00 and up to $1,000.00",
        "over $1,000.00",
    ]
    assert stage(DIRECTOR, FINANCE).phrase == "the director and finance"
    assert stage(DIRECTOR, FINANCE, SUPERVISOR, mode=Mode.ANY).phrase == (
        "the director, finance or the supervisor"
    )
    assert ApproverSpec(ApproverKind.POSITION, "hr-partner").title == "Hr partner"
    assert ApproverSpec(ApproverKind.POSITION, "hr", "HR partner").phrase == "the HR partner"
    assert ApproverSpec(ApproverKind.PERSON, str(key(1)), "Erin Director").phrase == "Erin Director"
    assert ApproverSpec(ApproverKind.MANAGER).phrase == "the requester’s manager"
