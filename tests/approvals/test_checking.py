"""Each kind of dead end is found where it is planted, and a clean policy stays silent."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from approvals.checking import (
    Finding,
    FindingCode,
    Place,
    Severity,
    Staffing,
    Worker,
    begun,
    check_policies,
    check_policy,
)
from approvals.routing import (
    Aggregation,
    ApproverKind,
    ApproverSpec,
    Conditions,
    CountedBy,
    CountedTo,
    Mode,
    Part,
    PolicyDocument,
    Rule,
    RuleKind,
    Tier,
)
from tests.approvals.cast import (
    ALICE,
    BOB,
    COMPANY,
    DANA,
    DIRECTOR,
    ERIN,
    FACILITIES,
    FIELD_SERVICE,
    FINANCE,
    FRANK,
    GRACE,
    MANAGER,
    NAMES,
    OPERATIONS,
    PATH,
    SUPERVISOR,
    TYPICAL,
    in_force,
    key,
    stage,
)

PLACES = {group: Place(group, NAMES[group], PATH[: depth + 1]) for depth, group in enumerate(PATH)}
STAFF = Staffing(
    places=PLACES,
    people={
        ALICE: Worker("Alice Requester", manager_id=GRACE),
        BOB: Worker("Bob Supervisor"),
        ERIN: Worker("Erin Director"),
        DANA: Worker("Dana Finance"),
        FRANK: Worker("Frank Finance"),
        GRACE: Worker("Grace Manager", manager_id=ERIN),
    },
    positions={"supervisor": {COMPANY: (BOB,)}, "director": {COMPANY: (ERIN,)}},
    roles={"FINANCE": {COMPANY: (DANA, FRANK)}},
    buying={ALICE: frozenset({FIELD_SERVICE})},
)
LIMIT = ApproverSpec(ApproverKind.MANAGER_LIMIT)
OWNER = ApproverSpec(ApproverKind.CATEGORY_OWNER)
SHOES, GLOVES = key(801), key(802)
REFUSAL = Rule(
    "no-shoes", "No shoes", RuleKind.REFUSE, Conditions(suppliers=(SHOES,)), refusal="No."
)


def asking(code: str, when: Conditions, **other: object) -> Rule:
    rule = Rule(code, code.capitalize(), RuleKind.ASK_BEFORE, when, (stage(DIRECTOR),))
    return replace(rule, **other)  # type: ignore[arg-type]


def tiers_of(code: str, when: Conditions, *tiers: Tier) -> Rule:
    bands = tiers or (Tier(None, (stage(DIRECTOR),)),)
    return Rule(code, code.capitalize(), RuleKind.TIERS, when, tiers=bands)


def with_rules(*rules: Rule) -> PolicyDocument:
    return replace(TYPICAL, rules=rules)


def through(*specs: ApproverSpec, mode: Mode = Mode.ALL, at_least: int = 0) -> PolicyDocument:
    one = replace(stage(*specs, mode=mode), at_least=at_least)
    return replace(TYPICAL, tiers=(Tier(None, (one,)),))


def check(
    document: PolicyDocument = TYPICAL,
    staff: Staffing = STAFF,
    group: UUID = COMPANY,
    others: dict[UUID, PolicyDocument] | None = None,
) -> tuple[Finding, ...]:
    return check_policy(document, group, staff, others)


def only(findings: tuple[Finding, ...], code: FindingCode, where: str) -> Finding:
    """The one finding of a kind in a place."""
    (found,) = [one for one in findings if one.code is code and one.where == where]
    return found


def without(member: UUID) -> Staffing:
    return replace(
        STAFF, people={**STAFF.people, member: replace(STAFF.people[member], is_active=False)}
    )


def seated(code: str, **by_group: UUID) -> Staffing:
    places = {"company": COMPANY, "facilities": FACILITIES, "field_service": FIELD_SERVICE}
    sitting = {places[name]: (member,) for name, member in by_group.items()}
    return replace(STAFF, positions={**STAFF.positions, code: sitting})


CLEAN = replace(
    TYPICAL,
    rules=(
        asking("shoes", Conditions(suppliers=(SHOES,), over=Decimal(50))),
        asking("gloves", Conditions(suppliers=(GLOVES,), groups=(FACILITIES,))),
        tiers_of("kit", Conditions(guidance=("PREFERRED",))),
        tiers_of("odd", Conditions(guidance=("NEUTRAL",), up_to=Decimal(500))),
        replace(REFUSAL, when=Conditions(is_home_delivery=True)),
    ),
    aggregations=(Aggregation(CountedBy.REQUESTER, CountedTo.SUPPLIER, 30),),
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
    document = replace(TYPICAL, **{part: ()})  # type: ignore[arg-type]
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


def test_a_seat_that_nobody_fills_on_the_way_up_is_empty() -> None:
    found = only(
        check(staff=seated("supervisor", facilities=BOB)),
        FindingCode.EMPTY_SEAT,
        "tiers.1.stages.0",
    )
    assert found.is_blocking
    assert found.group_ids == (COMPANY, OPERATIONS)
    assert found.sentence == (
        "Nobody answers for Supervisor in Northwind Works and 1 other group: orders over $100.00 "
        "and up to $1,000.00 could not be submitted."
    )


def test_a_policy_below_takes_its_groups_out_of_what_is_governed() -> None:
    staff = replace(seated("supervisor", facilities=BOB), places=PLACES)
    upper = {COMPANY: TYPICAL}
    assert check(staff=staff, group=FACILITIES, others=upper) == ()
    empty = seated("supervisor")
    found = only(
        check(staff=empty, others={OPERATIONS: through(DIRECTOR)}),
        FindingCode.EMPTY_SEAT,
        "tiers.1.stages.0",
    )
    assert found.group_ids == (COMPANY,)


def test_mandatory_parts_are_looked_at_below_too() -> None:
    document = replace(TYPICAL, mandatory=frozenset({Part.TIERS}))
    found = check(document, seated("supervisor"), others={OPERATIONS: through(DIRECTOR)})
    tiers = only(found, FindingCode.EMPTY_SEAT, "tiers.1.stages.0")
    assert set(tiers.group_ids) == set(PATH)
    assert only(found, FindingCode.EMPTY_SEAT, "restricted.0").group_ids == (COMPANY,)


def test_closed_groups_need_nobody() -> None:
    closed = {group: replace(place, is_open=False) for group, place in PLACES.items()}
    assert check(staff=replace(seated("supervisor"), places=closed)) == ()


def test_a_rule_asks_only_in_its_groups() -> None:
    lead = ApproverSpec(ApproverKind.POSITION, "lead", "Lead")
    rule = asking("lead", Conditions(groups=(FACILITIES,)), stages=(stage(lead),))
    found = only(check(with_rules(rule)), FindingCode.EMPTY_SEAT, "rules.0.stages.0")
    assert set(found.group_ids) == {FACILITIES, FIELD_SERVICE}
    assert "orders under the rule “Lead”" in found.sentence


@pytest.mark.parametrize(
    ("document", "severity"),
    [
        (through(SUPERVISOR, DIRECTOR), Severity.BLOCKS),
        (through(SUPERVISOR, DIRECTOR, mode=Mode.ANY), Severity.WARNS),
        (through(SUPERVISOR, DIRECTOR, mode=Mode.AT_LEAST, at_least=2), Severity.BLOCKS),
        (through(SUPERVISOR, DIRECTOR, FINANCE, mode=Mode.AT_LEAST, at_least=2), Severity.WARNS),
    ],
)
def test_an_empty_seat_blocks_where_the_others_cannot_pass_the_stage(
    document: PolicyDocument, severity: Severity
) -> None:
    found = check(replace(document, restricted=document.exception), seated("supervisor"))
    assert only(found, FindingCode.EMPTY_SEAT, "tiers.0.stages.0").severity is severity


def test_a_deputy_fills_an_empty_seat() -> None:
    staff = replace(seated("supervisor"), deputies={"supervisor": {COMPANY: (BOB,)}})
    assert check(staff=staff) == ()


def test_somebody_without_access_leaves_a_seat_empty_and_is_named() -> None:
    found = only(check(staff=without(BOB)), FindingCode.EMPTY_SEAT, "tiers.1.stages.0")
    assert "(Bob Supervisor has no access)" in found.sentence


def test_somebody_without_access_below_one_who_has_is_a_warning() -> None:
    staff = replace(
        without(BOB),
        positions={
            "supervisor": {FACILITIES: (BOB,), COMPANY: (GRACE,)},
            "director": {COMPANY: (ERIN,)},
        },
    )
    (found,) = check(staff=staff)
    assert (found.code, found.severity) == (FindingCode.ABSENT_HOLDER, Severity.WARNS)
    assert found.group_ids == (FACILITIES,)


def test_a_person_named_who_cannot_decide_is_an_empty_seat() -> None:
    frank = ApproverSpec(ApproverKind.PERSON, str(FRANK), "Frank Finance")
    found = only(check(through(frank), without(FRANK)), FindingCode.EMPTY_SEAT, "tiers.0.stages.0")
    assert "Frank Finance" in found.sentence


def test_people_in_seats_with_training_due_are_named() -> None:
    people = {**STAFF.people, ERIN: replace(STAFF.people[ERIN], due=("Guided buying",))}
    (found,) = check(staff=replace(STAFF, people=people))
    assert (found.code, found.severity) == (FindingCode.UNTRAINED_HOLDER, Severity.WARNS)
    assert found.people == (ERIN,)


def test_a_supervisor_who_orders_where_nobody_stands_above_is_a_dead_end() -> None:
    staff = replace(STAFF, buying={BOB: frozenset({FACILITIES}), ALICE: frozenset({COMPANY})})
    found = only(check(staff=staff), FindingCode.ONLY_REQUESTER, "tiers.1.stages.0")
    assert found.is_blocking
    assert found.people == (BOB,)
    assert set(found.group_ids) == {FACILITIES, FIELD_SERVICE}


def test_a_supervisor_with_somebody_above_or_beside_them_is_none() -> None:
    buying = {BOB: frozenset({FACILITIES})}
    above = replace(seated("supervisor", facilities=BOB, company=GRACE), buying=buying)
    assert check(staff=above) == ()
    beside = replace(STAFF, buying=buying, deputies={"supervisor": {FACILITIES: (GRACE,)}})
    assert check(staff=beside) == ()
    either = through(SUPERVISOR, FINANCE, mode=Mode.ANY)
    either = replace(either, restricted=either.exception)
    assert check(either, replace(STAFF, buying=buying)) == ()


@pytest.mark.parametrize("manager", [None, ALICE, FRANK])
def test_whoever_buys_and_has_no_manager_who_can_decide_is_named(manager: UUID | None) -> None:
    absent = without(FRANK)
    alice = replace(STAFF.people[ALICE], manager_id=manager)
    staff = replace(absent, people={**absent.people, ALICE: alice})
    found = only(check(through(MANAGER), staff), FindingCode.NO_MANAGER, "tiers.0.stages.0")
    assert found.people == (ALICE,)
    assert "Alice Requester has no manager" in found.sentence


def test_a_manager_is_not_missed_where_another_seat_is_enough() -> None:
    alice = replace(STAFF.people[ALICE], manager_id=None)
    staff = replace(STAFF, people={**STAFF.people, ALICE: alice})
    assert check(through(MANAGER, DIRECTOR, mode=Mode.ANY), staff) == ()


def test_two_seats_of_one_person_are_no_two_different_people() -> None:
    both = seated("director", company=BOB)
    document = through(SUPERVISOR, DIRECTOR, mode=Mode.AT_LEAST, at_least=2)
    (few,) = [one for one in check(document, both) if one.about == "different people"]
    assert few.is_blocking
    assert "At least 2 different people have to agree" in few.sentence
    assert "1 person could" in few.sentence


@pytest.mark.parametrize(
    ("limits", "severity"),
    [
        ({}, Severity.BLOCKS),
        ({GRACE: Decimal(100)}, Severity.BLOCKS),
        ({GRACE: Decimal(100), ERIN: Decimal(600)}, Severity.WARNS),
        ({ERIN: Decimal(1000)}, None),
        ({ERIN: None}, None),
    ],
)
def test_managers_whose_limits_end_below_the_tier_are_found(
    limits: dict[UUID, Decimal | None], severity: Severity | None
) -> None:
    tiers = (
        Tier(Decimal(100), ()),
        Tier(Decimal(1000), (stage(LIMIT),)),
        Tier(None, (stage(FINANCE),)),
    )
    document = replace(TYPICAL, tiers=tiers, exception=(stage(FINANCE),))
    found = check(document, replace(STAFF, limits=limits))
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all(one.code is FindingCode.NO_LIMIT for one in found)


def test_categories_without_an_owner_are_found_where_they_are_asked_for() -> None:
    rule = asking("design", Conditions(categories=("43", "27")), stages=(stage(OWNER),))
    staff = replace(STAFF, owners={"43": {COMPANY: (DANA,)}, "27": {FACILITIES: (BOB,)}})
    planted = only(check(with_rules(rule), staff), FindingCode.NO_OWNER, "rules.0.stages.0")
    assert set(planted.group_ids) == {COMPANY, OPERATIONS}
    found = check(through(OWNER), replace(STAFF, owners={}))
    assert only(found, FindingCode.NO_OWNER, "tiers.0.stages.0").is_blocking


def test_what_is_not_known_is_not_judged() -> None:
    assert STAFF.limits is None
    assert check(through(LIMIT)) == ()
    assert check(through(OWNER)) == ()


def test_all_policies_are_checked_each_on_what_it_governs() -> None:
    policies = [in_force(), in_force(through(SUPERVISOR), FACILITIES)]
    found = check_policies(policies, seated("supervisor", company=GRACE))
    assert found == []
    found = check_policies(policies, seated("supervisor", facilities=BOB))
    assert {one.group_id for one in found} == {COMPANY}


def test_only_what_is_new_or_concerns_more_has_begun() -> None:
    before = check(staff=seated("supervisor", facilities=BOB))
    after = check(staff=seated("supervisor", field_service=BOB))
    assert begun(before, before) == []
    assert [one.where for one in begun(before, after)] == ["tiers.1.stages.0", "restricted.0"]
    assert begun(after, before) == []
    assert len(begun((), after)) == 2


def test_a_finding_is_stored_with_counts() -> None:
    found = only(
        check(staff=seated("supervisor", facilities=BOB)),
        FindingCode.EMPTY_SEAT,
        "tiers.1.stages.0",
    )
    stored = found.to_json()
    assert (stored["groups"], stored["group"], stored["code"]) == (2, str(COMPANY), "EMPTY_SEAT")
