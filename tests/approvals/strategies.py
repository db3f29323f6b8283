"""Hypothesis strategies: policies as people may publish them, seats as they may be filled."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from approvals.routing import (
    ApproverKind,
    ApproverSpec,
    Facts,
    Flag,
    Mode,
    Person,
    PolicyDocument,
    Seats,
    StageSpec,
    Tier,
)
from tests.approvals.cast import NAMES, PATH, PEOPLE, key

MEMBERS = tuple(PEOPLE)
POSITIONS = ("supervisor", "director", "hr-partner")
ROLES = ("FINANCE", "ADMINISTRATOR")

amounts = st.decimals("-5000", "5000000", places=2)


def approvers() -> st.SearchStrategy[ApproverSpec]:
    return st.one_of(
        st.builds(ApproverSpec, st.just(ApproverKind.POSITION), st.sampled_from(POSITIONS)),
        st.builds(ApproverSpec, st.just(ApproverKind.ROLE), st.sampled_from(ROLES)),
        st.just(ApproverSpec(ApproverKind.MANAGER)),
        st.builds(
            lambda member: ApproverSpec(ApproverKind.PERSON, str(member), PEOPLE[member].name),
            st.sampled_from(MEMBERS),
        ),
    )


def stages() -> st.SearchStrategy[StageSpec]:
    return st.builds(
        StageSpec,
        st.sampled_from(("First", "Second", "Both")),
        st.sampled_from((Mode.ANY, Mode.ALL)),
        st.lists(approvers(), min_size=1, max_size=3, unique=True).map(tuple),
    )


@st.composite
def documents(draw: st.DrawFn) -> PolicyDocument:
    ends = sorted(draw(st.sets(st.decimals("0.01", "100000", places=2), max_size=4)), key=Decimal)
    some = st.lists(stages(), max_size=3).map(tuple)
    one_or_more = st.lists(stages(), min_size=1, max_size=2).map(tuple)
    return PolicyDocument(
        currency="USD",
        tiers=tuple(Tier(end, draw(some)) for end in [*ends, None]),
        restricted=draw(one_or_more),
        exception=draw(one_or_more),
    )


@st.composite
def seats(draw: st.DrawFn) -> Seats:
    some_members = st.lists(st.sampled_from(MEMBERS), max_size=3, unique=True).map(tuple)
    one_each = st.dictionaries(
        st.tuples(st.sampled_from(POSITIONS), st.sampled_from(PATH)),
        st.sampled_from(MEMBERS).map(lambda member: (member,)),
    )
    active = draw(st.sets(st.sampled_from(MEMBERS)))
    return Seats(
        group_names=NAMES,
        positions=draw(one_each),
        deputies=draw(one_each),
        roles=draw(
            st.dictionaries(st.tuples(st.sampled_from(ROLES), st.sampled_from(PATH)), some_members)
        ),
        manager_chain=draw(some_members),
        people={
            member: Person(member, one.name, one.email, member in active)
            for member, one in PEOPLE.items()
        },
    )


@st.composite
def facts_of(draw: st.DrawFn) -> Facts:
    path: tuple[UUID, ...] = PATH[: draw(st.integers(1, len(PATH)))]
    flags = draw(st.sets(st.sampled_from(Flag)))
    return Facts(
        subject_kind=draw(st.sampled_from(("requisition", "BUDGET_INCREASE"))),
        currency="USD",
        amount=draw(amounts),
        group_id=path[-1],
        group_path=path,
        requester_id=draw(st.sampled_from(MEMBERS)),
        category_codes=tuple(draw(st.lists(st.sampled_from(("27", "43", "44")), unique=True))),
        supplier_ids=tuple(draw(st.lists(st.integers(900, 905).map(key), unique=True))),
        guidance=draw(st.sampled_from(("PREFERRED", "NEUTRAL", "RESTRICTED"))),
        flags=frozenset(flag.value for flag in flags),
        on=draw(st.dates(date(2020, 1, 1), date(2030, 12, 31))),
    )
