"""The fixed cast of the pure tests: a small company, its policy and the people in its seats."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    InForce,
    Mode,
    Person,
    PolicyDocument,
    Seats,
    StageSpec,
    Tier,
)


def key(number: int) -> UUID:
    return UUID(int=number)


COMPANY, OPERATIONS, FACILITIES, FIELD_SERVICE = (key(n) for n in range(1, 5))
PATH = (COMPANY, OPERATIONS, FACILITIES, FIELD_SERVICE)
ALICE, BOB, ERIN, DANA, FRANK, GRACE = (key(n) for n in range(11, 17))
VERSION = key(100)

SUPERVISOR = ApproverSpec(ApproverKind.POSITION, "supervisor", "Supervisor")
DIRECTOR = ApproverSpec(ApproverKind.POSITION, "director", "Director")
FINANCE = ApproverSpec(ApproverKind.ROLE, "FINANCE", "Finance")
MANAGER = ApproverSpec(ApproverKind.MANAGER)


def stage(*approvers: ApproverSpec, mode: Mode = Mode.ALL, name: str = "") -> StageSpec:
    return StageSpec(name or approvers[0].title, mode, approvers)


TYPICAL = PolicyDocument(
    currency="USD",
    tiers=(
        Tier(Decimal("100.00"), ()),
        Tier(Decimal("1000.00"), (stage(SUPERVISOR),)),
        Tier(None, (stage(DIRECTOR, FINANCE, name="Director and finance"),)),
    ),
    restricted=(stage(SUPERVISOR),),
    exception=(stage(DIRECTOR),),
)


def in_force(document: PolicyDocument = TYPICAL, group: UUID = COMPANY, number: int = 7) -> InForce:
    return InForce(
        version_id=VERSION,
        group_id=group,
        group_name=NAMES[group],
        document=document,
        policy_name=f"{NAMES[group]} orders",
        number=number,
    )


NAMES = {
    COMPANY: "Northwind Works",
    OPERATIONS: "Operations",
    FACILITIES: "Facilities",
    FIELD_SERVICE: "Field Service",
}


def person(member: UUID, name: str, *, is_active: bool = True) -> Person:
    return Person(member, name, f"{name.split(maxsplit=1)[0].lower()}@northwind.example", is_active)


PEOPLE = {
    one.membership_id: one
    for one in (
        person(ALICE, "Alice Requester"),
        person(BOB, "Bob Supervisor"),
        person(ERIN, "Erin Director"),
        person(DANA, "Dana Finance"),
        person(FRANK, "Frank Finance"),
        person(GRACE, "Grace Manager"),
    )
}

SEATS = Seats(
    group_names=NAMES,
    positions={("supervisor", FACILITIES): (BOB,), ("director", OPERATIONS): (ERIN,)},
    roles={("FINANCE", COMPANY): (DANA, FRANK)},
    manager_chain=(GRACE, ERIN),
    people=PEOPLE,
)


def without(seats: Seats, member: UUID) -> Seats:
    """The same seats, with one person inactive."""
    return replace(
        seats, people={**seats.people, member: replace(seats.people[member], is_active=False)}
    )


def facts(
    amount: str = "640.00",
    *,
    requester: UUID = ALICE,
    flags: frozenset[str] = frozenset(),
    guidance: str = "NEUTRAL",
    currency: str = "USD",
    path: tuple[UUID, ...] = PATH,
) -> Facts:
    return Facts(
        subject_kind="requisition",
        currency=currency,
        amount=Decimal(amount),
        group_id=path[-1],
        group_path=path,
        requester_id=requester,
        category_codes=("27",),
        supplier_ids=(key(900),),
        guidance=guidance,
        flags=flags,
        on=date(2026, 11, 24),
    )
