"""Hypothesis strategies: policies as people may publish them, seats as they may be filled."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from approvals.routing import (
    Aggregation,
    ApproverKind,
    ApproverSpec,
    Conditions,
    CountedBy,
    CountedTo,
    Earlier,
    Facts,
    Flag,
    Mode,
    Part,
    Person,
    PolicyDocument,
    Rule,
    RuleKind,
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
        subject_kind=draw(st.sampled_from(("requisition", "budget_increase"))),
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


CATEGORIES = ("27", "43", "44")
FAMILIES = {"27": "2711", "43": "4321", "44": "4412"}
SUPPLIERS = tuple(key(number) for number in range(900, 906))
_WINDOWS = (30, 90)
_amounts = st.decimals("0.01", "100000", places=2)


_Value = TypeVar("_Value")


def _some(*values: _Value) -> st.SearchStrategy[tuple[_Value, ...]]:
    """Some of these, more often none."""
    chosen = st.lists(st.sampled_from(values), max_size=2, unique=True)
    return st.one_of(st.just([]), chosen).map(tuple)


@st.composite
def full_stages(draw: st.DrawFn) -> StageSpec:
    """Stages of every mode, with every kind of seat."""
    kinds = st.one_of(
        approvers(),
        st.just(ApproverSpec(ApproverKind.MANAGER_LIMIT)),
        st.just(ApproverSpec(ApproverKind.CATEGORY_OWNER)),
    )
    named = tuple(draw(st.lists(kinds, min_size=1, max_size=3, unique=True)))
    mode = draw(st.sampled_from(Mode))
    return StageSpec(
        draw(st.sampled_from(("First", "Second", "Both"))),
        mode,
        named,
        at_least=draw(st.integers(1, len(named))) if mode is Mode.AT_LEAST else 0,
    )


def _ways(least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[StageSpec, ...]]:
    """Stages one after the other, each but the first perhaps beside the one before it."""
    pairs = st.lists(st.tuples(full_stages(), st.booleans()), min_size=least, max_size=most)
    return pairs.map(
        lambda found: tuple(
            replace(stage, beside=is_beside and place > 0)
            for place, (stage, is_beside) in enumerate(found)
        )
    )


@st.composite
def conditions(draw: st.DrawFn) -> Conditions:
    """Conditions of every kind, a few of them set."""
    over = draw(st.none() | _amounts)
    up_to = draw(st.none() | _amounts)
    return Conditions(
        over=over,
        up_to=up_to if over is None or up_to is None or up_to > over else None,
        categories=draw(_some(*CATEGORIES, *FAMILIES.values())),
        suppliers=draw(_some(*SUPPLIERS)),
        groups=draw(_some(*PATH)),
        cost_centres=draw(_some("CC-1", "CC-2")),
        requester_roles=draw(_some("REQUISITIONER", "FINANCE")),
        guidance=draw(_some("PREFERRED", "NEUTRAL")),
        budget_states=draw(_some("WITHIN", "OVER")),
        subject_kinds=draw(_some("requisition", "budget_increase")),
        is_first_order=draw(st.none() | st.booleans()),
        is_home_delivery=draw(st.none() | st.booleans()),
    )


@st.composite
def _tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    ends = sorted(draw(st.sets(_amounts, max_size=2)))
    return tuple(Tier(end, draw(_ways())) for end in [*ends, None])


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Rules of every kind, each with a code of its own."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from((*RuleKind, *list(RuleKind)[:3])))
        asks = kind not in (RuleKind.TIERS, RuleKind.REFUSE)
        found.append(
            Rule(
                code=f"rule-{number}",
                name=f"Rule {number}",
                kind=kind,
                when=draw(conditions()),
                stages=draw(_ways(1)) if asks else (),
                tiers=draw(_tiers()) if kind is RuleKind.TIERS else (),
                refusal="Not here." if kind is RuleKind.REFUSE else "",
                is_mandatory=draw(st.booleans()),
            )
        )
    return tuple(draw(st.permutations(found)))


@st.composite
def full_documents(draw: st.DrawFn) -> PolicyDocument:
    """Whatever a policy may say."""
    counted = st.builds(
        Aggregation,
        st.sampled_from(CountedBy),
        st.sampled_from(CountedTo),
        st.sampled_from(_WINDOWS),
    )
    return PolicyDocument(
        currency="USD",
        tiers=draw(_tiers()),
        restricted=draw(_ways(1)),
        exception=draw(_ways(1)),
        rules=draw(rules()),
        aggregations=tuple(draw(st.lists(counted, max_size=2, unique=True))),
        mandatory=frozenset(draw(st.sets(st.sampled_from(Part)))),
        over_budget=draw(_ways()),
    )


@st.composite
def growing_documents(draw: st.DrawFn) -> PolicyDocument:
    """Policies that ask the more, the higher an amount: tiers grow, rules set in above one."""
    document = draw(full_documents())
    ways: list[StageSpec] = []
    tiers = []
    for tier in document.tiers:
        ways += tier.stages
        tiers.append(replace(tier, stages=tuple(ways)))
    return replace(
        document,
        tiers=tuple(tiers),
        rules=tuple(
            replace(rule, when=replace(rule.when, up_to=None))
            for rule in document.rules
            if rule.stages
        ),
    )


@st.composite
def full_facts(draw: st.DrawFn) -> Facts:
    """Subjects with all that rules ask about."""
    subject = draw(facts_of())
    return replace(
        subject,
        category_codes=tuple(FAMILIES[code] for code in subject.category_codes),
        category_paths=tuple((code, FAMILIES[code]) for code in subject.category_codes),
        cost_centre=draw(st.sampled_from(("", "CC-1", "CC-2"))),
        requester_roles=frozenset(draw(st.sets(st.sampled_from(("REQUISITIONER", "FINANCE"))))),
        budget_state=draw(st.sampled_from(("", "WITHIN", "OVER"))),
        is_first_order=draw(st.booleans()),
        is_home_delivery=draw(st.booleans()),
        earlier=tuple(
            Earlier(by.value, to.value, days, draw(_amounts), 2, "Halden Tools")
            for by in CountedBy
            for to in CountedTo
            for days in _WINDOWS[:1]
            if draw(st.booleans())
        ),
    )


@st.composite
def full_seats(draw: st.DrawFn) -> Seats:
    """Seats with personal limits and owners of categories."""
    some_members = st.lists(st.sampled_from(MEMBERS), min_size=1, max_size=2, unique=True)
    owners = st.dictionaries(
        st.tuples(st.sampled_from((*CATEGORIES, *FAMILIES.values())), st.sampled_from(PATH)),
        some_members.map(tuple),
    )
    limits = st.dictionaries(st.sampled_from(MEMBERS), st.none() | _amounts)
    return replace(draw(seats()), limits=draw(limits), category_owners=draw(owners))
