from dataclasses import replace

from hypothesis import given, settings

from approvals.effective import LinePart, effective_policy
from approvals.picture import Occupants, bands_of
from approvals.routing import (
    Aggregation,
    Conditions,
    CountedBy,
    CountedTo,
    Mode,
    Part,
    PolicyDocument,
    Rule,
    RuleKind,
)
from tests.approvals.cast import (
    COMPANY,
    DIRECTOR,
    FACILITIES,
    FINANCE,
    PATH,
    SUPERVISOR,
    TYPICAL,
    in_force,
    stage,
)
from tests.approvals.strategies import documents

PPE = Rule(
    "bulk-ppe",
    "Bulk PPE",
    RuleKind.ASK_BEFORE,
    Conditions(categories=("46",)),
    (stage(DIRECTOR),),
    is_mandatory=True,
)
LOOSE = replace(PPE, code="loose", is_mandatory=False)
WIDE = replace(
    TYPICAL,
    rules=(PPE, LOOSE),
    aggregations=(Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30),),
    mandatory=frozenset({Part.AGGREGATIONS}),
)


def test_a_group_without_any_policy_above_has_no_line() -> None:
    assert effective_policy(PATH, []) is None


def test_a_nearer_policy_keeps_only_what_is_mandatory_of_those_above() -> None:
    found = effective_policy(PATH, [in_force(TYPICAL, FACILITIES), in_force(WIDE, COMPANY)])
    assert found is not None
    assert [line.place for line in found.binding] == ["rules.bulk-ppe", "aggregations.0"]
    assert {line.origin.words for line in found.binding} == {"mandatory, from Northwind Works"}
    assert {line.origin.words for line in found.of(LinePart.TIER)} == {"inherited from Facilities"}


def test_a_policy_of_the_group_itself_is_its_own() -> None:
    found = effective_policy(PATH[:1], [in_force(WIDE)])
    assert found is not None
    assert {line.origin.words for line in found.lines} == {"own"}
    assert found.binding == ()
    bound = [line.place for line in found.lines if line.binds_below]
    assert bound == ["rules.bulk-ppe", "aggregations.0"]


@given(documents())
@settings(max_examples=25, deadline=None)
def test_every_part_of_the_nearest_policy_is_a_line(document: PolicyDocument) -> None:
    found = effective_policy(PATH, [in_force(document)])
    assert found is not None
    assert len(found.lines) == len(document.tiers) + 3
    assert [line.tier for line in found.of(LinePart.TIER)] == list(document.tiers)
    assert all(line.sentence.endswith(".") for line in found.lines)


def test_the_picture_names_who_sits_in_each_band_now() -> None:
    people = {SUPERVISOR: Occupants(("Bob Supervisor",)), FINANCE: Occupants((), "Nobody")}
    automatic, supervised, above = bands_of(TYPICAL.tiers, "USD", people)
    assert (automatic.depth, supervised.depth, above.depth) == (0, 1, 2)
    assert (automatic.ends_at, above.ends_at) == ("$100.00", "")
    assert automatic.words == "Up to $100.00: automatic"
    assert supervised.steps[0].seats[0].names == ("Bob Supervisor",)
    assert above.steps[0].joint == "All of"
    assert [seat.problem for seat in above.steps[0].seats] == ["", "Nobody"]


def test_stages_beside_each_other_share_a_number() -> None:
    some = replace(stage(SUPERVISOR, DIRECTOR, FINANCE, mode=Mode.AT_LEAST), at_least=2)
    beside = replace(stage(FINANCE, DIRECTOR, mode=Mode.ANY), beside=True)
    tier = replace(TYPICAL.tiers[2], stages=(some, beside, stage(DIRECTOR)))
    (band,) = bands_of((tier,), "USD", {})
    assert [(step.number, step.is_beside) for step in band.steps] == [
        (1, False),
        (1, True),
        (2, False),
    ]
    assert [step.joint for step in band.steps] == ["At least 2 of", "Any one of", ""]
    assert band.depth == 3
