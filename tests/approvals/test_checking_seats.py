"""Dead ends in who would be asked: empty seats, absent people, those who would ask themselves."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from approvals.checking import (
    FindingCode,
    Lineage,
    Severity,
    begun,
    check_policies,
)
from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Conditions,
    Mode,
    Part,
    PolicyDocument,
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
    OPERATIONS,
    PATH,
    SUPERVISOR,
    TYPICAL,
    in_force,
    stage,
)
from tests.approvals.staff import (
    LIMIT,
    OWNER,
    PLACES,
    STAFF,
    asking,
    check,
    only,
    seated,
    through,
    with_rules,
    without,
)


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
    assert planted.is_blocking
    found = check(through(OWNER), replace(STAFF, owners={}))
    assert only(found, FindingCode.NO_OWNER, "tiers.0.stages.0").is_blocking


def test_the_owner_of_a_wider_category_answers_for_a_narrower_one() -> None:
    rule = asking("design", Conditions(categories=("4323",)), stages=(stage(OWNER),))
    known = {"4323": Lineage("Software", ("43", "4323")), "43": Lineage("IT", ("43",))}
    above = replace(STAFF, owners={"43": {COMPANY: (DANA,)}}, categories=known)
    assert check(with_rules(rule), above) == ()


def test_the_owner_of_a_narrower_category_answers_in_part_only() -> None:
    rule = asking("it", Conditions(categories=("43",)), stages=(stage(OWNER),))
    known = {"4323": Lineage("Software", ("43", "4323")), "43": Lineage("IT", ("43",))}
    below = replace(STAFF, owners={"4323": {COMPANY: (DANA,)}}, categories=known)
    found = only(check(with_rules(rule), below), FindingCode.NO_OWNER, "rules.0.stages.0")
    assert found.is_blocking
    assert found.sentence.startswith("Nobody owns the category IT for ")
    assert "in part could not be submitted" in found.sentence


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
