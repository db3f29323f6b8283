"""A small company and its policies, for what a check of them finds."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from approvals.checking import (
    Finding,
    FindingCode,
    Place,
    Staffing,
    Worker,
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
    FRANK,
    GRACE,
    NAMES,
    PATH,
    TYPICAL,
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


def asking(code: str, when: Conditions, **other: Any) -> Rule:
    rule = Rule(code, code.capitalize(), RuleKind.ASK_BEFORE, when, (stage(DIRECTOR),))
    return replace(rule, **other)


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
